"""Announcements by number. The caller holds the transaction; what may happen when is `bot.announcements.states`'."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.announcements import Audience, AudienceKind, Content, Layout, LeftOut, Move, State
from bot.announcements.states import TRANSITIONS
from bot.clock import Clock
from bot.storage.tables.accounts import LineUserRow, LinkRow
from bot.storage.tables.announcements import AnnouncementPictureRow, AnnouncementRow, StaffPhoneRow

KEY_BYTES: Final = 12
"""Of randomness in the address of a picture or a link."""


class WrongMove(Exception):
    """It can't be done with this announcement as it is now: somebody was quicker, or it was changed since."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """One, as it is now."""

    number: int
    state: State
    version: int
    content: Content
    link_key: str
    picture_key: str
    """Empty: no picture."""
    audience: Audience
    send_at: datetime | None
    written_by: str
    approved_by: str
    created_at: datetime
    began_at: datetime | None
    ended_at: datetime | None
    is_broadcast: bool
    left_out: Mapping[LeftOut, int]
    taps: int
    opened: int | None
    clicked: int | None
    insight_at: datetime | None

    @property
    def unit(self) -> str:
        """The name under which LINE counts it."""
        return f"announcement_{self.number}"

    @property
    def is_urgent(self) -> bool:
        """Whether it waits for no morning."""
        return self.content.layout is Layout.URGENT


