"""Whoever chooses mail in the chat is asked by a letter whether the recorded address is theirs."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, select
from way import CARD, NOON, Way

from bot.accounts import Friends, Links, Nonces
from bot.clock import StoppedClock
from bot.dialogue.effects import (
    CancelReservation,
    ChangeNotices,
    ChangeReservation,
    Effect,
    KeptOutcome,
    ReserveTitle,
    Result,
)
from bot.jobs.asking import cards_by_mail
from bot.jobs.letters import Letters
from bot.jobs.turns import TurnRunner
from bot.library import CancellationOutcome, ChangeOutcome, Contact, ReservationOutcome
from bot.storage.base import Base
from bot.storage.engine import open_engine, reading, writing
from bot.storage.tables.library import PatronRow
from bot.storage.tables.mails import MailRow

CLOCK = StoppedClock(NOON)
MAIL, LINE = Contact.MAIL, Contact.LINE


def reserve(contact: Contact) -> ReserveTitle:
    return ReserveTitle(CARD, "T2", "tobu", contact, 1)


CASES: dict[str, tuple[Effect, Result, bool]] = {
    "reserved, told by mail": (reserve(MAIL), ReservationOutcome("T2", done=True), True),
    "not reserved": (reserve(MAIL), ReservationOutcome("T2", done=False), False),
    "reserved, told in LINE": (reserve(LINE), ReservationOutcome("T2", done=True), False),
    "changed to mail": (ChangeReservation(CARD, "R1", "tobu", MAIL), ChangeOutcome("R1", done=True), True),
    "changed to none": (
        ChangeReservation(CARD, "R1", "tobu", Contact.NONE),
        ChangeOutcome("R1", done=True),
        False,
    ),
    "set to mail": (ChangeNotices({"contact": "mail"}), KeptOutcome(done=True), True),
    "another setting": (ChangeNotices({"due": True}), KeptOutcome(done=True), False),
    "cancelled": (CancelReservation(CARD, "R1"), CancellationOutcome("R1", done=True), False),
}


@pytest.fixture(scope="module")
def linked() -> Iterator[Engine]:
    """The card is linked to U1."""
    engine = open_engine("sqlite://")
    Base.metadata.create_all(engine)
    with writing(engine) as session:
        Friends(session, CLOCK).met("U1")
        Links(session, CLOCK).complete(Nonces(session, CLOCK).make("U1", CARD), "U1")
    yield engine
    engine.dispose()


@pytest.mark.parametrize("case", CASES)
def test_a_card_is_asked_for_where_mail_was_chosen_and_it_was_done(linked: Engine, case: str) -> None:
    effect, result, is_asked = CASES[case]
    with reading(linked) as session:
        found = cards_by_mail(session, CLOCK, "U1", (effect, effect), (result, result))
    assert found == ((CARD,) if is_asked else ())


def letters(way: Way) -> list[tuple[str, str]]:
    with reading(way.engine) as session:
        return [(row.kind, row.to) for row in session.scalars(select(MailRow))]


def reserves_by_mail(way: Way, email: str) -> None:
    """A patron with this address reserves a title in the chat and wishes to be told by mail."""
    way.runner = TurnRunner(
        way.engine,
        way.dialogue,
        way.policy,
        way.clock,
        way.open_library,
        ask_to_confirm=lambda session, card_number, email: Letters(
            session, way.clock, way.policy, "https://bot.example.jp"
        ).ask_to_confirm(card_number, email),
    )
    with writing(way.engine) as session:
        session.get_one(PatronRow, CARD).email = email
    way.link("U1")
    way.says("U1", "「坊っちゃん」を東部で予約、連絡はメールで")
    way.says("U1", "はい")


def test_a_reservation_told_by_mail_asks_in_its_own_transaction(way: Way) -> None:
    reserves_by_mail(way, "hanako@example.jp")
    assert letters(way) == [("confirm", "hanako@example.jp")]


def test_where_no_address_is_recorded_nobody_is_asked(way: Way) -> None:
    reserves_by_mail(way, "")
    assert letters(way) == []
