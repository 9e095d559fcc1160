"""The use cases of the link pages: what is asked of the password desk, and what each answer leads to."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest
from passwords import Holder, PasswordsInMemory
from sqlalchemy import Engine, text

from bot.accounts import (
    Flawed,
    Friends,
    Links,
    MustChange,
    Nonces,
    NotRecognised,
    Recognised,
    SignInDesk,
    StartAgain,
    Visitor,
    Waiting,
)
from bot.accounts.sign_in import NewPassword
from bot.clock import StoppedClock
from bot.library import LibraryUnavailable, PasswordReason
from bot.policies import load_policy
from bot.storage.engine import writing

VISITOR = Visitor("U1", "192.0.2.1")
OTHER_VISITOR = Visitor("U2", "192.0.2.2")
GOOD = NewPassword("new-password", "new-password", "")
BORN_ON = date(1950, 4, 1)


@pytest.fixture
def passwords() -> PasswordsInMemory:
    """One card with a password, one with a temporary one, one without."""
    return PasswordsInMemory(
        {
            "100": Holder(password="right-password"),
            "200": Holder(password="temporary-1", is_temporary=True, email="old@example.jp"),
            "300": Holder(name="水戸 花子", birth_date=BORN_ON),
        }
    )


@pytest.fixture
def desk(engine: Engine, clock: StoppedClock, passwords: PasswordsInMemory) -> SignInDesk:
    with writing(engine) as session:
        for visitor in (VISITOR, OTHER_VISITOR):
            Friends(session, clock).met(visitor.line_user_id)
    return a_desk(engine, clock, passwords)


def a_desk(
    engine: Engine,
    clock: StoppedClock,
    passwords: PasswordsInMemory,
    library: str = "mito",
    told: list[tuple[str, str]] | None = None,
    asked: list[tuple[str, str]] | None = None,
) -> SignInDesk:
    """The desk of a library; whoever is told of a registration is added to `told`, an address that is to be
    confirmed to `asked`.
    """
    kept = [] if told is None else told
    to_confirm = [] if asked is None else asked
    return SignInDesk(
        engine,
        load_policy(library),
        clock,
        lambda _session: passwords,
        lambda _session, card_number, email_before: kept.append((card_number, email_before)),
        lambda _session, card_number, email: to_confirm.append((card_number, email)),
    )


def card_of(engine: Engine, clock: StoppedClock, nonce: str, line_user_id: str = "U1") -> str:
    """The card that this nonce links."""
    with writing(engine) as session:
        result = Links(session, clock).complete(nonce, line_user_id)
        assert result.link is not None
        return result.link.card_number


def must_change(desk: SignInDesk, visitor: Visitor = VISITOR) -> str:
    outcome = desk.sign_in(visitor, "200", "temporary-1")
    assert isinstance(outcome, MustChange)
    return outcome.secret


def test_a_right_password_gives_a_nonce_for_the_card(
    desk: SignInDesk, engine: Engine, clock: StoppedClock
) -> None:
    outcome = desk.sign_in(VISITOR, "100", "right-password")
    assert isinstance(outcome, Recognised)
    assert card_of(engine, clock, outcome.nonce) == "100"


@pytest.mark.parametrize(
    ("card_number", "password"),
    [("999", "right-password"), ("100", "wrong"), ("300", ""), ("300", "right-password"), ("200", "wrong")],
    ids=["unknown card", "wrong password", "card without one", "guess at one", "wrong temporary one"],
)
def test_every_refusal_is_the_same_after_one_look(
    desk: SignInDesk, passwords: PasswordsInMemory, card_number: str, password: str
) -> None:
    assert desk.sign_in(VISITOR, card_number, password) == NotRecognised(timedelta(0))
    assert passwords.calls == ["check"]


@pytest.mark.parametrize("card_number", ["100", "999"], ids=["known", "unknown"])
def test_waits_are_the_same_for_a_known_and_an_unknown_card(
    desk: SignInDesk, passwords: PasswordsInMemory, card_number: str
) -> None:
    outcomes = [desk.sign_in(VISITOR, card_number, "wrong") for _ in range(5)]
    minute = timedelta(minutes=1)
    assert outcomes == [*[NotRecognised(timedelta(0))] * 3, NotRecognised(minute), Waiting(minute)]
    assert passwords.calls == ["check"] * 4, "a try that must wait is not looked at"


def test_a_right_password_must_wait_as_well(desk: SignInDesk, clock: StoppedClock) -> None:
    for _ in range(4):
        desk.sign_in(VISITOR, "100", "wrong")
    assert isinstance(desk.sign_in(VISITOR, "100", "right-password"), Waiting)
    clock.advance(timedelta(minutes=1))
    assert isinstance(desk.sign_in(VISITOR, "100", "right-password"), Recognised)


def test_the_wait_of_a_card_holds_for_every_visitor(desk: SignInDesk) -> None:
    for _ in range(4):
        desk.sign_in(VISITOR, "100", "wrong")
    assert isinstance(desk.sign_in(OTHER_VISITOR, "100", "right-password"), Waiting)


def test_one_line_user_who_tries_many_cards_must_wait(desk: SignInDesk) -> None:
    for card_number in range(8):
        assert isinstance(desk.sign_in(VISITOR, f"9{card_number}", "wrong"), NotRecognised)
    assert isinstance(desk.sign_in(VISITOR, "100", "right-password"), Waiting)
    assert isinstance(desk.sign_in(OTHER_VISITOR, "100", "right-password"), Recognised)


def test_one_address_that_tries_many_cards_must_wait(desk: SignInDesk) -> None:
    for number in range(30):
        visitor = Visitor(f"U9{number}", "192.0.2.9")
        assert isinstance(desk.sign_in(visitor, f"9{number}", "wrong"), NotRecognised)
    assert isinstance(desk.sign_in(Visitor("U1", "192.0.2.9"), "100", "right-password"), Waiting)
    assert isinstance(desk.sign_in(VISITOR, "100", "right-password"), Recognised)


def test_signing_in_with_ones_own_card_does_not_clear_the_count_of_a_line_user(desk: SignInDesk) -> None:
    for number in range(7):
        desk.sign_in(VISITOR, f"9{number}", "wrong")
    assert isinstance(desk.sign_in(VISITOR, "100", "right-password"), Recognised)
    assert isinstance(desk.sign_in(VISITOR, "98", "wrong"), NotRecognised)
    assert isinstance(desk.sign_in(VISITOR, "99", "wrong"), Waiting)


def test_signing_in_often_with_the_right_password_never_waits(desk: SignInDesk) -> None:
    for _ in range(40):
        assert isinstance(desk.sign_in(VISITOR, "100", "right-password"), Recognised)


def test_a_library_that_is_down_costs_no_try(desk: SignInDesk, passwords: PasswordsInMemory) -> None:
    passwords.is_down = True
    for _ in range(20):
        with pytest.raises(LibraryUnavailable):
            desk.sign_in(VISITOR, "100", "right-password")
    passwords.is_down = False
    assert isinstance(desk.sign_in(VISITOR, "100", "right-password"), Recognised)


def test_a_temporary_password_gives_no_nonce(desk: SignInDesk, engine: Engine) -> None:
    must_change(desk)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM nonces")) == 0


def test_a_changed_password_links_the_card(
    desk: SignInDesk, engine: Engine, clock: StoppedClock, passwords: PasswordsInMemory
) -> None:
    outcome = desk.change(VISITOR, must_change(desk), GOOD)
    assert isinstance(outcome, Recognised)
    assert card_of(engine, clock, outcome.nonce) == "200"
    holder = passwords.holders["200"]
    assert (holder.password, holder.is_temporary, holder.email) == ("new-password", False, "old@example.jp")


def test_a_form_sent_twice_changes_once_and_arrives_twice(
    desk: SignInDesk, engine: Engine, clock: StoppedClock, passwords: PasswordsInMemory
) -> None:
    secret = must_change(desk)
    desk.change(VISITOR, secret, GOOD)
    outcome = desk.change(VISITOR, secret, GOOD)
    assert isinstance(outcome, Recognised)
    assert card_of(engine, clock, outcome.nonce) == "200"
    assert passwords.calls.count("change") == 1


def test_a_flawed_password_changes_nothing_and_costs_no_try(
    desk: SignInDesk, passwords: PasswordsInMemory
) -> None:
    secret = must_change(desk)
    for _ in range(20):
        outcome = desk.change(VISITOR, secret, NewPassword("short", "other", ""))
        assert outcome == Flawed((PasswordReason.TOO_SHORT, PasswordReason.NOT_THE_SAME_TWICE))
    assert isinstance(desk.change(VISITOR, secret, GOOD), Recognised)


def test_a_half_done_form_belongs_to_its_line_user(desk: SignInDesk) -> None:
    assert isinstance(desk.change(OTHER_VISITOR, must_change(desk), GOOD), StartAgain)


@pytest.mark.parametrize("secret", ["", "unknown", "\x00", "x" * 10_000])
def test_an_unknown_secret_opens_no_form(desk: SignInDesk, secret: str) -> None:
    assert isinstance(desk.change(VISITOR, secret, GOOD), StartAgain)


def test_a_half_done_form_lives_ten_minutes(desk: SignInDesk, clock: StoppedClock) -> None:
    secret = must_change(desk)
    clock.advance(timedelta(minutes=10))
    assert isinstance(desk.change(VISITOR, secret, GOOD), StartAgain)


def test_the_secret_of_a_change_does_not_register_and_the_other_way_round(desk: SignInDesk) -> None:
    assert isinstance(desk.register(VISITOR, must_change(desk), GOOD), StartAgain)
    secret = desk.begin_registration(VISITOR, "300", "水戸 花子", BORN_ON)
    assert isinstance(desk.change(VISITOR, secret, GOOD), StartAgain)


def test_a_first_registration_links_the_card(
    desk: SignInDesk, engine: Engine, clock: StoppedClock, passwords: PasswordsInMemory
) -> None:
    secret = desk.begin_registration(VISITOR, "300", "水戸 花子", BORN_ON)
    outcome = desk.register(VISITOR, secret, NewPassword("new-password", "new-password", "new@example.jp"))
    assert isinstance(outcome, Recognised)
    assert card_of(engine, clock, outcome.nonce) == "300"
    assert passwords.holders["300"].email == "new@example.jp"


def test_whoever_gives_an_address_is_asked_to_confirm_it(
    desk: SignInDesk, engine: Engine, clock: StoppedClock, passwords: PasswordsInMemory
) -> None:
    asked: list[tuple[str, str]] = []
    asking = a_desk(engine, clock, passwords, asked=asked)
    asking.change(VISITOR, must_change(asking), GOOD)
    assert asked == []
    secret = asking.begin_registration(VISITOR, "300", "水戸 花子", BORN_ON)
    asking.register(VISITOR, secret, NewPassword("new-password", "new-password", "new@example.jp"))
    assert asked == [("300", "new@example.jp")]


@pytest.mark.parametrize(
    ("card_number", "name", "birth_date"),
    [
        ("999", "水戸 花子", BORN_ON),
        ("300", "水戸 太郎", BORN_ON),
        ("300", "水戸 花子", date(1950, 4, 2)),
        ("100", "", BORN_ON),
    ],
    ids=["unknown card", "wrong name", "wrong birth date", "card that has a password"],
)
def test_every_refused_registration_is_the_same_after_one_look(
    desk: SignInDesk, passwords: PasswordsInMemory, card_number: str, name: str, birth_date: date
) -> None:
    secret = desk.begin_registration(VISITOR, card_number, name, birth_date)
    assert desk.register(VISITOR, secret, GOOD) == NotRecognised(timedelta(0))
    assert passwords.calls == ["register"]


def test_a_card_has_five_registrations_a_week(desk: SignInDesk, clock: StoppedClock) -> None:
    for _ in range(5):
        secret = desk.begin_registration(VISITOR, "300", "水戸 太郎", BORN_ON)
        assert isinstance(desk.register(VISITOR, secret, GOOD), NotRecognised)
        clock.advance(timedelta(hours=20))
    secret = desk.begin_registration(OTHER_VISITOR, "300", "水戸 花子", BORN_ON)
    outcome = desk.register(OTHER_VISITOR, secret, GOOD)
    assert isinstance(outcome, Waiting)
    assert outcome.wait > timedelta(days=6)


@pytest.mark.parametrize(("library", "offered"), [("mito", True), ("kyoto", False)])
def test_only_some_libraries_let_patrons_register_themselves(
    engine: Engine, clock: StoppedClock, passwords: PasswordsInMemory, library: str, offered: bool
) -> None:
    desk = a_desk(engine, clock, passwords, library)
    assert desk.offers_registration is offered


def test_a_first_registration_is_told_once_and_a_failed_one_or_a_change_is_not(
    desk: SignInDesk, engine: Engine, clock: StoppedClock, passwords: PasswordsInMemory
) -> None:
    told: list[tuple[str, str]] = []
    desk = a_desk(engine, clock, passwords, told=told)
    wrong = desk.begin_registration(VISITOR, "300", "水戸 太郎", BORN_ON)
    assert isinstance(desk.register(VISITOR, wrong, GOOD), NotRecognised)
    assert isinstance(desk.change(VISITOR, must_change(desk), GOOD), Recognised)
    assert told == []
    right = desk.begin_registration(VISITOR, "300", "水戸 花子", BORN_ON)
    for _ in range(2):
        assert isinstance(desk.register(VISITOR, right, GOOD), Recognised)
    assert told == [("300", "")]


def test_no_password_birth_date_or_secret_stands_in_the_database(
    desk: SignInDesk, engine: Engine, tmp_path: Path
) -> None:
    desk.sign_in(VISITOR, "100", "wrong-secret-word")
    outcome = desk.sign_in(VISITOR, "100", "right-password")
    assert isinstance(outcome, Recognised)
    secrets = [must_change(desk), desk.begin_registration(VISITOR, "300", "水戸 花子", BORN_ON)]
    engine.dispose()
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("accounts.sqlite3*"))
    hidden = ["wrong-secret-word", "right-password", "temporary-1", "花子", "1950-04-01", "192.0.2.1"]
    for value in [*hidden, *secrets, outcome.nonce]:
        assert value.encode() not in stored


def test_a_nonce_is_made_for_the_visitor_alone(desk: SignInDesk, engine: Engine, clock: StoppedClock) -> None:
    outcome = desk.sign_in(VISITOR, "100", "right-password")
    assert isinstance(outcome, Recognised)
    with writing(engine) as session:
        assert Nonces(session, clock).use(outcome.nonce) == ("U1", "100")


def test_many_tries_at_once_are_no_more_than_one_after_the_other(
    desk: SignInDesk, passwords: PasswordsInMemory
) -> None:
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda _: desk.sign_in(VISITOR, "100", "wrong"), range(16)))
    assert passwords.calls == ["check"] * 4
    assert sum(isinstance(outcome, Waiting) for outcome in outcomes) == 12
