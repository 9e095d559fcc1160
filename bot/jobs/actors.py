"""What Dramatiq calls: a wake-up names a row, and the chat of that row is seen to."""

from collections.abc import Callable

import dramatiq
from dramatiq.brokers.redis import RedisBroker

from bot.jobs.guarded import guarded
from bot.jobs.queue import QUEUE, SEND, TURN

Seen = Callable[[int], None]


def declare_actors(broker: RedisBroker, turn: Seen, send: Seen) -> None:
    """Let `turn` see to events of the inbox and `send` to parcels of the outbox, by their ids.

    Nothing that breaks gets to Dramatiq: it would keep what it can't do, with the exception's text.
    """

    def look_at_event(inbox_id: int) -> None:
        guarded(lambda: turn(inbox_id), TURN)

    def look_at_parcel(outbox_id: int) -> None:
        guarded(lambda: send(outbox_id), SEND)

    for name, look in ((TURN, look_at_event), (SEND, look_at_parcel)):
        dramatiq.actor(broker=broker, queue_name=QUEUE, actor_name=name)(look)
