"""What is kept for a LINE user beside the library's record, as a turn sees it."""

from collections.abc import Set
from typing import Any, Final

from sqlalchemy.orm import Session

from bot.accounts.settings import Settings
from bot.accounts.watches import Watches
from bot.clock import Clock
from bot.dialogue.events import Event
from bot.dialogue.view import DeskTalk, Kept, Watch
from bot.policies import Policy
from bot.storage.desk_messages import DeskMessages
from bot.storage.tables.accounts import WatchRow
from bot.storage.tables.desk import DeskMessageRow

OF_A_PERSON: Final = (WatchRow, DeskMessageRow)
"""The tables that hold it, beside the settings."""


def kept_for(session: Session, clock: Clock, policy: Policy, event: Event, there_is: Set[Any]) -> Kept:
    """Settings, watches and messages to the desk of the LINE user of this event.

    `there_is`: those of the tables in which anything stands for them; the others are not asked.
    """
    who, desk = event.line_user_id, DeskMessages(session, clock)
    watches = Watches(session, clock).all(who) if WatchRow in there_is else ()
    return Kept(
        notices=Settings(session, clock).notices(who, policy),
        watches=tuple(Watch(watch.watch_id, watch.kind, watch.words) for watch in watches),
        open_desk_messages=desk.count_open(who) if DeskMessageRow in there_is else 0,
        desk_talk=_talk(desk, event),
    )


def _talk(desk: DeskMessages, event: Event) -> DeskTalk | None:
    """The message whose answer this event tells; only to the one who asked."""
    message = desk.find(event.desk_number) if event.desk_number else None
    if message is None or message.line_user_id != event.line_user_id or message.answered_at is None:
        return None
    return DeskTalk(message.number, message.text, message.answer)
