"""What is kept for a patron has its own days to live; afterwards neither name, title nor message is found."""

from datetime import date
from typing import Any

from sqlalchemy import func, select
from way import CARD, Way, text

from bot.jobs.backoff import TURN_TRIES
from bot.jobs.retention import Retention
from bot.staff import Audit, Subject, SubjectKind
from bot.staff.audit import Action
from bot.storage.base import Base
from bot.storage.engine import writing
from bot.storage.leases import Leases
from bot.storage.tables.accounts import CardPageRow
from bot.storage.tables.desk import DeskMessageRow
from bot.storage.tables.library import LoanHistoryRow, LoanRow, ReservationHistoryRow, ReservationRow
from bot.storage.tables.messages import ButtonRow, ConversationRow, InboxRow, OutboxRow
from bot.storage.tables.staff import StaffAuditRow, StaffAuditSubjectRow

OF_THE_LIBRARY = {"patrons", "titles", "copies", "loans", "reservations", "credentials"}


def forget(way: Way) -> None:
    Retention(way.engine, way.policy, way.clock).run()


def count(way: Way, table: Any) -> int:
    return int(way.one(lambda session: session.scalar(select(func.count()).select_from(table))))


def everything(way: Way) -> str:
    """All that is kept outside of the library's own record, as one text."""
    tables = [table for table in Base.metadata.sorted_tables if table.name not in OF_THE_LIBRARY]
    with way.engine.connect() as connection:
        return "\n".join(str(tuple(row)) for table in tables for row in connection.execute(select(table)))


def test_conversation_is_forgotten_after_its_days(way: Way) -> None:
    way.link("U1")
    way.says("U1", "延長して")
    forget(way)
    assert count(way, ConversationRow) == 1
    way.later(days=way.policy.retention.conversation_days, seconds=1)
    forget(way)
    assert count(way, ConversationRow) == 0


def test_conversation_in_hand_is_not_forgotten(way: Way) -> None:
    way.says("U1", "こんにちは")
    way.later(days=9)
    with writing(way.engine) as session:
        Leases(session, way.clock).hold("U1", "worker")
    forget(way)
    assert count(way, ConversationRow) == 1


def test_buttons_are_forgotten_after_their_minutes(way: Way) -> None:
    way.link("U1")
    way.says("U1", "延長して")
    assert count(way, ButtonRow) > 0
    way.later(minutes=way.policy.conversation.button_minutes, seconds=1)
    forget(way)
    assert count(way, ButtonRow) == 0


def test_what_tells_a_repeated_event_from_a_new_one_is_kept_for_days_and_no_longer(way: Way) -> None:
    way.says("U1", "こんにちは")
    way.later(days=way.policy.retention.messages_days - 1)
    forget(way)
    assert (count(way, InboxRow), count(way, OutboxRow)) == (1, 1)
    way.later(days=1, seconds=1)
    forget(way)
    assert (count(way, InboxRow), count(way, OutboxRow)) == (0, 0)


def test_what_still_waits_is_never_forgotten(way: Way) -> None:
    way.store(text("U1", "こんにちは", way.now()))
    way.later(days=99)
    forget(way)
    assert count(way, InboxRow) == 1


def test_event_that_failed_for_good_is_forgotten_after_its_days(way: Way) -> None:
    way.says("U1", "壊れて")
    for _ in range(3):
        way.later(seconds=5)
        way.work()
    way.later(days=way.policy.retention.messages_days, seconds=1)
    forget(way)
    assert count(way, InboxRow) == 0


def test_who_had_read_what_is_forgotten_some_days_after_the_return(way: Way) -> None:
    way.link("U1")
    way.says("U1", "延長して")
    way.says("U1", "はい")
    with writing(way.engine) as session:
        session.get_one(LoanRow, "L1").returned_on = date(2026, 12, 2)
    way.later(days=1 + way.policy.retention.history_person_days)
    forget(way)
    assert (count(way, LoanRow), _patrons(way, LoanHistoryRow)) == (1, {CARD})
    way.later(days=1)
    forget(way)
    assert (count(way, LoanRow), _patrons(way, LoanHistoryRow)) == (0, {None})


def test_open_loan_keeps_its_patron_however_old(way: Way) -> None:
    way.link("U1")
    way.says("U1", "延長して")
    way.says("U1", "はい")
    way.later(days=400)
    forget(way)
    assert (count(way, LoanRow), _patrons(way, LoanHistoryRow)) == (1, {CARD})


def test_closed_reservation_is_forgotten_some_days_after_it_ended(way: Way) -> None:
    way.link("U1")
    way.says("U1", "「坊っちゃん」を東部で予約、連絡はいらない")
    way.says("U1", "はい")
    way.later(days=30)
    forget(way)
    assert (count(way, ReservationRow), _patrons(way, ReservationHistoryRow)) == (1, {CARD})
    way.says("U1", "予約を取り消して")
    way.says("U1", "はい")
    way.later(days=way.policy.retention.history_person_days)
    forget(way)
    assert count(way, ReservationRow) == 1
    way.later(seconds=1)
    forget(way)
    assert (count(way, ReservationRow), _patrons(way, ReservationHistoryRow)) == (0, {None})


def test_no_title_name_or_message_is_found_in_old_rows(way: Way) -> None:
    way.link("U1")
    wish = "「坊っちゃん」を東部で予約、連絡はいらない"
    for said in ("延長して", "はい", wish, "はい", "予約一覧", "貸出一覧", "壊れて"):
        way.says("U1", said)
    assert "壊れて" in everything(way)  # The search would find it.
    for _ in range(TURN_TRIES):
        way.later(days=10)
        way.work()
        forget(way)
    kept = everything(way)
    for secret in ("こころ", "坊っちゃん", "花子", "延長して", "壊れて", "予約一覧"):
        assert secret not in kept


def _patrons(way: Way, table: Any) -> set[str | None]:
    return set(way.one(lambda session: session.scalars(select(table.card_number)).all()))


def test_message_to_the_desk_is_forgotten_after_its_days(way: Way) -> None:
    way.link("U1")
    way.says("U1", "職員に伝えて")
    way.says("U1", "借りた本をぬらしてしまいました")
    way.says("U1", "はい")
    way.later(days=way.policy.retention.desk_messages_days)
    forget(way)
    assert count(way, DeskMessageRow) == 1
    way.later(seconds=1)
    forget(way)
    assert count(way, DeskMessageRow) == 0
    assert "ぬらして" not in everything(way)


def test_key_of_a_cards_page_is_forgotten_the_next_day(way: Way) -> None:
    way.link("U1")
    way.says("U1", "カードを見せて")
    assert count(way, CardPageRow) == 1
    way.later(days=1, seconds=1)
    forget(way)
    assert count(way, CardPageRow) == 0


def test_the_audit_log_forgets_whom_after_its_days_and_keeps_what_was_done(way: Way) -> None:
    with writing(way.engine) as session:
        Audit(session, way.clock).note("hanako", Action.LINK_CUT, Subject(SubjectKind.CARD, CARD))
    way.later(days=way.policy.staff.audit_subject_days)
    forget(way)
    assert count(way, StaffAuditSubjectRow) == 1
    way.later(seconds=1)
    forget(way)
    assert count(way, StaffAuditSubjectRow) == 0
    assert count(way, StaffAuditRow) == 1
    assert way.one(lambda session: Audit(session, way.clock).first_flaw()) is None
