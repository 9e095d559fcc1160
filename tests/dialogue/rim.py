"""Chats with a real library, through the product's own turns on a real SQLite database; only LINE is not there."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import Engine as Database
from sqlalchemy.orm import Session

from bot.accounts import Friends, Links, Nonces
from bot.clock import StoppedClock
from bot.dialogue.effects import Effect, Result
from bot.dialogue.engine import Engine, Reader
from bot.dialogue.events import Chat, Event, EventKind
from bot.dialogue.state import State
from bot.dialogue.turn import Decided, Finished
from bot.dialogue.view import ButtonRecord, View
from bot.ils.embedded.library import EmbeddedLibrary
from bot.intents import Parser, load_parser
from bot.intents.furigana import Furigana
from bot.intents.tokens import Tokenizer
from bot.jobs.turns import TurnRunner
from bot.library import LibraryError
from bot.line.events import CARD_LINKED_ELSEWHERE, LINK_ENDED, LINK_FAILED, OUR_OWN
from bot.messages.replies import Reply
from bot.policies import Policy
from bot.storage.buttons import Buttons
from bot.storage.calendar import policy_now
from bot.storage.conversations import Conversations
from bot.storage.engine import reading, writing
from bot.storage.inbox import Inbox
from tests.dialogue.sendable import problems_of
from tests.dialogue.way_on import sent_to_the_phone_alone

GROUP = "C1"


@cache
def the_parser() -> Parser:
    """One parser for all conversations."""
    return load_parser()


@cache
def the_readings() -> Furigana:
    """How words are read, for all conversations."""
    return Furigana(Tokenizer())


class HeardEngine(Engine):
    """The engine, with an ear for what tests look at: the neutral replies, the effects, the messages."""

    def __init__(self, parser: Reader) -> None:
        ids = itertools.count(1)
        super().__init__(parser, lambda: f"id{next(ids)}", the_readings())
        self.heard: tuple[Reply, ...] = ()
        self.effects: tuple[Effect, ...] = ()
        self.finished: Finished | None = None
        self.broke: Exception | None = None

    def begin(self, event: Event, view: View, state: State) -> Decided:
        """A new turn."""
        self.heard, self.effects, self.finished = (), (), None
        decided = self._watched(lambda: super(HeardEngine, self).begin(event, view, state))
        self.effects = decided.effects
        return decided

    def finish(self, event: Event, view: View, decided: Decided, results: Sequence[Result]) -> Finished:
        """Its end."""
        self.finished = self._watched(lambda: super(HeardEngine, self).finish(event, view, decided, results))
        return self.finished

    def word(self, event: Event, view: View, decided: Decided, results: Sequence[Result]) -> Decided:
        """What is said."""
        worded = super().word(event, view, decided, results)
        self.heard = worded.replies
        return worded

    def _watched(self, part: Callable[[], Any]) -> Any:
        # A turn that breaks is put aside by the product; a test must see what broke.
        try:
            return part()
        except Exception as error:
            self.broke = error
            raise


@dataclass
class Rim:
    """Chats of any number of LINE users with one library."""

    database: Database
    policy: Policy
    clock: StoppedClock
    engine: HeardEngine = field(default_factory=lambda: HeardEngine(the_parser()))
    library_fails: LibraryError | None = None
    """Raised by every call of the library while it is set."""
    _ids: Any = field(default_factory=lambda: itertools.count(1))

    def link(self, line_user_id: str, card_number: str) -> str:
        """Link a card as if LINE's dialog had been confirmed, without a word. Returns the link's id."""
        with writing(self.database) as session:
            link = Links(session, self.clock).complete(
                self._nonce(session, line_user_id, card_number), line_user_id
            )
        assert link.link is not None
        return link.link.link_id

    def set(self, line_user_id: str, name: str, value: str) -> None:
        """Keep one of the LINE user's settings."""
        with writing(self.database) as session:
            Friends(session, self.clock).set_setting(line_user_id, name, value)

    def nonce(self, line_user_id: str, card_number: str) -> str:
        """What the sign-in page hands to LINE's dialog."""
        with writing(self.database) as session:
            return self._nonce(session, line_user_id, card_number)

    def turn(self, event: Event) -> Finished:
        """One whole turn of one event."""
        finished = self.send(_raw(event))
        assert finished is not None, "nothing was answered"
        return finished

    def send(self, raw: dict[str, Any]) -> Finished | None:
        """One event as LINE's JSON; the source, the time and the id are filled in where they are missing."""
        number = next(self._ids)
        usual = {
            "webhookEventId": f"e{number}",
            "timestamp": int(self.clock.now().timestamp() * 1000),
            "source": {"type": "user", "userId": "U1"},
            "mode": "active",
            "replyToken": f"rt{number}",
        }
        self.engine.finished, self.engine.broke = None, None
        with writing(self.database) as session:
            inbox = Inbox(session, self.clock)
            store = inbox.store_own if raw["type"].startswith(OUR_OWN) else inbox.store
            chats = store([{**usual, **raw}])
        for chat in chats:
            self._runner().run(chat)
        return self._seen()

    def run(self, chat_id: str) -> Finished | None:
        """What waits in a chat because of another one's turn."""
        self.engine.finished = None
        self._runner().run(chat_id)
        return self._seen()

    def _seen(self) -> Finished | None:
        """What came of the turn; whatever it was, it can be sent, and nobody is left with a phone alone."""
        if self.engine.broke is not None:
            raise self.engine.broke
        if self.engine.finished is not None:
            assert problems_of(self.engine.finished.messages) == []
            assert sent_to_the_phone_alone(self.engine.heard) == []
        return self.engine.finished

    @property
    def effects(self) -> tuple[Effect, ...]:
        """Of the last turn."""
        return self.engine.effects

    def state(self, chat_id: str = "U1") -> State:
        """What is remembered of a chat."""
        with reading(self.database) as session:
            return State.from_json(Conversations(session, self.clock).state(chat_id))

    def button(self, button_id: str) -> ButtonRecord | None:
        """What a button means."""
        with reading(self.database) as session:
            return Buttons(session).find(button_id)

    def cards(self, line_user_id: str = "U1") -> dict[str, bool]:
        """The linked cards, each with whether it is in use."""
        with reading(self.database) as session:
            links = Links(session, self.clock).cards(line_user_id)
            return {link.card_number: link.in_use for link in links}

    def _runner(self) -> TurnRunner:
        return TurnRunner(self.database, self.engine, self.policy, self.clock, self._library)

    def _library(self, session: Session) -> Any:
        if self.library_fails is not None:
            return _Failing(self.library_fails)
        return EmbeddedLibrary(session, policy_now(session, self.policy, self.clock), self.clock)

    def _nonce(self, session: Session, line_user_id: str, card_number: str) -> str:
        Friends(session, self.clock).met(line_user_id)
        return Nonces(session, self.clock).make(line_user_id, card_number)


