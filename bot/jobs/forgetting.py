"""Forgetting what is kept for a chat, when a card's link ends."""

from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.storage.buttons import Buttons
from bot.storage.conversations import Conversations
from bot.storage.desk_messages import DeskMessages
from bot.storage.inbox import Inbox
from bot.storage.notice_messages import NoticeMessages
from bot.storage.notices import Notices
from bot.storage.outbox import Outbox


def forget_chat(session: Session, clock: Clock, chat_id: str) -> None:
    """Forget the conversation, its buttons, messages to the staff, what was sent, what could not be handled.

    What was about to be told goes another way, or not at all.
    """
    Conversations(session, clock).forget(chat_id)
    Buttons(session).forget(chat_id)
    Outbox(session, clock).forget(chat_id)
    Inbox(session, clock).forget(chat_id)
    DeskMessages(session, clock).forget(chat_id)
    notices = Notices(session, clock)
    notices.climb(NoticeMessages(session, clock).forget(chat_id), "unlinked")
    notices.forget(chat_id)
