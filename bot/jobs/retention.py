"""What is forgotten each day: everything kept for a patron has its own days to live (the policy's `[retention]`).

Safe to run at any time and twice.
"""

from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy import Engine, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from bot.accounts import CardPages, LinkTokens
from bot.accounts.mail_tokens import MailTokens
from bot.accounts.tries import Tries
from bot.clock import Clock
from bot.library import ACTIVE_STATES
from bot.policies import Policy
from bot.staff import Audit
from bot.staff.sessions import Sessions
from bot.storage import inbox, outbox
from bot.storage.announcement_batches import AnnouncementBatches
from bot.storage.announcements import Announcements
from bot.storage.calendar import Closures
from bot.storage.desk_messages import DeskMessages
from bot.storage.engine import empty_the_log, writing
from bot.storage.insight import NotUnderstood
from bot.storage.mails import Mails
from bot.storage.notice_messages import NoticeMessages
from bot.storage.notices import Notices
from bot.storage.tables.library import (
    LoanHistoryRow,
    LoanRow,
    ReservationHistoryRow,
    ReservationRow,
)
from bot.storage.tables.messages import ButtonRow, ConversationRow, InboxRow, OutboxRow
from bot.storage.tables.wishes import CartItemRow, FollowUpRow

RETENTION_EVERY: Final = timedelta(days=1)
GROUPS: Final = ("C", "R")
"""How LINE's ids of groups and rooms begin; a user's begins with U."""

_log = structlog.get_logger("bot.jobs.retention")


class Retention:
    """The daily forgetting."""

    def __init__(self, engine: Engine, policy: Policy, clock: Clock) -> None:
        self._engine = engine
        self._policy = policy
        self._clock = clock

    def run(self) -> None:
        """Forget what is past its days; one transaction a subject, so that nobody waits long."""
        subjects = (
            *(self._conversations, self._buttons, self._messages, self._notices, self._desk),
            *(self._announcements, self._wishes, self._sign_in, self._audit, self._insight, self._history),
        )
        for forget in subjects:
            with writing(self._engine) as session:
                forget(session)
        empty_the_log(self._engine)
        _log.info("forgot what is past its days")

    def _conversations(self, session: Session) -> None:
        now = self._clock.now()
        row = ConversationRow
        is_free = or_(row.lease_until.is_(None), row.lease_until < now)
        before = now - timedelta(days=self._policy.retention.conversation_days)
        # That a group was told that we talk in private is no patron's, and must not be said again.
        is_over = or_(row.state.is_(None), ~or_(*map(row.chat_id.startswith, GROUPS)))
        session.execute(delete(row).where(row.touched_at < before, is_free, is_over))

    def _buttons(self, session: Session) -> None:
        now = self._clock.now()
        life = timedelta(minutes=self._policy.conversation.button_minutes)
        session.execute(
            delete(ButtonRow).where(func.coalesce(ButtonRow.good_until, ButtonRow.made_at) < now - life)
        )

    def _messages(self, session: Session) -> None:
        kept = timedelta(days=self._policy.retention.messages_days)
        before = self._clock.now() - kept
        session.execute(
            delete(InboxRow).where(InboxRow.state != inbox.WAITING, InboxRow.received_at < before)
        )
        is_over = OutboxRow.state.in_((outbox.SENT, outbox.UNCONFIRMED, outbox.DROPPED))
        session.execute(delete(OutboxRow).where(is_over, OutboxRow.created_at < before))
        Mails(session, self._clock).forget_old(kept)
        MailTokens(session, self._clock, self._policy).forget_old()

    def _notices(self, session: Session) -> None:
        days = self._policy.retention
        NoticeMessages(session, self._clock).forget_old(timedelta(days=days.messages_days))
        Notices(session, self._clock).forget_old(timedelta(days=days.notices_days))

    def _announcements(self, session: Session) -> None:
        kept = timedelta(days=self._policy.announcements.kept_days)
        Announcements(session, self._clock).forget_old(kept)
        AnnouncementBatches(session, self._clock).forget_trials(timedelta(days=1))

    def _desk(self, session: Session) -> None:
        kept = timedelta(days=self._policy.retention.desk_messages_days)
        DeskMessages(session, self._clock).forget_old(kept)
        CardPages(session, self._clock).forget_old()
        kept = timedelta(days=self._policy.retention.calendar_days)
        Closures(session, self._clock).forget_old(kept)

    def _wishes(self, session: Session) -> None:
        """Carts left alone, and later volumes that nobody waits for any more."""
        now, days = self._clock.now(), self._policy.retention
        for column, kept in (
            (CartItemRow.added_at, days.cart_days),
            (FollowUpRow.made_at, days.follow_up_days),
        ):
            session.execute(delete(column.class_).where(column < now - timedelta(days=kept)))

    def _sign_in(self, session: Session) -> None:
        LinkTokens(session, self._clock).forget_old()
        Tries(session, self._clock).forget_old()
        Sessions(session, self._clock, self._policy.staff).forget_old()

    def _audit(self, session: Session) -> None:
        """What the staff did stays; to whom or what they did it is forgotten."""
        days = self._policy.staff.audit_subject_days
        Audit(session, self._clock).forget_subjects(timedelta(days=days))

    def _insight(self, session: Session) -> None:
        """What was not understood; all of it where it is no longer wanted."""
        insight = self._policy.insight
        NotUnderstood(session, self._clock).forget_old(insight.days if insight.not_understood else 0)

    def _history(self, session: Session) -> None:
        """Who had read or wished for what is forgotten some days after it ended; what is open stays.

        The rows of ended loans and reservations go; in the history what happened stays, without the patron.
        """
        days = timedelta(days=self._policy.retention.history_person_days)
        ended_before = self._clock.today() - days
        session.execute(delete(LoanRow).where(LoanRow.returned_on < ended_before))
        closed = ReservationRow.state.not_in([state.value for state in ACTIVE_STATES])
        last_change = (
            select(func.max(ReservationHistoryRow.at))
            .where(ReservationHistoryRow.reservation_id == ReservationRow.reservation_id)
            .scalar_subquery()
        )
        session.execute(
            delete(ReservationRow).where(
                closed, func.coalesce(last_change, ReservationRow.placed_at) < self._clock.now() - days
            )
        )
        _cut_patron(session)


def _cut_patron(session: Session) -> None:
    """From the history of whatever is no longer there."""
    for history, key, subject in (
        (LoanHistoryRow, LoanHistoryRow.loan_id, LoanRow.loan_id),
        (ReservationHistoryRow, ReservationHistoryRow.reservation_id, ReservationRow.reservation_id),
    ):
        session.execute(
            update(history)
            .where(history.card_number.is_not(None), ~exists().where(subject == key))
            .values(card_number=None)
            .execution_options(synchronize_session=False)
        )