class _Failing:
    """A library system that fails at everything."""

    def __init__(self, error: LibraryError) -> None:
        self._error = error

    def __getattr__(self, name: str) -> Any:
        def fail(*_args: object, **_more: object) -> Any:
            raise self._error

        return fail


_OURS = {
    EventKind.CARD_LINKED_ELSEWHERE: CARD_LINKED_ELSEWHERE,
    EventKind.LINK_ENDED: LINK_ENDED,
    EventKind.LINKED: LINK_FAILED,
}


def _raw(event: Event) -> dict[str, Any]:
    """The event as LINE's JSON, or our own."""
    raw: dict[str, Any] = {"timestamp": int(event.at.timestamp() * 1000)}
    if event.chat is Chat.GROUP:
        raw["source"] = {"type": "group", "groupId": GROUP, "userId": event.line_user_id}
    else:
        raw["source"] = {"type": "user", "userId": event.line_user_id}
    match event.kind:
        case EventKind.TAP:
            return {**raw, "type": "postback", "postback": {"data": event.button_id}}
        case EventKind.FOLLOW:
            return {**raw, "type": "follow", "follow": {"isUnblocked": event.is_unblocked}}
        case EventKind.JOIN:
            return {**raw, "type": "join"}
        case EventKind.TEXT:
            return {**raw, "type": "message", "message": {"type": "text", "id": "m", "text": event.text}}
        case EventKind.UNKNOWN_MESSAGE:
            return {**raw, "type": "message", "message": {"type": "hologram", "id": "m"}}
        case kind if kind in _OURS:
            ours = {"type": _OURS[kind], "cardNumber": event.card_number, "linkId": event.link_id}
            return {**raw, **ours, "replyToken": ""}
        case kind:
            return {**raw, "type": "message", "message": {"type": kind.value, "id": "m"}}
