"""What staff do with announcements, and who may. Each act and its entry in the audit log are one transaction.

A draft is its writer's alone. Whoever wrote it never approves it. Nothing here tells who is reached, only how many.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Protocol

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.announcements import (
    Audience,
    Content,
    Flaw,
    Forecast,
    LeftOut,
    Move,
    Reach,
    State,
    flaws,
    forecast,
    may,
)
from bot.clock import Clock
from bot.policies import Policy
from bot.staff.audit import Action, Audit, Subject, SubjectKind
from bot.staff.model import Role, StaffAccount
from bot.storage.announcement_batches import AnnouncementBatches, Progress
from bot.storage.announcements import Announcement, Announcements, StaffPhones, WrongMove
from bot.storage.engine import reading, writing

WRITERS: Final = frozenset({Role.WRITER})
APPROVERS: Final = frozenset({Role.APPROVER})

_ACTIONS: Final = {
    Move.SUBMIT: Action.ANNOUNCEMENT_SUBMITTED,
    Move.APPROVE: Action.ANNOUNCEMENT_APPROVED,
    Move.SEND_BACK: Action.ANNOUNCEMENT_SENT_BACK,
    Move.SCHEDULE: Action.ANNOUNCEMENT_SCHEDULED,
    Move.CANCEL: Action.ANNOUNCEMENT_CANCELLED,
}


class Delivering(Protocol):
    """What sends announcements, as far as it is asked here."""

    def is_broadcast(self, announcement: Announcement) -> bool:
        """Whether it goes to every friend of the library's account."""
        ...

    def is_due(self, announcement: Announcement) -> bool:
        """Whether its time has come."""
        ...

    def reach(self, session: Session, announcement: Announcement) -> Reach:
        """Whom it would reach now. Raises LibraryError."""
        ...

    def month(self, session: Session) -> tuple[int | None, int | None]:
        """How many of the month's messages are used, and how many there are; None: unknown, or without limit."""
        ...

    def trial(self, announcement: Announcement) -> Sequence[Mapping[str, Any]]:
        """Its messages, said to be a trial."""
        ...


class Obstacle(StrEnum):
    """Why something can't be done with an announcement."""

    CHANGED = "changed"
    """It was changed meanwhile, or is past that."""
    NOT_READY = "not_ready"
    """Something in it must be mended first."""
    NOBODY = "nobody"
    """It would reach nobody."""
    TOO_SMALL = "too_small"
    """So few watch for this that it could tell who."""
    NO_PHONE = "no_phone"
    """No LINE account is set for trials."""


class NoAnnouncement(Exception):
    """It can't be done; `obstacle` says why."""

    def __init__(self, obstacle: Obstacle) -> None:
        self.obstacle = obstacle
        super().__init__(obstacle.value)


class NotYours(Exception):
    """This account may not do that with this announcement."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What sending it now would come to."""

    reach: int
    left_out: Mapping[LeftOut, int]
    is_too_small: bool
    is_broadcast: bool
    forecast: Forecast
    flaws: tuple[Flaw, ...]


