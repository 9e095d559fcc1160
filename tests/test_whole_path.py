"""The whole path, as `madoguchi demo` opens it: two processes, real HTTP, a real signature, the real record.

A person links a card on the pages, asks for a renewal in words, taps, and the due date moves in the database.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from phone import Phone, labels_of, text_of, wait_for
from sqlalchemy import Engine, exists, select

from bot.clock import SystemClock
from bot.demo.data_files import DemoCard
from bot.demo.processes import choose_addresses, running
from bot.demo.world import World, build
from bot.ils.embedded.library import EmbeddedLibrary
from bot.library import Contact, ReservationRequest, ReservationState, TitleQuery
from bot.messages.dates import day_text
from bot.policies import Policy, load_policy
from bot.rules import renewal, reservation
from bot.storage import inbox, outbox
from bot.storage.engine import open_engine, reading
from bot.storage.tables.library import TitleRow
from bot.storage.tables.messages import InboxRow, OutboxRow

pytestmark = pytest.mark.process

LIBRARIES = ("mito", "kyoto")


@dataclass
class Counter:
    """An open counter and the way into its database."""

    world: World
    policy: Policy
    engine: Engine
    phone_address: str
    counter_address: str

    def due_dates(self, card_number: str) -> dict[str, tuple[date, int]]:
        """Due date and renewals of each loan of a card, read from the database."""
        with reading(self.engine) as session:
            library = EmbeddedLibrary(session, self.policy, SystemClock())
            loans = [facts.loan for facts in library.list_loans(card_number)]
            return {loan.loan_id: (loan.due_on, loan.renewals) for loan in loans if loan is not None}

    def renewable(self, card_number: str) -> dict[str, tuple[str, date]]:
        """Title and new due date of each loan that may be renewed now."""
        clock = SystemClock()
        with reading(self.engine) as session:
            library = EmbeddedLibrary(session, self.policy, clock)
            found = {}
            for facts in library.list_loans(card_number):
                decision = renewal.decide(facts, self.policy, clock.today())
                if facts.loan is not None and decision.allowed and decision.new_due_on is not None:
                    found[facts.loan.loan_id] = (facts.loan.title.title, decision.new_due_on)
            return found

    def is_quiet(self) -> bool:
        """Whether nothing waits to be handled or sent."""
        with reading(self.engine) as session:
            waiting = exists().where(InboxRow.state == inbox.WAITING)
            unsent = exists().where(OutboxRow.state.in_([outbox.WAITING, outbox.SENDING]))
            return not session.scalar(select(waiting | unsent))

    def titles_on_loan(self, card_number: str) -> list[str]:
        """The titles that a card has on loan."""
        with reading(self.engine) as session:
            library = EmbeddedLibrary(session, self.policy, SystemClock())
            loans = [facts.loan for facts in library.list_loans(card_number)]
            return [loan.title.title for loan in loans if loan is not None]

    def reservable(self, card_number: str) -> str:
        """A title of one word that this card may reserve now and that no other title resembles."""
        clock, request = SystemClock(), ReservationRequest(self.policy.pickup.branches[0], Contact.LINE)
        with reading(self.engine) as session:
            library = EmbeddedLibrary(session, self.policy, clock)
            for title in session.scalars(select(TitleRow).order_by(TitleRow.title_id)):
                facts = library.reservation_facts(card_number, title.title_id)
                is_alone = library.find_titles(TitleQuery(title=title.title), limit=2).total == 1
                if is_alone and reservation.decide(facts, request, self.policy, clock.today()).allowed:
                    return title.title
        raise AssertionError("the demo has nothing to reserve")

    def reserved(self, card_number: str) -> dict[str, ReservationState]:
        """The active reservations of a card by title, read from the database."""
        with reading(self.engine) as session:
            library = EmbeddedLibrary(session, self.policy, SystemClock())
            shown = library.list_reservations(card_number).reservations
            return {item.title.title: item.state for item in shown if item.title is not None}

    def linked(self, name: str, card: DemoCard) -> Phone:
        """A new friend with this card linked by its password."""
        phone, _ = Phone.of_a_new_friend(self.phone_address, name)
        phone.signs_in(
            phone.taps(phone.says("カードを連携したい"), "同意して進む"), card.card_number, card.password
        )
        return phone


@pytest.fixture(scope="module", params=LIBRARIES)
def counter(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    folder: Path = tmp_path_factory.mktemp(request.param)
    world = build(request.param, folder, SystemClock())
    addresses = choose_addresses(0)
    engine = open_engine(world.database_url)
    policy = load_policy(str(world.policy_file))
    with running(world, addresses, None):
        yield Counter(world, policy, engine, addresses.phone, addresses.counter)
    engine.dispose()


def test_a_card_is_linked_and_a_loan_renewed_and_the_due_date_moves(counter: Counter) -> None:
    card = next(card for card in counter.world.cards if card.password and counter.renewable(card.card_number))
    phone, greeting = Phone.of_a_new_friend(counter.phone_address, "花子")
    assert counter.policy.name in text_of(greeting)
    offer = phone.says("カードを連携したい")
    told = phone.signs_in(phone.taps(offer, "同意して進む"), card.card_number, card.password)
    assert card.name.split()[0] in text_of(told)

    before = counter.due_dates(card.card_number)
    renewable = counter.renewable(card.card_number)
    answer = phone.says("延長して")
    if len(renewable) > 1:
        answer = phone.taps(answer, "延長する")
    assert counter.due_dates(card.card_number) == before, "nothing changes before it was confirmed"
    done = phone.taps(answer, "はい、延長する")
    after = counter.due_dates(card.card_number)
    [moved] = [loan_id for loan_id in before if after[loan_id] != before[loan_id]]
    title, new_due_on = renewable[moved]
    assert after[moved] == (new_due_on, before[moved][1] + 1)
    assert title in text_of(done)
    assert day_text(new_due_on) in text_of(done)

    again = phone.taps(answer, "はい、延長する")
    assert counter.due_dates(card.card_number) == after, "a used button changes nothing"
    assert again, "and says so"


def test_a_title_is_reserved_by_buttons_and_cancelled_in_words(counter: Counter) -> None:
    card = next(
        card for card in counter.world.cards if card.password and not counter.reserved(card.card_number)
    )
    title = counter.reservable(card.card_number)
    phone = counter.linked("太郎", card)
    answer = phone.says(f"『{title}』を予約したい")
    for label in ("これにする", counter.policy.pickup_branches[0].full_name, "LINE（おすすめ）"):
        if label in labels_of(answer):
            answer = phone.taps(answer, label)
    assert counter.reserved(card.card_number) == {}, "nothing changes before it was confirmed"
    phone.taps(answer, "はい、申し込む")
    assert counter.reserved(card.card_number) == {title: ReservationState.QUEUED}

    phone.says(f"『{title}』の予約を取り消して")
    assert counter.reserved(card.card_number) == {title: ReservationState.QUEUED}
    phone.says("はい")
    assert counter.reserved(card.card_number) == {}


def test_a_first_password_is_made_on_the_pages_as_the_library_has_it(counter: Counter) -> None:
    card = next(card for card in counter.world.cards if not card.password)
    phone, _ = Phone.of_a_new_friend(counter.phone_address, "次郎")
    browser = phone.opens_sign_in(phone.taps(phone.says("カードを連携したい"), "同意して進む"))
    new = {"new_password": "atarashii1", "new_password_again": "atarashii1", "email": ""}
    if counter.policy.password.first_registration == "by_patron":
        browser.follows("/link/register")
        born = card.birth_date.isoformat()
        browser.sends_form(card_number=card.card_number, name=card.name, birth_date=born)
    else:
        browser.sends_form(card_number=card.card_number, password=card.temporary_password)
        assert "/link/password" in browser.address
    browser.sends_form(**new)
    assert card.name.split()[0] in text_of(phone.agrees(browser))
    assert counter.linked("三郎", replace(card, password="atarashii1"))


def test_after_unlinking_nothing_of_the_record_is_shown(counter: Counter) -> None:
    card = next(card for card in counter.world.cards if card.password and counter.due_dates(card.card_number))
    phone = counter.linked("四郎", card)
    titles = counter.titles_on_loan(card.card_number)
    assert all(title in text_of(phone.says("貸出一覧")) for title in titles[:1])
    phone.says("連携を解除して")
    phone.says("はい")
    answer = text_of(phone.says("貸出一覧"))
    assert not any(title in answer for title in titles)


@pytest.mark.parametrize(
    "switches",
    [
        {"duplicate_webhooks": 1},
        {"fail_calls": 1, "fail_status": 500},
        {"fail_calls": 2, "fail_status": 429},
        {"lose_answers": 1},
        {"api_delay_ms": 700},
    ],
    ids=str,
)
def test_a_message_is_answered_once_whatever_line_does(counter: Counter, switches: dict[str, int]) -> None:
    phone, greeting = Phone.of_a_new_friend(counter.phone_address, "七子")
    phone.misbehaves(**switches)
    answer = phone.says("東部図書館の電話番号")
    wait_for(counter.is_quiet, "the end of all sending")
    phone.misbehaves()
    assert phone.heard() == len(greeting) + len(answer)


UNUSUAL = [
    {"type": "text", "text": "あ" * 5000},
    {"type": "text", "text": "📚🐈📚"},
    {"type": "text", "text": "\u202e\u0007\u200f延長\u2066して"},
    {"type": "text", "text": "『'; DROP TABLE loans; --』ある？"},
    {"type": "text", "text": "<script>alert(1)</script>を予約"},
    {"type": "text", "text": "{phone} {w.reserve} %s %(x)s {{0}}"},
    {"type": "sticker", "packageId": "446", "stickerId": "1988"},
    {"type": "image"},
    {"type": "location", "title": "駅前", "address": "1-1", "latitude": 35.0, "longitude": 139.0},
    {"type": "file", "fileName": "a.pdf", "fileSize": 12},
    {"type": "audio", "duration": 3000},
    {"type": "video", "duration": 3000},
]


def test_whatever_is_sent_is_answered_and_breaks_nothing(counter: Counter) -> None:
    phone, _ = Phone.of_a_new_friend(counter.phone_address, "五郎")
    for message in UNUSUAL:
        phone.sends(message)
        assert text_of(phone.hears()), message["type"]
    assert '"level": "error"' not in counter.world.log_file.read_text("utf-8")


def test_the_log_holds_nothing_of_anybody(counter: Counter) -> None:
    card = next(card for card in counter.world.cards if card.password and counter.due_dates(card.card_number))
    phone = counter.linked("六郎", card)
    phone.says("延長して")
    log = counter.world.log_file.read_text("utf-8")
    secrets = [
        card.card_number,
        card.password,
        card.name,
        phone.line_user_id,
        "延長して",
        "linkToken=",
        "nonce",
    ]
    for secret in [*secrets, *counter.titles_on_loan(card.card_number)]:
        assert secret not in log
