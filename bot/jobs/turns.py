"""The turns of one chat: what waits in it is handled in the order in which it happened, one transaction a turn.

A turn is gather, decide, apply, tell (docs/decisions/0001): effects, state, buttons, answer and the mark "handled"
are committed together or not at all. The lease on the chat is renewed as the first act of each transaction.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from structlog.contextvars import bound_contextvars

from bot.accounts import Friends, Links
from bot.accounts.sign_in import AskToConfirm
from bot.clock import Clock
from bot.dialogue.effects import Result
from bot.dialogue.events import Chat, Event
from bot.dialogue.state import State
from bot.dialogue.turn import Decided, Finished
from bot.dialogue.typed import as_tap
from bot.dialogue.view import FollowUp, LinkedCard, OtherLink, View
from bot.jobs.arriving import Arrivals
from bot.jobs.asking import ask_for, cards_by_mail
from bot.jobs.backoff import TURN_TRIES, TURNS
from bot.jobs.effects import Effects
from bot.jobs.hearing import heard
from bot.jobs.kept import OF_A_PERSON, kept_for
from bot.jobs.own_events import OwnEvents
from bot.jobs.parcels import plain
from bot.library import Library
from bot.logs import what_broke
from bot.policies import Policy
from bot.storage.buttons import Buttons
from bot.storage.calendar import policy_now
from bot.storage.carts import Cart
from bot.storage.conversations import Conversations
from bot.storage.engine import writing
from bot.storage.follow_ups import FollowUps
from bot.storage.inbox import Inbox, Waiting
from bot.storage.leases import LEASE, Leases, new_owner
from bot.storage.outbox import Outbox
from bot.storage.presence import tables_with
from bot.storage.tables.wishes import CartItemRow, FollowUpRow

_log = structlog.get_logger("bot.jobs.turns")


class Dialogue(Protocol):
    """The dialogue as a turn uses it (`bot.dialogue.engine.Engine`)."""

    def begin(self, event: Event, view: View, state: State) -> Decided:
        """Decide what the event comes to."""
        ...

    def finish(self, event: Event, view: View, decided: Decided, results: Sequence[Result]) -> Finished:
        """Word what happened."""
        ...


@dataclass(slots=True)
class _Step:
    """One transaction of a run: what it took up, and whether the run goes on."""

    waiting: Waiting | None = None
    goes_on: bool = False
    woken: tuple[str, ...] = ()


class TurnRunner:
    """Handles what waits in a chat. Safe to be used by several threads and processes at once."""

    def __init__(
        self,
        engine: Engine,
        dialogue: Dialogue,
        policy: Policy,
        clock: Clock,
        open_library: Callable[[Session], Library],
        lease: timedelta = LEASE,
        ask_to_confirm: AskToConfirm | None = None,
    ) -> None:
        """`ask_to_confirm`: for whoever chooses mail; None where no letters are sent."""
        self._engine = engine
        self._dialogue = dialogue
        self._policy = policy
        self._clock = clock
        self._open_library = open_library
        self._lease = lease
        self._ask_to_confirm = ask_to_confirm

    def run(self, chat_id: str) -> tuple[str, ...]:
        """Handle all that waits in this chat; returns the other chats in which something waits because of it.

        Does nothing while another worker has the chat: that one looks once more before it lets go.
        """
        owner = new_owner()
        woken: dict[str, None] = {}
        goes_on = True
        while goes_on:
            step = self._step(chat_id, owner)
            goes_on = step.goes_on
            woken.update(dict.fromkeys(step.woken))
        return tuple(woken)

    def _step(self, chat_id: str, owner: str) -> _Step:
        """The next turn. If it breaks nothing of it stays, and that it broke is written down."""
        step = _Step()
        try:
            with writing(self._engine) as session:
                self._take_up(session, chat_id, owner, step)
        except Exception as error:
            if step.waiting is None:
                raise
            return self._broke(chat_id, owner, step.waiting, error)
        return step

    def _take_up(self, session: Session, chat_id: str, owner: str, step: _Step) -> None:
        leases, inbox = Leases(session, self._clock, self._lease), Inbox(session, self._clock)
        if not leases.hold(chat_id, owner):
            return
        step.waiting = inbox.next_in(chat_id)
        if step.waiting is not None:
            with bound_contextvars(event_id=step.waiting.webhook_event_id):
                step.woken, understood = self._turn(session, step.waiting)
            step.goes_on = inbox.handled(step.waiting, understood=understood)
        if not step.goes_on:
            leases.release(chat_id, owner)

    def _turn(self, session: Session, waiting: Waiting) -> tuple[tuple[str, ...], bool | None]:
        """The chats that are woken by it, and whether the patron's words were understood."""
        started = time.perf_counter()
        incoming, own_events = waiting.incoming, OwnEvents(session, self._clock)
        event = Arrivals(session, self._clock, own_events).received(incoming)
        said, understood = "nothing", None
        if event is not None:
            said, understood = self._answer(session, waiting, event, own_events)
        _log.info(
            "turn",
            inbox_id=waiting.inbox_id,
            kind=incoming.kind if event is None else event.kind.value,
            said=said,
            duration_ms=round((time.perf_counter() - started) * 1000),
        )
        return own_events.chats, understood

    def _answer(
        self, session: Session, waiting: Waiting, said: Event, own_events: OwnEvents
    ) -> tuple[str, bool | None]:
        """Gather, decide, apply, tell; returns which flow had the word, for the log, and what `heard` says."""
        chat_id = waiting.incoming.chat_id
        library, policy = self._open_library(session), policy_now(session, self._policy, self._clock)
        state = State.from_json(Conversations(session, self._clock).state(chat_id))
        event = as_tap(said, state)
        view = self._gather(session, library, policy, event)
        decided = self._dialogue.begin(event, view, state)
        effects = Effects(session, self._clock, library, policy, event.line_user_id, own_events)
        results = effects.perform(decided.effects)
        if self._ask_to_confirm is not None:
            chosen = cards_by_mail(session, self._clock, event.line_user_id, decided.effects, results)
            ask_for(session, library, self._ask_to_confirm, chosen)
        # Only effects change what there is to see.
        seen = self._gather(session, library, policy, event) if decided.effects else view
        finished = self._dialogue.finish(event, seen, decided, results)
        self._keep(session, waiting, finished)
        _log_results(waiting, decided, results)
        understood = heard(session, self._clock, policy, said, decided)
        return finished.state.flow or "answer", understood

    def _gather(self, session: Session, library: Library, policy: Policy, event: Event) -> View:
        """What the dialogue may see now. In a group nothing of any patron is looked up."""
        view = View(library=library, policy=policy, now=self._clock.now(), today=self._clock.today())
        if event.chat is not Chat.PRIVATE:
            return view
        links, who = Links(session, self._clock), event.line_user_id
        cards = links.cards(who)
        in_use = next((card.card_number for card in cards if card.in_use), None)
        others = links.others(in_use, but=who) if in_use else ()
        there_is = tables_with(session, who, (*OF_A_PERSON, CartItemRow, FollowUpRow))
        return replace(
            view,
            cards=tuple(
                LinkedCard(card.card_number, card.in_use, card.linked_at, card.link_id) for card in cards
            ),
            other_links=tuple(OtherLink(other.link_id, other.linked_at) for other in others),
            button=Buttons(session).find(event.button_id) if event.button_id else None,
            kept=kept_for(session, self._clock, policy, event, there_is),
            cart=self._cart(session, who, in_use) if in_use and CartItemRow in there_is else (),
            follow_ups=self._follow_ups(session, who, in_use) if in_use and FollowUpRow in there_is else (),
            settings=Friends(session, self._clock).settings(who),
        )

    def _cart(self, session: Session, line_user_id: str, card_number: str) -> tuple[str, ...]:
        return Cart(session, self._clock, line_user_id, card_number).titles()

    def _follow_ups(self, session: Session, line_user_id: str, card_number: str) -> tuple[FollowUp, ...]:
        kept = FollowUps(session, self._clock).of(line_user_id, card_number)
        return tuple(FollowUp(one.follow_up_id, one.after_title_id, one.later) for one in kept)

    def _keep(self, session: Session, waiting: Waiting, finished: Finished) -> None:
        incoming, buttons = waiting.incoming, Buttons(session)
        if finished.used_button:
            buttons.use(finished.used_button, self._clock.now())
        buttons.keep(finished.buttons)
        if finished.messages:
            Outbox(session, self._clock).add(
                incoming.chat_id,
                finished.messages,
                may_push=incoming.is_private,
                webhook_event_id=waiting.webhook_event_id,
                reply_token=incoming.reply_token,
                received_at=waiting.received_at,
                reports_change=finished.reports_change,
            )
        # Last, so that it is written once, with the lease that is let go.
        conversations = Conversations(session, self._clock)
        conversations.keep(incoming.chat_id, finished.state.to_json(), incoming.message_id)

    def _broke(self, chat_id: str, owner: str, waiting: Waiting, error: Exception) -> _Step:
        """Count the failed turn. After some the event is put aside, so that what came after it goes on."""
        attempts = waiting.attempts + 1
        is_last = attempts >= TURN_TRIES
        _log.error(
            "turn broke",
            event_id=waiting.webhook_event_id,
            inbox_id=waiting.inbox_id,
            attempts=attempts,
            for_good=is_last,
            **what_broke(error),
        )
        step = _Step()
        with writing(self._engine) as session:
            leases, inbox = Leases(session, self._clock, self._lease), Inbox(session, self._clock)
            if not leases.hold(chat_id, owner):
                return step
            again_at = None if is_last else self._clock.now() + TURNS.wait(attempts, 0)
            inbox.failed(waiting.inbox_id, type(error).__name__, again_at)
            if is_last:
                self._apologise(session, waiting)
                step.goes_on = inbox.next_in(chat_id) is not None
            if not step.goes_on:
                leases.release(chat_id, owner)
        return step

    def _apologise(self, session: Session, waiting: Waiting) -> None:
        """Say that it failed, to whoever can be answered in private."""
        incoming = waiting.incoming
        if incoming.event is None or not incoming.is_private or not incoming.reply_token:
            return
        Outbox(session, self._clock).add(
            incoming.chat_id,
            [plain("delivery.failed")],
            may_push=True,
            webhook_event_id=waiting.webhook_event_id,
            reply_token=incoming.reply_token,
            received_at=waiting.received_at,
        )


def _log_results(waiting: Waiting, decided: Decided, results: Sequence[Result]) -> None:
    for effect, result in zip(decided.effects, results, strict=True):
        _log.info(
            "effect",
            inbox_id=waiting.inbox_id,
            effect=type(effect).__name__,
            result=type(result).__name__,
            done=getattr(result, "done", False),
            reasons=[reason.value for reason in getattr(result, "reasons", ())],
        )
