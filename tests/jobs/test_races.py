"""Many workers, senders and webhooks at once, on a real PostgreSQL: leases, inbox and outbox hold."""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, timedelta

import pytest
from line_stand_in import LineStandIn
from sqlalchemy import func, select
from way import CARD, Way, text

from bot.ils.embedded.desk import Desk
from bot.ils.embedded.folding import fold
from bot.library import Contact
from bot.library.desk import DeskError
from bot.storage.engine import writing
from bot.storage.leases import Leases, new_owner
from bot.storage.tables.library import CopyRow, LoanHistoryRow, ReservationRow, TitleRow

pytestmark = pytest.mark.postgres


@pytest.fixture
def database() -> str:
    return "PostgreSQL"


def at_once(tasks: Sequence[Callable[[], object]]) -> None:
    """Run all of them, as much at the same moment as can be."""
    together = threading.Barrier(len(tasks))
    failures: list[BaseException] = []

    def run(task: Callable[[], object]) -> None:
        together.wait()
        try:
            task()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=[task]) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_lease_is_held_by_one_of_many(way: Way) -> None:
    held: list[str] = []

    def take() -> None:
        owner = new_owner()
        with writing(way.engine) as session:
            if Leases(session, way.clock).hold("U1", owner):
                held.append(owner)

    at_once([take] * 8)
    assert len(held) == 1


def test_event_stored_by_many_requests_at_once_is_stored_once(way: Way) -> None:
    raw = text("U1", "こんにちは", way.now())
    at_once([lambda: way.store(raw)] * 8)
    assert len(way.inbox()) == 1


def test_many_workers_on_one_chat_handle_each_event_once_and_in_order(way: Way, line: LineStandIn) -> None:
    said = [f"こんにちは{number}" for number in range(10)]
    way.store(*(text("U1", word, way.now() + timedelta(milliseconds=n)) for n, word in enumerate(said)))
    at_once([lambda: way.runner.run("U1")] * 6)
    assert way.dialogue.heard == said
    at_once([lambda: way.sender.send("U1")] * 6)
    assert [row.state for row in way.outbox()] == ["sent"] * 10
    tokens = [token for token, _ in line.replies]
    assert tokens == sorted(set(tokens), key=tokens.index)
    assert len(tokens) == 10


def test_nothing_is_overlooked_when_events_come_in_while_workers_let_go(way: Way) -> None:
    def deliver(number: int) -> None:
        for turn in range(5):
            for chat in way.store(text("U1", f"こんにちは{number}{turn}", way.now())):
                way.runner.run(chat)

    at_once([lambda n=n: deliver(n) for n in range(4)])  # type: ignore[misc]
    assert {row.state for row in way.inbox()} == {"handled"}
    assert len(way.dialogue.heard) == 20


def test_two_line_accounts_with_one_card_renew_a_loan_once(way: Way) -> None:
    for user in ("U1", "U2", "U3"):
        way.link(user)
        way.says(user, "延長して")
        way.store(text(user, "はい", way.now()))
    at_once([lambda user=user: way.runner.run(user) for user in ("U1", "U2", "U3")])  # type: ignore[misc]
    assert (way.renewals(), way.due_on()) == (1, date(2026, 12, 15))
    assert way.one(lambda session: session.scalar(select(func.count()).select_from(LoanHistoryRow))) == 1
    assert {row.state for row in way.inbox()} == {"handled"}


def test_two_line_accounts_and_the_desk_renew_a_loan_once(way: Way) -> None:
    users = ("U1", "U2")
    for user in users:
        way.link(user)
        way.says(user, "延長して")
        way.store(text(user, "はい", way.now()))

    def renew_at_the_desk() -> None:
        with suppress(DeskError), writing(way.engine) as session:
            Desk(session, way.policy, way.clock).lending.renew(CARD, "B1")

    at_once([renew_at_the_desk, *(lambda user=user: way.runner.run(user) for user in users)])  # type: ignore[misc]
    assert (way.renewals(), way.due_on()) == (1, date(2026, 12, 15))
    assert way.one(lambda session: session.scalar(select(func.count()).select_from(LoanHistoryRow))) == 1


def test_two_line_accounts_and_the_desk_reserve_no_sixteenth_title_for_one_card(way: Way) -> None:
    _reserve_fourteen(way)
    users = ("U1", "U2")
    for user, title in zip(users, ("坊っちゃん", "門"), strict=True):
        way.link(user)
        way.says(user, f"「{title}」を東部で予約、連絡はいらない")
        way.store(text(user, "はい", way.now()))

    def reserve_at_the_desk() -> None:
        with suppress(DeskError), writing(way.engine) as session:
            desk = Desk(session, way.policy, way.clock)
            desk.reservations.reserve(CARD, "D", pickup_branch="chuo", contact=Contact.NONE)

    at_once([reserve_at_the_desk, *(lambda user=user: way.runner.run(user) for user in users)])  # type: ignore[misc]
    mine = select(func.count()).select_from(ReservationRow).where(ReservationRow.card_number == CARD)
    assert way.one(lambda session: session.scalar(mine)) == 15


def _reserve_fourteen(way: Way) -> None:
    titles = [("G", "門"), ("D", "明暗"), *((f"R{number}", f"全集 第{number}巻") for number in range(14))]
    with writing(way.engine) as session:
        for title_id, title in titles:
            session.add(TitleRow(title_id=title_id, title=title, title_key=fold(title), material="book"))
        session.flush()
        for title_id, _ in titles:
            session.add(CopyRow(barcode=f"B{title_id}", title_id=title_id, branch="chuo", use="loan"))
        for number in range(14):
            session.add(
                ReservationRow(
                    reservation_id=f"V{number}",
                    card_number=CARD,
                    title_id=f"R{number}",
                    placed_at=way.now(),
                    pickup_branch="chuo",
                    contact="none",
                    state="queued",
                    channel="line",
                )
            )
