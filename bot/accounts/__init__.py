"""LINE users and their library cards: signing in, linking, unlinking, following and blocking.

    friends      who is a friend of the library's account, and their settings
    link_tokens  the link tokens that LINE issued at our request
    tries        failed tries and the waits that grow with them (`limits` holds the numbers)
    pending      a password form half done
    sign_in      the use cases of the link pages, transactions included
    nonces       the ties between our page and LINE's answer
    links        the links themselves

Nothing here knows HTTP, LINE's SDK or the dialogue. No log and no exception carries a card number, a
password, a token, a nonce or a LINE user id.
"""

from bot.accounts.card_pages import CardPages
from bot.accounts.friends import Friends
from bot.accounts.link_tokens import LinkTokens
from bot.accounts.links import Links
from bot.accounts.model import (
    EndedLink,
    Flawed,
    Link,
    LinkOutcome,
    LinkResult,
    MustChange,
    NotRecognised,
    Recognised,
    StartAgain,
    UnlinkResult,
    Visitor,
    Waiting,
)
from bot.accounts.nonces import Nonces
from bot.accounts.sign_in import SignInDesk

__all__ = [
    "CardPages",
    "EndedLink",
    "Flawed",
    "Friends",
    "Link",
    "LinkOutcome",
    "LinkResult",
    "LinkTokens",
    "Links",
    "MustChange",
    "Nonces",
    "NotRecognised",
    "Recognised",
    "SignInDesk",
    "StartAgain",
    "UnlinkResult",
    "Visitor",
    "Waiting",
]