class Announcements:
    """All of them."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def add(self, content: Content, audience: Audience, send_at: datetime | None, *, by: str) -> int:
        """A new draft; its number."""
        row = AnnouncementRow(
            state=State.DRAFT.value,
            link_key=secrets.token_urlsafe(KEY_BYTES),
            written_by=by,
            created_at=self._clock.now(),
            **_values(content, audience, send_at),
        )
        self._session.add(row)
        self._session.flush()
        return row.number

    def change(
        self, number: int, version: int, content: Content, audience: Audience, send_at: datetime | None
    ) -> None:
        """Write a draft anew. Raises WrongMove."""
        row = self._locked(number, Move.EDIT, version)
        for name, value in _values(content, audience, send_at).items():
            setattr(row, name, value)
        row.version += 1

    def set_picture(self, number: int, jpeg: bytes | None) -> None:
        """The picture of a draft; None: none."""
        self._session.execute(delete(AnnouncementPictureRow).where(AnnouncementPictureRow.number == number))
        if jpeg is not None:
            key = secrets.token_urlsafe(KEY_BYTES)
            self._session.add(AnnouncementPictureRow(number=number, key=key, jpeg=jpeg))
        self._session.flush()

    def move(self, number: int, move: Move, version: int | None = None, *, approved_by: str = "") -> None:
        """To its next state. `version`: as whoever decides has seen it. Raises WrongMove."""
        row = self._locked(number, move, version)
        row.state = TRANSITIONS[State(row.state), move].value
        row.version += 1
        row.approved_by = approved_by
        if State(row.state).is_over:
            row.ended_at = self._clock.now()

    def begin(self, number: int, *, is_broadcast: bool, left_out: Mapping[LeftOut, int]) -> None:
        """It goes out. Raises WrongMove."""
        row = self._locked(number, Move.BEGIN, None)
        row.state = State.SENDING.value
        row.began_at = self._clock.now()
        row.is_broadcast = is_broadcast
        row.left_out = {reason.value: count for reason, count in left_out.items()}

    def finish(self, number: int) -> None:
        """All of its batches are over. Raises WrongMove."""
        row = self._locked(number, Move.FINISH, None)
        row.state, row.ended_at = State.DONE.value, self._clock.now()

    def find(self, number: int) -> Announcement | None:
        """One."""
        found = self._list(AnnouncementRow.number == number)
        return found[0] if found else None

    def newest(self, limit: int = 100) -> tuple[Announcement, ...]:
        """The newest first."""
        return tuple(self._list()[:limit])

    def in_state(self, state: State) -> tuple[Announcement, ...]:
        """The oldest first."""
        return tuple(reversed(self._list(AnnouncementRow.state == state.value)))

    def to_ask_about(self, asked_before: datetime, ended_after: datetime) -> tuple[Announcement, ...]:
        """Those whose numbers LINE may have changed since."""
        row = AnnouncementRow
        found = self._list(row.state == State.DONE.value, row.ended_at >= ended_after)
        return tuple(one for one in found if one.insight_at is None or one.insight_at < asked_before)

    def note_insight(self, number: int, opened: int | None, clicked: int | None) -> None:
        """What LINE counts; None: withheld."""
        row = AnnouncementRow
        self._session.execute(
            update(row)
            .where(row.number == number)
            .values(opened=opened, clicked=clicked, insight_at=self._clock.now())
        )

    def tapped(self, link_key: str) -> str:
        """Where a link leads, counted; empty for one that there is not."""
        row = AnnouncementRow
        found = self._session.scalar(
            update(row)
            .where(row.link_key == link_key, row.link_url != "", row.state != State.DRAFT.value)
            .values(taps=row.taps + 1)
            .returning(row.link_url)
        )
        return found or ""

    def picture(self, key: str) -> bytes | None:
        """A picture by its key."""
        row = AnnouncementPictureRow
        return self._session.scalar(select(row.jpeg).where(row.key == key))

    def forget_old(self, kept: timedelta) -> None:
        """Remove those that are over for so long."""
        row = AnnouncementRow
        self._session.execute(delete(row).where(row.ended_at < self._clock.now() - kept))

    def _locked(self, number: int, move: Move, version: int | None) -> AnnouncementRow:
        row = self._session.get(AnnouncementRow, number, with_for_update=True, populate_existing=True)
        if row is None or (State(row.state), move) not in TRANSITIONS or version not in (None, row.version):
            raise WrongMove
        return row

    def _list(self, *where: Any) -> list[Announcement]:
        picture = AnnouncementPictureRow
        rows = self._session.execute(
            select(AnnouncementRow, picture.key)
            .outerjoin(picture, picture.number == AnnouncementRow.number)
            .where(*where)
            .order_by(AnnouncementRow.number.desc())
            .execution_options(populate_existing=True)
        )
        return [_read(row, key or "") for row, key in rows]


class StaffPhones:
    """To which LINE user somebody of the staff may send an announcement to try it out. Set on the server alone."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def set_by_card(self, username: str, card_number: str) -> bool:
        """The LINE user who has this card in use; False where there is not exactly one."""
        link = LinkRow
        found: Sequence[str] = self._session.scalars(
            select(link.line_user_id)
            .join(LineUserRow, LineUserRow.line_user_id == link.line_user_id)
            .where(link.card_number == card_number, LineUserRow.blocked_at.is_(None))
        ).all()
        if len(found) != 1:
            return False
        self._session.merge(StaffPhoneRow(username=username, line_user_id=found[0]))
        return True

    def of(self, username: str) -> str:
        """Empty where none is set."""
        row = self._session.get(StaffPhoneRow, username)
        return row.line_user_id if row else ""


def _values(content: Content, audience: Audience, send_at: datetime | None) -> dict[str, Any]:
    return {
        "layout": content.layout.value,
        "heading": content.heading,
        "text": content.text,
        "link_label": content.link_label,
        "link_url": content.link_url,
        "audience": str(audience),
        "send_at": send_at,
    }


def _read(row: AnnouncementRow, picture_key: str) -> Announcement:
    kind, _, value = row.audience.partition(":")
    return Announcement(
        number=row.number,
        state=State(row.state),
        version=row.version,
        content=Content(Layout(row.layout), row.heading, row.text, row.link_label, row.link_url),
        link_key=row.link_key,
        picture_key=picture_key,
        audience=Audience(AudienceKind(kind), value),
        send_at=row.send_at,
        written_by=row.written_by,
        approved_by=row.approved_by,
        created_at=row.created_at,
        began_at=row.began_at,
        ended_at=row.ended_at,
        is_broadcast=row.is_broadcast,
        left_out={LeftOut(reason): count for reason, count in row.left_out.items()},
        taps=row.taps,
        opened=row.opened,
        clicked=row.clicked,
        insight_at=row.insight_at,
    )
