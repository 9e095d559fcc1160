"""Makes messages of the notices that are due: read again, dropped, merged by recipient, worded, and frozen.

One transaction a batch, which holds all that is due for its recipients. Nothing is composed in the quiet hours, nor
while many messages are under way: what is told is read from the record shortly before it leaves.
"""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.accounts.addresses import Address, Addresses
from bot.clock import Clock
from bot.dialogue.view import ButtonRecord
from bot.jobs.letters import Letters
from bot.jobs.notice_audience import Audience
from bot.jobs.notice_room import note_over
from bot.library import Patron
from bot.library.notices import NoticeReader
from bot.messages.look import lay_out_unasked, wording_for
from bot.messages.reading_marks import Readings
from bot.messages.replies import Tap
from bot.messages.wording import Wording
from bot.notices.bubbles import Telling
from bot.notices.deciding import Decisions, Reach, decide
from bot.notices.letters import kind_of, letter_for
from bot.notices.model import Item, KeptNotice, MailTo, Recipient, Record
from bot.notices.telling import holders_of, message_for
from bot.policies import Policy
from bot.rules.notice_hours import may_send_from
from bot.rules.notice_kinds import URGENT, NoticeKind
from bot.storage.buttons import Buttons
from bot.storage.calendar import policy_now
from bot.storage.engine import reading, writing
from bot.storage.notice_messages import NoticeMessages
from bot.storage.notices import Notices

_log = structlog.get_logger("bot.jobs.notice_composing")

BATCH: Final = 200
"""Notices that begin a batch; what else is due for their recipients comes with them."""
MOST_OF_A_BATCH: Final = 5_000
UNDER_WAY: Final = 1_000
"""While so many messages are under way no more are composed."""

LETTERS_FOR: Final = timedelta(days=1)
"""After so long a letter that no server took is given up, and the next way is tried."""
URGENT_LETTERS_FOR: Final = timedelta(hours=4)
"""The same for what is ready: by the evening the desk must know of whom nothing reached."""

_ROUNDS: Final = 5

_LOANS: Final = frozenset(
    {
        NoticeKind.DUE_SOON,
        NoticeKind.DUE_TODAY,
        NoticeKind.OVERDUE,
        NoticeKind.RESERVED_BY_OTHER,
    }
)


@dataclass(frozen=True, slots=True)
class NoticeParts:
    """What composing needs besides the database."""

    policy: Policy
    clock: Clock
    open_reader: Callable[[Session], NoticeReader]
    public_url: str
    sends_letters: bool
    readings: Readings | None = None
    pushes_left: Callable[[Session], int | None] = lambda _: None
    """How many more messages may be pushed this month for anything that is not urgent; None: as many as wanted."""


class NoticeComposer:
    """Composes what is due. One process at a time does it (`bot.jobs.notice_schedule`)."""

    def __init__(self, engine: Engine, parts: NoticeParts, batch: int = BATCH) -> None:
        self._engine = engine
        self._parts = parts
        self._batch = batch

    def compose(self, most: int = UNDER_WAY) -> int:
        """Compose until nothing is due or `most` pushes are under way; how many notices were seen to."""
        seen = 0
        while self._may_go_on(most):
            with writing(self._engine) as session:
                composed = _Batch(session, self._parts).compose(self._batch)
            if not composed:
                break
            seen += composed
        return seen

    def _may_go_on(self, most: int) -> bool:
        now = self._parts.clock.now()
        if may_send_from(now, self._parts.policy) > now:
            return False
        with reading(self._engine) as session:
            clock = self._parts.clock
            is_due = Notices(session, clock).is_any_due()
            return is_due and NoticeMessages(session, clock).under_way() < most


