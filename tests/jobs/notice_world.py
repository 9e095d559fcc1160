"""A library with patrons, loans and reservations, and everything that tells notices, with LINE's stand-in beyond."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from line_stand_in import LineStandIn
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot.accounts import Friends, Links, Nonces
from bot.accounts.mail_tokens import MailTokens
from bot.accounts.settings import Settings
from bot.clock import StoppedClock
from bot.ils.embedded.desk import Desk
from bot.ils.embedded.notices import EmbeddedNotices
from bot.jobs.notice_composing import NoticeComposer, NoticeParts
from bot.jobs.notice_planning import NoticePlanner
from bot.jobs.notice_room import pushes_left
from bot.jobs.notice_schedule import NoticeSchedule, Round
from bot.jobs.notice_sending import NoticeSender
from bot.library import Contact
from bot.library.notices import NoticeReader
from bot.line.api import LineApi
from bot.policies import Policy, load_policy
from bot.storage.depths import QUOTA
from bot.storage.engine import reading, writing
from bot.storage.mails import Mails
from bot.storage.notices import Notices
from bot.storage.tables.library import CopyRow, LoanRow, PatronRow, ReservationRow, TitleRow
from bot.storage.tables.mails import MailRow
from bot.storage.tables.notices import NoticeRow
from bot.storage.tasks import SharedValues
from bot.wiring import release_run_out

NINE = datetime(2026, 12, 1, 0, 0, tzinfo=UTC)
"""A Tuesday, nine in the morning in Japan."""
TODAY = date(2026, 12, 1)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """An instant of a day in Japan."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) - timedelta(hours=9)


