"""What Dramatiq calls: a wake-up names rows, and the chat of each is seen to."""

from collections.abc import Callable
from functools import partial

import dramatiq
from dramatiq.brokers.redis import RedisBroker

from bot.jobs.guarded import guarded
from bot.jobs.queue import QUEUE, SEND, TURN

Seen = Callable[[int], None]


def declare_actors(broker: RedisBroker, turn: Seen, send: Seen) -> None:
    """Let `turn` see to events of the inbox and `send` to parcels of the outbox, by their ids.

    Nothing that breaks gets to Dramatiq: it would keep what it can't do, with the exception's text.
    """

    def look_at_events(*inbox_ids: int) -> None:
        for inbox_id in inbox_ids:
            guarded(partial(turn, inbox_id), TURN)

    def look_at_parcels(*outbox_ids: int) -> None:
        for outbox_id in outbox_ids:
            guarded(partial(send, outbox_id), SEND)

    for name, look in ((TURN, look_at_events), (SEND, look_at_parcels)):
        dramatiq.actor(broker=broker, queue_name=QUEUE, actor_name=name)(look)
