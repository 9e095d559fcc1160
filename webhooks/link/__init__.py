"""The pages where a patron signs in to link a card: `/link`, `/link/register`, `/link/password`.

They translate between the browser and `bot.accounts`, and decide nothing. All wording is in `bot.messages`.
"""

from webhooks.link.blueprint import link_blueprint
from webhooks.link.services import LinkServices

__all__ = ["LinkServices", "link_blueprint"]