class AnnouncementActs:
    """Opens its own transactions."""

    def __init__(self, engine: Engine, clock: Clock, policy: Policy, delivering: Delivering) -> None:
        self._engine = engine
        self._clock = clock
        self._policy = policy
        self._delivering = delivering

    def shown_to(self, account: StaffAccount) -> tuple[Announcement, ...]:
        """All but the drafts of others, the newest first."""
        with reading(self._engine) as session:
            found = Announcements(session, self._clock).newest()
        return tuple(one for one in found if _may_see(account, one))

    def find(self, account: StaffAccount, number: int) -> Announcement | None:
        """One of these; None: there is none, or it is somebody else's draft."""
        with reading(self._engine) as session:
            found = Announcements(session, self._clock).find(number)
        return found if found is not None and _may_see(account, found) else None

    def progress(self, number: int) -> Progress:
        """How far it is."""
        with reading(self._engine) as session:
            return AnnouncementBatches(session, self._clock).progress(number)

    def outlook(self, announcement: Announcement) -> Outlook:
        """What sending it now would come to. Raises LibraryError."""
        with reading(self._engine) as session:
            reach = self._delivering.reach(session, announcement)
            used, limit = self._delivering.month(session)
        return Outlook(
            reach.count,
            reach.left_out,
            reach.is_too_small,
            self._delivering.is_broadcast(announcement),
            forecast(reach.count, used=used, limit=limit, policy=self._policy),
            flaws(announcement.content),
        )

    def is_going(self, announcement: Announcement) -> bool:
        """Whether it goes out now, or is about to."""
        if announcement.state is State.SCHEDULED:
            return self._delivering.is_due(announcement)
        return announcement.state is State.SENDING

    def picture(self, announcement: Announcement) -> bytes | None:
        """Its picture; None: it has none."""
        with reading(self._engine) as session:
            return Announcements(session, self._clock).picture(announcement.picture_key)

    def write(
        self, account: StaffAccount, content: Content, audience: Audience, send_at: datetime | None
    ) -> int:
        """A new draft; its number."""
        _must(account.may(WRITERS))
        with writing(self._engine) as session:
            number = Announcements(session, self._clock).add(content, audience, send_at, by=account.username)
            self._note(session, account, Action.ANNOUNCEMENT_WRITTEN, number)
            return number

    def change(
        self,
        account: StaffAccount,
        number: int,
        version: int,
        content: Content,
        audience: Audience,
        send_at: datetime | None,
    ) -> None:
        """Write one's own draft anew. Raises NotYours, NoAnnouncement."""
        with writing(self._engine) as session:
            self._look(session, account, number, Move.EDIT)
            try:
                Announcements(session, self._clock).change(number, version, content, audience, send_at)
            except WrongMove:
                raise NoAnnouncement(Obstacle.CHANGED) from None
            self._note(session, account, Action.ANNOUNCEMENT_WRITTEN, number)

    def set_picture(self, account: StaffAccount, number: int, jpeg: bytes | None) -> None:
        """The picture of one's own draft; None: none. Raises NotYours, NoAnnouncement."""
        with writing(self._engine) as session:
            self._look(session, account, number, Move.EDIT)
            Announcements(session, self._clock).set_picture(number, jpeg)

    def move(self, account: StaffAccount, number: int, version: int, move: Move) -> None:
        """Hand it in, approve it, send it back, let it go, cancel it. Raises NotYours, NoAnnouncement, LibraryError.

        `version`: as this person has seen it.
        """
        with writing(self._engine) as session:
            announcement = self._look(session, account, number, move)
            if move in {Move.SUBMIT, Move.SCHEDULE, Move.APPROVE}:
                self._must_be_ready(session, announcement)
            by = account.username if move is Move.APPROVE else ""
            try:
                Announcements(session, self._clock).move(number, move, version, approved_by=by)
            except WrongMove:
                raise NoAnnouncement(Obstacle.CHANGED) from None
            self._note(session, account, _ACTIONS[move], number)

    def try_out(self, account: StaffAccount, number: int) -> None:
        """Send it to oneself. Raises NotYours, NoAnnouncement."""
        with writing(self._engine) as session:
            announcement = Announcements(session, self._clock).find(number)
            _must(announcement is not None and _may_see(account, announcement))
            assert announcement is not None  # noqa: S101  # Seen to in the line above.
            phone = StaffPhones(session).of(account.username)
            if not phone:
                raise NoAnnouncement(Obstacle.NO_PHONE)
            if flaws(announcement.content):
                raise NoAnnouncement(Obstacle.NOT_READY)
            AnnouncementBatches(session, self._clock).add(
                number, [phone], self._delivering.trial(announcement), is_trial=True
            )
            self._note(session, account, Action.ANNOUNCEMENT_TRIED, number)

    def moves(self, account: StaffAccount, announcement: Announcement) -> frozenset[Move]:
        """What this account may do with it now."""
        return frozenset(
            move
            for move in (Move.EDIT, *_ACTIONS)
            if may(announcement.state, move) and self._is_for(account, announcement, move)
        )

    def _look(self, session: Session, account: StaffAccount, number: int, move: Move) -> Announcement:
        announcement = Announcements(session, self._clock).find(number)
        _must(announcement is not None and self._is_for(account, announcement, move))
        assert announcement is not None  # noqa: S101  # Seen to in the line above.
        if not may(announcement.state, move):
            raise NoAnnouncement(Obstacle.CHANGED)
        return announcement

    def _is_for(self, account: StaffAccount, announcement: Announcement, move: Move) -> bool:
        """Whether this account may do that, whatever state it is in."""
        is_writer = announcement.written_by == account.username and account.may(WRITERS)
        is_second = announcement.written_by != account.username and account.may(APPROVERS)
        needs_second = self._policy.announcements.needs_approval
        match move:
            case Move.EDIT:
                return is_writer
            case Move.SUBMIT:
                return is_writer and needs_second
            case Move.SCHEDULE:
                return is_writer and not needs_second
            case Move.APPROVE | Move.SEND_BACK:
                return is_second and announcement.state is not State.DRAFT
            case Move.CANCEL:
                return is_writer or (is_second and announcement.state is not State.DRAFT)
            case _:
                return False

    def _must_be_ready(self, session: Session, announcement: Announcement) -> None:
        if flaws(announcement.content):
            raise NoAnnouncement(Obstacle.NOT_READY)
        reach = self._delivering.reach(session, announcement)
        if reach.is_too_small:
            raise NoAnnouncement(Obstacle.TOO_SMALL)
        if not reach.count and not self._delivering.is_broadcast(announcement):
            raise NoAnnouncement(Obstacle.NOBODY)

    def _note(self, session: Session, account: StaffAccount, action: Action, number: int) -> None:
        subject = Subject(SubjectKind.ANNOUNCEMENT, str(number))
        Audit(session, self._clock).note(account.username, action, subject)


def _may_see(account: StaffAccount, announcement: Announcement) -> bool:
    return announcement.written_by == account.username or announcement.state is not State.DRAFT


def _must(is_allowed: bool) -> None:
    if not is_allowed:
        raise NotYours
