"""Refusals in the patron's words: every reason, what can be done instead, and the button for it.

The conditions are `bot.rules`'; the words are `refusals.toml`'s. This joins them.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final, TypeAlias

from bot.dialogue.scene import Scene
from bot.dialogue.taps import dial, tell_staff, wish
from bot.intents import Intent
from bot.library import CancellationReason, ChangeReason, RenewalReason, ReservationReason
from bot.messages.replies import Button, Dial, Row, Tone
from bot.messages.wording import Value

_LISTS: Final[Mapping[StrEnum, Intent]] = {
    RenewalReason.NOT_ON_LOAN: Intent.LIST_LOANS,
    RenewalReason.RENEWAL_LIMIT_REACHED: Intent.LIST_LOANS,
    RenewalReason.CHECKOUT_DAY: Intent.LIST_LOANS,
    RenewalReason.NO_GAIN: Intent.LIST_LOANS,
    ReservationReason.NOT_HELD: Intent.SEARCH_CATALOG,
    ReservationReason.ON_LOAN_TO_YOU: Intent.LIST_LOANS,
    ReservationReason.ALREADY_RESERVED: Intent.LIST_RESERVATIONS,
    ReservationReason.LIMIT_REACHED: Intent.LIST_RESERVATIONS,
    CancellationReason.NOT_YOURS: Intent.LIST_RESERVATIONS,
    CancellationReason.ALREADY_CLOSED: Intent.LIST_RESERVATIONS,
}
"""What shows the way on; every other reason leads to the library's phone."""

MOST_LEFT_OUT: Final = 3
"""What a confirmation leaves out is named one by one up to so many: its question must stay in sight of its buttons."""

_WAIT: Final[frozenset[StrEnum]] = frozenset(
    {RenewalReason.CHECKOUT_DAY, RenewalReason.NO_GAIN, ReservationReason.CONTEST_BOOK_IN_SEASON}
)
"""Reasons that go with time; in the order of precedence the longest comes last."""

_DECISIONS: Final = {
    RenewalReason: "renewal",
    ReservationReason: "reservation",
    CancellationReason: "cancellation",
    ChangeReason: "change",
}


def reason_rows(scene: Scene, decision: str, reasons: Sequence[StrEnum], **values: Value) -> tuple[Row, ...]:
    """Each reason and, below it, what to do instead. `values` are the numbers and days the texts need.

    To wait helps only where nothing else stands against it, and then until the last of such reasons has gone.
    """
    rows: list[Row] = []
    for reason in reasons:
        key = _key(scene, decision, reason, values)
        rows.append(Row(scene.say.text(f"{key}.text", **values), tone=Tone.SOON))
        instead = Row(scene.say.text(f"{key}.instead", **values), tone=Tone.PLAIN)
        is_vain = reason in _WAIT and (reason is not reasons[-1] or not _WAIT.issuperset(reasons))
        if not is_vain and instead not in rows:
            rows.append(instead)
    return tuple(rows)


def reason_buttons(scene: Scene, reasons: Iterable[StrEnum], branch: str = "") -> tuple[Button, ...]:
    """The buttons for what to do instead, each once; `branch` is whom to phone."""
    buttons: list[Button] = []
    for reason in reasons:
        intent = _LISTS.get(reason)
        made: Button = wish(scene, intent) if intent else dial(scene, branch)
        if made not in buttons:
            buttons.append(made)
    if any(isinstance(button, Dial) for button in buttons):
        # Not everybody can phone.
        buttons.append(tell_staff(scene))
    return tuple(buttons)


Reason: TypeAlias = RenewalReason | ReservationReason | CancellationReason | ChangeReason


def left_out_rows(scene: Scene, left_out: Sequence[tuple[str, Reason]]) -> list[Row]:
    """What a confirmation does not do, by title, and in short why; the answer after it says it in full."""
    if len(left_out) > MOST_LEFT_OUT:
        return [Row(scene.say.text("confirm.left_out_many", count=len(left_out)), tone=Tone.QUIET)]
    return [
        Row(
            scene.say.text("confirm.left_out", title=title, reason=short_reason(scene, reason)),
            tone=Tone.QUIET,
        )
        for title, reason in left_out
    ]


def short_reason(scene: Scene, reason: Reason) -> str:
    """A few words for a card of a list."""
    return scene.say.text(f"refusals.{_DECISIONS[type(reason)]}.{reason.value}.short")


def _key(scene: Scene, decision: str, reason: StrEnum, values: Mapping[str, Value]) -> str:
    """The text of a reason; where a day that it names isn't known, the text that does without it."""
    key = f"refusals.{decision}.{reason.value}"
    if reason is RenewalReason.NO_GAIN and "helps_from" not in values:
        return f"{key}_ever"
    return key
