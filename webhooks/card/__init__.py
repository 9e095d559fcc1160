"""The page that shows a library card with its barcode: `/card`, behind a short-lived address."""

from webhooks.card.blueprint import CardServices, card_blueprint

__all__ = ["CardServices", "card_blueprint"]
