"""The embedded library behind the Protocol: reads, and the four changes a patron can make.

It works within the caller's transaction, so that a change, what is remembered and what is said are one. Locks are
taken in one order, the patron's row and then the title's: on PostgreSQL both are locked until the commit, so a
renewal and another patron's reservation of the same title wait for each other; on SQLite the
whole database is (`BEGIN IMMEDIATE`).
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.ils.embedded import gathering, history
from bot.ils.embedded.ids import new_id
from bot.ils.embedded.locks import lock_patron, lock_title
from bot.ils.embedded.records import patron_of, title_of
from bot.ils.embedded.search import find_titles, list_new_arrivals
from bot.library import (
    Actor,
    CancellationFacts,
    CancellationOutcome,
    ChangeFacts,
    ChangeOutcome,
    Channel,
    Contact,
    CopyFacts,
    Patron,
    RenewalFacts,
    RenewalOutcome,
    ReservationChange,
    ReservationFacts,
    ReservationList,
    ReservationOutcome,
    ReservationRequest,
    ReservationState,
    SeriesFacts,
    Title,
    TitleFacts,
    TitlePage,
    TitleQuery,
)
from bot.policies import Policy
from bot.rules import cancellation, change, renewal, reservation
from bot.rules.reservation_life import LifeEvent
from bot.storage.tables.library import LoanRow, PatronRow, ReservationRow, TitleRow


class EmbeddedLibrary:
    """Fulfils `bot.library.Library` on our own tables, within `session`'s transaction.

    `actor`: who makes the changes, for the history; the counter makes them by the same rules.
    """

    def __init__(
        self, session: Session, policy: Policy, clock: Clock, *, actor: Actor = Actor.PATRON
    ) -> None:
        self._session = session
        self._policy = policy
        self._clock = clock
        self._actor = actor

    def find_patron(self, card_number: str) -> Patron | None:
        """The patron with this card, or None."""
        row = self._session.get(PatronRow, card_number)
        return patron_of(row) if row is not None else None

    def list_loans(self, card_number: str) -> tuple[RenewalFacts, ...]:
        """The open loans, earliest due date first, each with the facts for its renewal."""
        return gathering.renewal_facts(self._session, card_number)

    def renewal_facts(self, card_number: str, loan_id: str) -> RenewalFacts:
        """The facts for renewing one loan; its `loan` is None unless it is this patron's."""
        found = gathering.renewal_facts(self._session, card_number, loan_id)
        return found[0] if found else RenewalFacts(gathering.patron(self._session, card_number), None, 0)

    def list_reservations(self, card_number: str) -> ReservationList:
        """The active reservations that can be shown, and a count of those that can't."""
        return gathering.reservation_list(self._session, card_number)

    def cancellation_facts(self, card_number: str, reservation_id: str) -> CancellationFacts:
        """The facts for cancelling one reservation."""
        gathering.patron(self._session, card_number)
        row = self._session.get(ReservationRow, reservation_id)
        found = gathering.with_places(self._session, [row]) if row is not None else []
        return CancellationFacts(card_number, found[0] if found else None)

    def find_titles(self, query: TitleQuery, *, limit: int, offset: int = 0) -> TitlePage:
        """Titles that match, exact matches first; an empty query finds nothing."""
        return find_titles(self._session, query, limit=limit, offset=offset)

    def list_new_arrivals(self, since: date, query: TitleQuery, *, limit: int, offset: int = 0) -> TitlePage:
        """Titles that came in on `since` or later, until today, newest first; an empty query means all of them."""
        days = (since, self._clock.today())
        return list_new_arrivals(self._session, days, query, limit=limit, offset=offset)

    def find_title(self, title_id: str) -> Title | None:
        """The title, or None if it is not held."""
        row = self._session.get(TitleRow, title_id)
        return title_of(row) if row is not None else None

    def list_copies(self, title_id: str) -> tuple[CopyFacts, ...]:
        """All copies of a title with what each is doing."""
        return gathering.copy_facts(self._session, title_id)

    def reservation_facts(self, card_number: str, title_id: str) -> ReservationFacts:
        """The facts for reserving a title; its `title` is None if it is not held."""
        return self.reservation_facts_of(card_number, [title_id])[title_id]

    def reservation_facts_of(
        self, card_number: str, title_ids: Sequence[str]
    ) -> Mapping[str, ReservationFacts]:
        """The same for several titles, by title id: six queries, however many they are."""
        return gathering.reservation_facts(self._session, card_number, title_ids)

    def title_facts_of(self, title_ids: Sequence[str]) -> Mapping[str, TitleFacts]:
        """Copies and queue of several titles by title id, without any card: two queries."""
        return gathering.title_facts(self._session, title_ids)

    def series_facts(self, title_id: str) -> SeriesFacts:
        """What else belongs to the work or the series of a title."""
        return gathering.series_facts(self._session, title_id)

    def change_facts(self, card_number: str, reservation_id: str) -> ChangeFacts:
        """The facts for changing pickup branch and contact of one reservation."""
        found = self.cancellation_facts(card_number, reservation_id)
        return ChangeFacts(gathering.patron(self._session, card_number), found.reservation)

    def renew(self, card_number: str, loan_id: str, *, expected_due_on: date) -> RenewalOutcome:
        """Renew one loan, if the rules allow it and the new due date is the expected one."""
        lock_patron(self._session, card_number)
        facts = self.renewal_facts(card_number, loan_id)
        if facts.loan is not None:
            # Someone may be reserving the title at this moment: wait for them, then look again.
            lock_title(self._session, facts.loan.title.title_id)
            facts = self.renewal_facts(card_number, loan_id)
        decision = renewal.decide(facts, self._policy, self._clock.today())
        if not decision.allowed or decision.new_due_on is None or decision.new_due_on != expected_due_on:
            return RenewalOutcome(loan_id, False, decision.new_due_on, decision.reasons)
        row = self._session.get_one(LoanRow, loan_id)
        row.due_on = decision.new_due_on
        row.renewals += 1
        history.loan_changed(self._session, row, "renewed", self._actor, self._clock.now())
        self._session.flush()
        return RenewalOutcome(loan_id, True, row.due_on)

    def reserve(
        self,
        card_number: str,
        title_id: str,
        *,
        pickup_branch: str,
        contact: Contact,
        channel: Channel = Channel.LINE,
        expected_queue_position: int | None = None,
    ) -> ReservationOutcome:
        """Reserve one title, if the rules allow it and its place in the queue is the expected one (None: any).

        Raises ValueError for a pickup branch that the policy does not offer.
        """
        self._see_to_branch(pickup_branch)
        lock_patron(self._session, card_number)
        lock_title(self._session, title_id)
        facts = self.reservation_facts(card_number, title_id)
        request = ReservationRequest(pickup_branch, contact)
        decision = reservation.decide(facts, request, self._policy, self._clock.today())
        position = decision.queue_position
        if not decision.allowed or expected_queue_position not in {None, position}:
            return ReservationOutcome(title_id, False, None, position, decision.reasons)
        row = self._add_reservation(card_number, title_id, request, channel)
        [placed] = gathering.with_places(self._session, [row])
        return ReservationOutcome(title_id, True, placed, placed.queue_position)

    def _add_reservation(
        self, card_number: str, title_id: str, request: ReservationRequest, channel: Channel
    ) -> ReservationRow:
        row = ReservationRow(
            reservation_id=new_id(),
            card_number=card_number,
            title_id=title_id,
            placed_at=self._last_place(title_id),
            pickup_branch=request.pickup_branch,
            contact=request.contact.value,
            state=ReservationState.QUEUED.value,
            channel=channel.value,
        )
        self._session.add(row)
        history.reservation_placed(self._session, row, self._actor, self._clock.now())
        self._session.flush()
        return row

    def _last_place(self, title_id: str) -> datetime:
        """Now, or just after the last in the queue where its instant is not past: clocks of two machines differ."""
        latest = gathering.last_placed_at(self._session, title_id)
        now = self._clock.now()
        return now if latest is None else max(now, latest + timedelta(microseconds=1))

    def cancel(self, card_number: str, reservation_id: str) -> CancellationOutcome:
        """Cancel one reservation, if the rules allow it."""
        lock_patron(self._session, card_number)
        row = self._session.scalar(
            select(ReservationRow).where(ReservationRow.reservation_id == reservation_id).with_for_update()
        )
        decision = cancellation.decide(self.cancellation_facts(card_number, reservation_id), self._policy)
        if row is None or not decision.allowed:
            return CancellationOutcome(reservation_id, False, decision.reasons)
        history.move(self._session, row, LifeEvent.CANCEL, self._actor, self._clock.now())
        self._session.flush()
        return CancellationOutcome(reservation_id, True)

    def change_reservation(
        self, card_number: str, reservation_id: str, *, pickup_branch: str, contact: Contact
    ) -> ChangeOutcome:
        """Change where one reservation is picked up and how its patron is told, if the rules allow it.

        Raises ValueError for a pickup branch that the policy does not offer.
        """
        self._see_to_branch(pickup_branch)
        lock_patron(self._session, card_number)
        row = self._session.scalar(
            select(ReservationRow)
            .where(ReservationRow.reservation_id == reservation_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        decision = change.decide(
            self.change_facts(card_number, reservation_id), ReservationChange(pickup_branch, contact)
        )
        if row is None or not decision.allowed:
            return ChangeOutcome(reservation_id, False, decision.reasons)
        row.pickup_branch, row.contact = pickup_branch, contact.value
        history.reservation_changed(self._session, row, self._actor, self._clock.now())
        self._session.flush()
        return ChangeOutcome(reservation_id, True)

    def _see_to_branch(self, pickup_branch: str) -> None:
        if pickup_branch not in self._policy.pickup.branches:
            raise ValueError("the policy offers no such pickup branch")
