"""The way of a message, whole: a real database, the embedded library, the real dialogue, and LINE's stand-in."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot.accounts import Friends, Links, Nonces
from bot.dialogue.engine import Engine as DialogueEngine
from bot.dialogue.events import Event
from bot.dialogue.state import State
from bot.dialogue.turn import Decided
from bot.dialogue.view import View
from bot.ils.embedded.folding import fold
from bot.ils.embedded.library import EmbeddedLibrary
from bot.intents import Parser, load_parser
from bot.jobs.sender import Sender
from bot.jobs.turns import TurnRunner
from bot.library import Library
from bot.line.api import LineApi
from bot.policies import Policy, load_policy
from bot.storage.accepting import accept
from bot.storage.calendar import policy_now
from bot.storage.engine import reading, writing
from bot.storage.inbox import Inbox
from bot.storage.leases import LEASE
from bot.storage.outbox import Outbox
from bot.storage.tables.library import CopyRow, LoanRow, PatronRow, TitleRow
from bot.storage.tables.messages import InboxRow, OutboxRow

NOON = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
"""A Tuesday, noon in Japan."""

CARD = "1001"
PUBLIC_URL = "https://counter.example.jp"

_numbers = itertools.count(1)


@cache
def the_parser() -> Parser:
    """One parser for all tests: it takes a second to load."""
    return load_parser()


class Dialogue(DialogueEngine):
    """The real dialogue; it breaks at 「壊れて」, and at whatever else a test wants it to."""

    def __init__(self) -> None:
        super().__init__(the_parser(), lambda: uuid4().hex)
        self.breaks_at = {"壊れて"}
        self.heard: list[str] = []

    def begin(self, event: Event, view: View, state: State) -> Decided:
        """As the real one."""
        self.heard.append(event.text or event.kind.value)
        if event.text in self.breaks_at:
            raise RuntimeError("水戸 花子 1001")  # What an exception says must not get anywhere.
        return super().begin(event, view, state)


def text(user: str, said: str, at: datetime, **more: Any) -> dict[str, Any]:
    """A text message in private, as LINE delivers it."""
    number = next(_numbers)
    return _event(
        user, at, "message", **{"message": {"type": "text", "id": f"m{number}", "text": said}, **more}
    )


def tap(user: str, button_id: str, at: datetime) -> dict[str, Any]:
    """A tap on a button."""
    return _event(user, at, "postback", postback={"data": button_id})


def follow(user: str, at: datetime) -> dict[str, Any]:
    """A new friend."""
    return _event(user, at, "follow", follow={"isUnblocked": False})


def unfollow(user: str, at: datetime) -> dict[str, Any]:
    """The account was blocked."""
    raw = _event(user, at, "unfollow")
    del raw["replyToken"]
    return raw


def unsend(user: str, message_id: str, at: datetime) -> dict[str, Any]:
    """A message was taken back."""
    raw = _event(user, at, "unsend", unsend={"messageId": message_id})
    del raw["replyToken"]
    return raw


def account_link(user: str, nonce: str, at: datetime) -> dict[str, Any]:
    """LINE's dialog came to its end."""
    return _event(user, at, "accountLink", link={"result": "ok", "nonce": nonce})


def failed_link(nonce: str, at: datetime) -> dict[str, Any]:
    """LINE's dialog failed; LINE does not say whose."""
    raw = _event("", at, "accountLink", link={"result": "failed", "nonce": nonce})
    del raw["replyToken"], raw["source"]
    return raw


