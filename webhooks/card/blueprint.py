"""`/card?key=…`: the card in full, for whoever holds the key that was sent to the patron's chat."""

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
from webhooks.card.barcode import picture_of

_GONE = 404
"""Whatever is amiss with a key, the answer is the same."""


@dataclass(frozen=True, slots=True)
class CardServices:
    """Handed in by whoever builds the web application."""

    engine: Engine
    policy: Policy
    clock: Clock
    open_library: Callable[[Session], LibraryReader]


def card_blueprint(services: CardServices) -> Blueprint:
    """The blueprint of the card's page. It sets no headers of its own: the application's are the strictest."""
    blueprint = Blueprint("card", "webhooks", template_folder="templates")
    texts = PageTexts(services.policy)

    def show() -> Response:
        if request.method == "HEAD":
            # Whoever only asks whether there is something has not looked at it.
            return make_response("", 200)
        with writing(services.engine) as session:
            card_number = CardPages(session, services.clock).open(request.args.get("key", ""))
            patron = _patron(services.open_library(session), card_number) if card_number else None
        if not card_number:
            return make_response(render_template("link/stop.html", t=texts, what="card_gone"), _GONE)
        return make_response(
            render_template(
                "card/card.html",
                t=texts,
                name=patron.name if patron else "",
                card_number=card_number,
                is_expired=_is_expired(patron, services.clock),
                picture=picture_of(card_number, services.policy.card),
            )
        )

    blueprint.add_url_rule("/card", "show", show, methods=["GET"])
    return blueprint


def _patron(library: LibraryReader, card_number: str) -> Patron | None:
    """The holder; without the library's system the card is shown without a name."""
    try:
        return library.find_patron(card_number)
    except LibraryError:
        return None


def _is_expired(patron: Patron | None, clock: Clock) -> bool:
    return patron is not None and patron.expires_on is not None and patron.expires_on < clock.today()
