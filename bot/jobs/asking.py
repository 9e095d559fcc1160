"""Whoever chooses mail is asked whether the recorded address is theirs, where that is not known yet."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from bot.accounts import Links
from bot.accounts.sign_in import AskToConfirm
from bot.clock import Clock
from bot.dialogue.effects import ChangeNotices, ChangeReservation, Effect, ReserveTitle, Result
from bot.library import Contact, LibraryError, LibraryReader


def cards_by_mail(
    session: Session, clock: Clock, line_user_id: str, effects: Sequence[Effect], results: Sequence[Result]
) -> tuple[str, ...]:
    """The cards for which a turn chose mail, each once."""
    found = dict.fromkeys(
        card_number
        for effect, result in zip(effects, results, strict=True)
        if getattr(result, "done", False)
        for card_number in _chosen(session, clock, line_user_id, effect)
    )
    return tuple(found)


def ask_for(session: Session, library: LibraryReader, ask: AskToConfirm, card_numbers: Sequence[str]) -> None:
    """Ask at the addresses recorded for these cards. Without the library's system nobody is asked this time."""
    for card_number in card_numbers:
        try:
            patron = library.find_patron(card_number)
        except LibraryError:
            continue
        if patron is not None and patron.email:
            ask(session, card_number, patron.email)


def _chosen(session: Session, clock: Clock, line_user_id: str, effect: Effect) -> tuple[str, ...]:
    match effect:
        case ReserveTitle() | ChangeReservation():
            return (effect.card_number,) if effect.contact is Contact.MAIL else ()
        case ChangeNotices(changes) if changes.get("contact") == Contact.MAIL:
            cards = Links(session, clock).cards(line_user_id)
            return tuple(card.card_number for card in cards if card.in_use)
        case _:
            return ()