def again(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The same event, redelivered."""
    return {**raw, "deliveryContext": {"isRedelivery": True}}


def _event(user: str, at: datetime, kind: str, **more: Any) -> dict[str, Any]:
    number = next(_numbers)
    return {
        "type": kind,
        "mode": "active",
        "timestamp": int(at.timestamp() * 1000),
        "webhookEventId": f"E{number}",
        "deliveryContext": {"isRedelivery": False},
        "source": {"type": "user", "userId": user},
        "replyToken": f"token-{number}",
        **more,
    }


def write_record(session: Session) -> None:
    """The patron 1001 with one loan that may be renewed, and a title that may be reserved."""
    session.add_all(
        [
            PatronRow(card_number=CARD, name="水戸 花子"),
            PatronRow(card_number="1002", name="常陸 太郎"),
            TitleRow(title_id="T1", title="こころ", title_key=fold("こころ"), material="book"),
            TitleRow(title_id="T2", title="坊っちゃん", title_key=fold("坊っちゃん"), material="book"),
        ]
    )
    session.flush()
    session.add_all(
        [
            CopyRow(barcode="B1", title_id="T1", branch="chuo", use="loan"),
            CopyRow(barcode="B2", title_id="T2", branch="chuo", use="loan"),
        ]
    )
    session.flush()
    loan = LoanRow(
        loan_id="L1",
        card_number=CARD,
        barcode="B1",
        checked_out_on=date(2026, 11, 20),
        due_on=date(2026, 12, 4),
    )
    session.add(loan)


@dataclass
class Way:
    """One counter and whatever is sent to it."""

    engine: Engine
    clock: Any
    line: LineApi
    dialogue: Dialogue = field(default_factory=Dialogue)
    policy: Policy = field(default_factory=lambda: load_policy("mito"))
    lease: timedelta = LEASE
    runner: TurnRunner = field(init=False)
    sender: Sender = field(init=False)

    def __post_init__(self) -> None:
        self.runner = TurnRunner(
            self.engine, self.dialogue, self.policy, self.clock, self.open_library, self.lease
        )
        self.sender = Sender(self.engine, self.line, self.clock, PUBLIC_URL, jitter=lambda: 0.0)

    def open_library(self, session: Session) -> Library:
        """The embedded library, as wiring opens it."""
        return EmbeddedLibrary(session, policy_now(session, self.policy, self.clock), self.clock)

    def now(self) -> datetime:
        """The product's time."""
        return self.clock.now()

    def later(self, **step: float) -> None:
        """Time passes."""
        self.clock.advance(timedelta(**step))

    def store(self, *events: Mapping[str, Any]) -> tuple[str, ...]:
        """LINE delivers one webhook."""
        return tuple(accept(self.engine, self.clock, events))

    def store_each(self, *events: Mapping[str, Any]) -> tuple[int, ...]:
        """The same; returns the ids to wake workers by."""
        return tuple(accept(self.engine, self.clock, events).values())

    def handle(self, *chats: str) -> None:
        """Turns in these chats, and in those that something waits in because of them."""
        waiting = list(chats)
        while waiting:
            waiting += self.runner.run(waiting.pop(0))

    def work(self) -> None:
        """Everything that is due now, turns and sending."""
        while True:
            with reading(self.engine) as session:
                turns, sends = Inbox(session, self.clock).due(), Outbox(session, self.clock).due()
            if not turns and not sends:
                return
            self.handle(*turns)
            for chat in sends:
                self.sender.send(chat)

    def says(self, user: str, said: str) -> dict[str, Any]:
        """A message from its delivery to its answer; returns the event."""
        raw = text(user, said, self.now())
        self.store(raw)
        self.work()
        return raw

    def link(self, user: str, card_number: str = CARD) -> str:
        """A card is linked, as LINE's dialog does it; returns the link's id."""
        with writing(self.engine) as session:
            Friends(session, self.clock).met(user)
            nonce = Nonces(session, self.clock).make(user, card_number)
            link = Links(session, self.clock).complete(nonce, user).link
        assert link is not None
        return link.link_id

    def nonce(self, user: str, card_number: str = CARD) -> str:
        """Our page sent the patron on to LINE's dialog."""
        with writing(self.engine) as session:
            Friends(session, self.clock).met(user)
            return Nonces(session, self.clock).make(user, card_number)

    def due_on(self) -> date:
        """When the loan must be back, by the record."""
        return self.one(lambda session: session.get_one(LoanRow, "L1")).due_on

    def renewals(self) -> int:
        """How often it was renewed, by the record."""
        return self.one(lambda session: session.get_one(LoanRow, "L1")).renewals

    def inbox(self) -> Sequence[InboxRow]:
        """All events that were stored."""
        return self.one(lambda session: session.scalars(select(InboxRow).order_by(InboxRow.id)).all())

    def outbox(self) -> Sequence[OutboxRow]:
        """All that was to be sent."""
        return self.one(lambda session: session.scalars(select(OutboxRow).order_by(OutboxRow.id)).all())

    def one(self, read: Callable[[Session], Any]) -> Any:
        """What `read` reads."""
        with reading(self.engine) as session:
            return read(session)
