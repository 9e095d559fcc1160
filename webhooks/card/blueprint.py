"""`/card?key=…`: the card in full, for whoever holds the key that was sent to the patron's chat; the family's other
cards are one swipe beside it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, make_response, render_template, request
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from bot.accounts import CardPages
from bot.clock import Clock
from bot.library import LibraryError, LibraryReader, Patron
from bot.messages.pages import PageTexts
from bot.policies import Policy
from bot.storage.engine import writing
from bot.storage.tasks import SharedValues, account_id
from webhooks.card.barcode import Picture, picture_of

_GONE = 404
"""Whatever is amiss with a key, the answer is the same."""


@dataclass(frozen=True, slots=True)
class CardServices:
    """Handed in by whoever builds the web application."""

    engine: Engine
    policy: Policy
    clock: Clock
    open_library: Callable[[Session], LibraryReader]


@dataclass(frozen=True, slots=True)
class ShownCard:
    """A card as the page shows it."""

    number: str
    name: str
    """Empty without the library's system."""
    is_expired: bool
    picture: Picture | None
    """None: the number can't be printed in the library's kind of code."""


def card_blueprint(services: CardServices) -> Blueprint:
    """The blueprint of the card's page. It sets no headers of its own: the application's are the strictest."""
    blueprint = Blueprint("card", "webhooks", template_folder="templates")
    texts = PageTexts(services.policy)

    def show() -> Response:
        if request.method == "HEAD":
            # Whoever only asks whether there is something has not looked at it.
            return make_response("", 200)
        key = request.args.get("key", "")
        with writing(services.engine) as session:
            pages = CardPages(session, services.clock)
            in_use = pages.open(key)
            numbers = (in_use, *pages.family(key)) if in_use else ()
            record = services.open_library(session)
            cards = [_shown(record, number, services) for number in numbers]
            line_id = services.policy.card.line_id or account_id(SharedValues(session, services.clock))
        if not cards:
            return make_response(render_template("card/gone.html", t=texts, line_id=line_id), _GONE)
        return make_response(render_template("card/card.html", t=texts, cards=cards))

    blueprint.add_url_rule("/card", "show", show, methods=["GET"])
    return blueprint


def _shown(library: LibraryReader, number: str, services: CardServices) -> ShownCard:
    patron = _patron(library, number)
    return ShownCard(
        number=number,
        name=patron.name if patron else "",
        is_expired=_is_expired(patron, services.clock),
        picture=picture_of(number, services.policy.card),
    )


def _patron(library: LibraryReader, card_number: str) -> Patron | None:
    """The holder; without the library's system the card is shown without a name."""
    try:
        return library.find_patron(card_number)
    except LibraryError:
        return None


def _is_expired(patron: Patron | None, clock: Clock) -> bool:
    return patron is not None and patron.expires_on is not None and patron.expires_on < clock.today()