@dataclass
class NoticeWorld:
    """One library."""

    engine: Engine
    line_api: LineApi
    line: LineStandIn
    policy: Policy = field(default_factory=lambda: load_policy("mito"))
    clock: StoppedClock = field(default_factory=lambda: StoppedClock(NINE))
    sends_letters: bool = True
    schedule: NoticeSchedule = field(init=False)
    planner: NoticePlanner = field(init=False)
    composer: NoticeComposer = field(init=False)
    sender: NoticeSender = field(init=False)
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        parts = NoticeParts(
            self.policy,
            self.clock,
            self._reader,
            "https://counter.example.jp",
            self.sends_letters,
            pushes_left=lambda session: pushes_left(session, self.clock, self.policy),
        )
        self.planner = NoticePlanner(self.engine, self.policy, self.clock, self._reader, batch=3)
        self.composer = NoticeComposer(self.engine, parts, batch=3)
        self.sender = NoticeSender(self.engine, self.line_api, self.clock, threads=2, jitter=lambda: 0.0)
        self.schedule = NoticeSchedule(
            self.engine,
            self.policy,
            self.clock,
            self.planner,
            self.composer,
            lambda: len(release_run_out(self.engine, self.policy, self.clock)),
        )

    def close(self) -> None:
        """End the threads."""
        self.sender.close()

    def _reader(self, session: Session) -> NoticeReader:
        return EmbeddedNotices(session, self.clock)

    def run(self) -> Round:
        """What a worker does at one look: plan, compose, send."""
        done = self.schedule.look()
        self.sender.send_due()
        return done

    def go_to(self, day: date, hour: int = 9, minute: int = 0) -> None:
        """Time passes."""
        self.clock.instant = at(day, hour, minute)

    def patron(self, card_number: str, *line_user_ids: str, email: str = "", name: str = "水戸 花子") -> None:
        """A patron, linked to these LINE users."""
        with writing(self.engine) as session:
            session.add(PatronRow(card_number=card_number, name=name, email=email))
            session.flush()
        for line_user_id in line_user_ids:
            self.link(line_user_id, card_number)

    def link(self, line_user_id: str, card_number: str) -> None:
        """A card is linked, as LINE's dialog does it."""
        with writing(self.engine) as session:
            Friends(session, self.clock).met(line_user_id)
            Links(session, self.clock).complete(
                Nonces(session, self.clock).make(line_user_id, card_number), line_user_id
            )

    def title(self, title: str = "こころ", *, branch: str = "chuo", copies: int = 1, **more: Any) -> str:
        """A title with copies; its id. Barcodes are the id and a number."""
        title_id = f"T{next(self._numbers)}"
        with writing(self.engine) as session:
            session.add(TitleRow(title_id=title_id, title=title, material="book", **more))
            session.flush()
            session.add_all(
                CopyRow(barcode=f"{title_id}-{number}", title_id=title_id, branch=branch, use="loan")
                for number in range(1, copies + 1)
            )
        return title_id

    def loan(self, card_number: str, title_id: str, due_on: date, *, copy: int = 1, **more: Any) -> str:
        """A loan of two weeks; its id."""
        loan_id = f"L{next(self._numbers)}"
        values = {"checked_out_on": due_on - timedelta(days=14), "due_on": due_on, **more}
        with writing(self.engine) as session:
            barcode = f"{title_id}-{copy}"
            session.add(LoanRow(loan_id=loan_id, card_number=card_number, barcode=barcode, **values))
        return loan_id

    def reservation(
        self,
        card_number: str,
        title_id: str | None,
        *,
        contact: Contact = Contact.LINE,
        branch: str = "chuo",
        **more: Any,
    ) -> str:
        """A reservation that waits in the queue; its id."""
        reservation_id = f"R{next(self._numbers)}"
        values = {"state": "queued", "channel": "line", "placed_at": self.clock.now(), **more}
        with writing(self.engine) as session:
            session.add(
                ReservationRow(
                    reservation_id=reservation_id,
                    card_number=card_number,
                    title_id=title_id,
                    contact=contact.value,
                    pickup_branch=branch,
                    **values,
                )
            )
        return reservation_id

    def ready(self, card_number: str, title_id: str, **more: Any) -> str:
        """A reservation whose copy has just come to the hold shelf; its id."""
        reservation_id = self.reservation(card_number, title_id, **more)
        with self.desk() as desk:
            desk.reservations.ready(reservation_id)
        return reservation_id

    def desk(self) -> Any:
        """The counter, in one transaction."""
        return _AtTheDesk(self)

    def settings(self, line_user_id: str, **changes: bool | str) -> None:
        """What a LINE user set about notices."""
        with writing(self.engine) as session:
            Settings(session, self.clock).change(line_user_id, changes)

    def block(self, line_user_id: str) -> None:
        """LINE told us of a block."""
        with writing(self.engine) as session:
            Friends(session, self.clock).blocked(line_user_id, self.clock.now())

    def end_letters(self, state: str) -> None:
        """What became of all letters that wait."""
        with writing(self.engine) as session:
            for row in session.scalars(select(MailRow).where(MailRow.state == "waiting")).all():
                Mails(session, self.clock).ended(row.id, state)

    def confirm(self, card_number: str, email: str) -> None:
        """The owner of an address followed the link that confirms it."""
        with writing(self.engine) as session:
            tokens = MailTokens(session, self.clock, self.policy)
            tokens.confirm(tokens.to_confirm(card_number, email) or "")

    def quota(self, limit: int, used: int) -> None:
        """LINE was asked how much of the month's messages is used."""
        with writing(self.engine) as session:
            SharedValues(session, self.clock).set(QUOTA, {"limit": limit, "used": used})

    def rows(self) -> Sequence[NoticeRow]:
        """All notices."""
        with reading(self.engine) as session:
            return session.scalars(select(NoticeRow).order_by(NoticeRow.id)).all()

    def told(self) -> list[tuple[str, str, str]]:
        """Kind, subject and state of all notices."""
        return [(row.kind, row.subject, row.state) for row in self.rows()]

    def pushed(self) -> list[tuple[str, str]]:
        """To whom, and the line for the locked screen."""
        return [
            (who, messages[0].get("altText", messages[0].get("text"))) for who, messages in self.line.pushes
        ]

    def letters(self) -> Sequence[MailRow]:
        """All letters."""
        with reading(self.engine) as session:
            return session.scalars(select(MailRow).order_by(MailRow.id)).all()

    def calls(self) -> list[tuple[str, str]]:
        """Card and reservation of those whom the desk is to phone."""
        with reading(self.engine) as session:
            found = Notices(session, self.clock).call_list(self.clock.today())
        return [(call.card_number, call.subject) for call in found]


class _AtTheDesk:
    def __init__(self, world: NoticeWorld) -> None:
        self._world = world
        self._writing = writing(world.engine)

    def __enter__(self) -> Desk:
        return Desk(self._writing.__enter__(), self._world.policy, self._world.clock)

    def __exit__(self, *what: Any) -> None:
        self._writing.__exit__(*what)
