"""What a turn comes to, as values."""

from dataclasses import dataclass

from bot.dialogue.effects import Effect
from bot.dialogue.state import State
from bot.dialogue.view import ButtonRecord
from bot.intents import Reading
from bot.messages.replies import Json, Reply


@dataclass(frozen=True, slots=True)
class Decided:
    """What `Engine.begin` decided: the rim performs `effects`, then calls `Engine.finish` with results."""

    replies: tuple[Reply, ...]
    """What is said already now (usually nothing where there are effects)."""
    state: State
    effects: tuple[Effect, ...] = ()
    used_button: str = ""
    """Id of the button that asks for the effects; it is used up if they change anything."""
    missed: Reading | None = None
    """What the patron's words may have meant, where they were not understood."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of a turn: ready to be stored and sent."""

    messages: tuple[dict[str, Json], ...]
    """LINE message objects as plain JSON, at most 5; empty: say nothing."""
    buttons: tuple[ButtonRecord, ...]
    """The meanings of the opaque ids in `messages`, to be kept."""
    state: State
    reports_change: bool = False
    """True where the messages tell of a change that was made: they must not get lost."""
    used_button: str = ""
    """Id of the button that was used up by this turn; empty: none."""
