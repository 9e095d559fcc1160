"""What an event does before anybody is asked: friends come and go, links are completed, words are taken back.

Returns the event as the dialogue is to see it, or None where nothing is to be said.
"""

from dataclasses import replace

from sqlalchemy.orm import Session

from bot.accounts import Friends, Links
from bot.clock import Clock
from bot.dialogue.events import Event, LinkOutcome
from bot.jobs.forgetting import forget_chat
from bot.jobs.own_events import OwnEvents
from bot.line.events import LINK_ENDED, Incoming
from bot.storage.conversations import Conversations
from bot.storage.desk_messages import DeskMessages


class Arrivals:
    """Events on their arrival, within the turn's transaction."""

    def __init__(self, session: Session, clock: Clock, own_events: OwnEvents) -> None:
        self._session = session
        self._clock = clock
        self._own_events = own_events

    def received(self, incoming: Incoming) -> Event | None:
        """Do what this event does by itself."""
        self._meet(incoming)
        if incoming.kind == "unsend":
            conversations = Conversations(self._session, self._clock)
            conversations.forget_unsent(incoming.chat_id, incoming.unsent_message_id)
            desk = DeskMessages(self._session, self._clock)
            desk.forget_unsent(incoming.line_user_id, incoming.unsent_message_id)
            return None
        if incoming.kind == "leave":
            Conversations(self._session, self._clock).forget(incoming.chat_id)
            return None
        if incoming.kind == LINK_ENDED:
            forget_chat(self._session, self._clock, incoming.chat_id)
        if incoming.link_ok is None:
            return incoming.event
        return self._link_confirmed(incoming) if incoming.link_ok else self._link_failed(incoming)

    def _meet(self, incoming: Incoming) -> None:
        if not incoming.is_private or not incoming.line_user_id:
            return
        friends = Friends(self._session, self._clock)
        match incoming.kind:
            case "follow":
                friends.followed(incoming.line_user_id, incoming.at)
            case "unfollow":
                friends.blocked(incoming.line_user_id, incoming.at)
            case "message" | "postback":
                friends.wrote(incoming.line_user_id, incoming.at)
            case _:
                friends.met(incoming.line_user_id, incoming.at)

    def _link_confirmed(self, incoming: Incoming) -> Event | None:
        if incoming.event is None:
            return None
        result = Links(self._session, self._clock).complete(incoming.nonce, incoming.line_user_id)
        if result.link is not None:
            for other in result.tell:
                self._own_events.card_linked_elsewhere(
                    other, card_number=result.link.card_number, link_id=result.link.link_id
                )
        return replace(incoming.event, link=LinkOutcome(result.outcome.value))

    def _link_failed(self, incoming: Incoming) -> Event | None:
        """LINE names nobody in such an event: the one who asked is found by the nonce."""
        asked_by = Links(self._session, self._clock).asked_by(incoming.nonce)
        if incoming.event is None and asked_by is not None:
            self._own_events.link_failed(asked_by)
        return incoming.event