class _Batch:
    """One transaction."""

    def __init__(self, session: Session, parts: NoticeParts) -> None:
        self._session = session
        self._parts = parts
        self._clock = parts.clock
        self._policy = policy_now(session, parts.policy, parts.clock)
        self._reader = parts.open_reader(session)
        self._notices = Notices(session, parts.clock)
        self._messages = NoticeMessages(session, parts.clock)
        self._buttons: list[ButtonRecord] = []

    def compose(self, batch: int) -> int:
        """How many notices were seen to."""
        notices, recipients = self._gather(batch)
        if not notices:
            return 0
        record = self._record(notices)
        addresses = self._addresses(record.patrons)
        reach = Reach(
            recipients,
            {
                card: MailTo(address.email, address.confirmed, address.stopped)
                for card, address in addresses.items()
            },
            self._parts.sends_letters,
            self._parts.pushes_left(self._session),
        )
        decisions = decide(notices, record, reach, self._clock.today(), self._policy)
        self._apply(decisions, record, recipients, addresses)
        return len(notices)

    def _gather(self, batch: int) -> tuple[list[KeptNotice], Mapping[str, Sequence[Recipient]]]:
        """Some notices that are due, with everything else that is due for those who hear of them."""
        found = {notice.notice_id: notice for notice in self._notices.due(most=batch)}
        audience, known = Audience(self._session, self._policy), 0
        family = audience.families((), ())
        for _ in range(_ROUNDS):
            if len(found) == known or len(found) >= MOST_OF_A_BATCH:
                break
            known = len(found)
            family = audience.families(
                (notice.card_number for notice in found.values()),
                (notice.line_user_id for notice in found.values()),
            )
            more = self._notices.due_of(family.card_numbers, family.recipients, most=MOST_OF_A_BATCH)
            found |= {notice.notice_id: notice for notice in more}
        return list(found.values()), family.by_card()

    def _record(self, notices: Sequence[KeptNotice]) -> Record:
        """The record of all their subjects, in five queries or so."""
        loans = {item.subject for item in notices if item.kind in _LOANS}
        moved = {item.subject for item in notices if item.kind is NoticeKind.CLOSURE_MOVED}
        titles = {item.subject for item in notices if item.kind is NoticeKind.NEW_ARRIVALS}
        rest = {item.subject for item in notices} - loans - titles
        return Record(
            reservations=self._reader.reservations_of(rest),
            loans=self._reader.loans_of(loans | moved),
            titles=self._reader.titles_of(titles),
            patrons=self._reader.patrons_of({item.card_number for item in notices} - {""}),
        )

    def _addresses(self, patrons: Mapping[str, Patron]) -> Mapping[str, Address]:
        emails = {card: patron.email for card, patron in patrons.items()}
        return Addresses(self._session, self._clock).of_many(emails)

    def _apply(
        self,
        decisions: Decisions,
        record: Record,
        recipients: Mapping[str, Sequence[Recipient]],
        addresses: Mapping[str, Address],
    ) -> None:
        for reason, notice_ids in decisions.dropped.items():
            self._notices.dropped(notice_ids, reason)
        names = self._names(record, recipients)
        by_id = {item.line_user_id: item for some in recipients.values() for item in some}
        self._messages.add_pushes(
            self._push(by_id[line_user_id], items, names) for line_user_id, items in decisions.by_line.items()
        )
        Buttons(self._session).keep(self._buttons)
        told = [item for items in decisions.by_line.values() for item in items]
        for card_number, items in decisions.by_mail.items():
            told += self._letter(items, addresses[card_number], names.get(card_number, ""))
        for rung in {item.rung for item in told}:
            self._notices.under_way((item.notice.notice_id for item in told if item.rung == rung), rung)
        self._give_up(decisions)
        note_over(self._session, self._clock, len(decisions.over_quota))
        _log.info(
            "notices composed",
            pushes=len(decisions.by_line),
            letters=len(decisions.by_mail),
            told=len({item.notice.notice_id for item in told}),
            dropped={reason: len(ids) for reason, ids in decisions.dropped.items() if ids},
            unreached=len(decisions.unreached),
            to_call=len(decisions.to_call),
            over_quota=len(decisions.over_quota),
        )

    def _names(self, record: Record, recipients: Mapping[str, Sequence[Recipient]]) -> dict[str, str]:
        """Names of all whose cards a recipient has linked, where there are several."""
        cards = {card for some in recipients.values() for one in some for card in one.card_numbers}
        missing = cards - set(record.patrons)
        patrons = {**record.patrons, **(self._reader.patrons_of(missing) if missing else {})}
        return {card: patron.name for card, patron in patrons.items()}

    def _push(
        self, recipient: Recipient, items: Sequence[Item], names: Mapping[str, str]
    ) -> tuple[str, Sequence[Mapping[str, Any]], bool, Sequence[int]]:
        say = wording_for(self._policy, recipient.look)
        telling = self._telling(say, holders_of(recipient, names))
        made: list[tuple[Tap, ButtonRecord]] = []
        messages = lay_out_unasked(
            [message_for(recipient, items, telling)],
            recipient.look,
            say,
            readings=self._parts.readings,
            tap_id=lambda tap: self._tap_id(tap, recipient, made),
        )
        sent = json.dumps(messages)
        self._buttons += [record for _, record in made if record.button_id in sent]
        is_urgent = any(item.kind in URGENT for item in items)
        return recipient.line_user_id, messages, is_urgent, [item.notice.notice_id for item in items]

    def _tap_id(self, tap: Tap, recipient: Recipient, made: list[tuple[Tap, ButtonRecord]]) -> str:
        for known, record in made:
            if known is tap:
                return record.button_id
        now = self._clock.now()
        record = ButtonRecord(
            button_id=secrets.token_urlsafe(16),
            line_user_id=recipient.line_user_id,
            card_number=_card_of(tap),
            question_id="",
            action=tap.action,
            args=dict(tap.args),
            made_at=now,
            good_until=now + timedelta(days=self._policy.notices.button_days),
        )
        made.append((tap, record))
        return record.button_id

    def _letter(self, items: Sequence[Item], address: Address, name: str) -> Sequence[Item]:
        """Those of these that a letter tells; what the address takes no more goes on to the next way."""
        for item in items:
            if not address.takes(item.kind.value):
                self._notices.climb_to([item.notice.notice_id], item.rung + 1, "mail_stopped")
        told = [item for item in items if address.takes(item.kind.value)]
        if not told:
            return ()
        telling = self._telling(Wording(self._policy), {})
        content = letter_for(told, telling, name=name, is_confirmed=address.confirmed)
        letters = Letters(self._session, self._clock, self._policy, self._parts.public_url)
        is_urgent = any(item.kind in URGENT for item in told)
        given_up_at = self._clock.now() + (URGENT_LETTERS_FOR if is_urgent else LETTERS_FOR)
        kinds = sorted({item.kind.value for item in told})
        mail_id = letters.notify(kind_of(told), address, content, kinds=kinds, given_up_at=given_up_at)
        assert mail_id is not None  # noqa: S101  # What is stopped was left out above.
        self._messages.add_letter(mail_id, [item.notice.notice_id for item in told])
        return told

    def _telling(self, say: Wording, holders: Mapping[str, str]) -> Telling:
        return Telling(say, self._policy, self._clock.today(), holders)

    def _give_up(self, decisions: Decisions) -> None:
        to_call = set(decisions.to_call)
        for item, reason in decisions.unreached:
            notice_id = item.notice.notice_id
            self._notices.unreached([notice_id], reason, to_call=notice_id in to_call)


def _card_of(tap: Tap) -> str:
    """The card that a wish names, which alone it acts on."""
    slots = tap.args.get("slots")
    return str(slots.get("card_number", "")) if isinstance(slots, dict) else ""
