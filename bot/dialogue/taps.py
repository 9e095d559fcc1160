"""The buttons that flows offer: a wish, an answer to the question they stand under, a phone number.

A tap means one of four things: `wish` begins something (an intent with slots, as if it had been said), `answer`
answers the question that it belongs to, `resume` puts the question that waits once more, `style` changes how
things are shown or said.
Labels are texts of `buttons.toml`.
"""

from collections.abc import Mapping
from typing import Final

from bot.dialogue.scene import Scene
from bot.intents import Intent
from bot.messages.replies import CARD_URL, Dial, Json, OpenPage, Style, Tap
from bot.messages.replies import WISH as WISH

ANSWER: Final = "answer"
RESUME: Final = "resume"
STYLE: Final = "style"
"""Changes how things are shown or said (`appearance`)."""


def wish(
    scene: Scene,
    intent: Intent,
    *,
    label: str = "",
    spoken: str = "",
    style: Style = Style.SECONDARY,
    **slots: Json,
) -> Tap:
    """A button that begins something; its label is the intent's own unless another key is given."""
    return wish_with(scene, intent, slots, label=label, spoken=spoken, style=style)


def wish_with(
    scene: Scene,
    intent: Intent,
    slots: Mapping[str, Json],
    *,
    label: str = "",
    spoken: str = "",
    style: Style = Style.SECONDARY,
) -> Tap:
    """`wish`, for slots that were read or kept somewhere."""
    text = scene.say.text(f"buttons.{label}" if label else f"buttons.intent.{intent.value}")
    return Tap(text, WISH, {"intent": intent.value, "slots": dict(slots)}, spoken or text, style)


def answer(
    scene: Scene, label: str, *, spoken: str = "", style: Style = Style.SECONDARY, **chosen: Json
) -> Tap:
    """A button that answers the question under which it stands; `label` is a key of `buttons.toml`."""
    text = scene.say.text(f"buttons.{label}")
    return Tap(text, ANSWER, chosen, spoken or text, style)


def named_answer(label: str, *, spoken: str = "", style: Style = Style.SECONDARY, **chosen: Json) -> Tap:
    """A button that answers, whose label is a name from the record or the policy."""
    return Tap(label, ANSWER, chosen, spoken or label, style)


def resume(scene: Scene) -> Tap:
    """Back to the question that waits."""
    return Tap(scene.say.text("buttons.resume"), RESUME)


def yes_no(scene: Scene, yes: str) -> tuple[Tap, Tap]:
    """The two buttons of a confirmation; `yes` is the key of the first one's label."""
    return (
        answer(scene, yes, style=Style.PRIMARY, yes=True),
        answer(scene, "no", style=Style.SECONDARY, yes=False),
    )


def dial(scene: Scene, branch: str = "") -> Dial:
    """A button that phones a branch (its code); the main branch without one."""
    name = scene.branch_full_name(branch)
    return Dial(scene.say.text("buttons.dial", branch=name), scene.branch_phone(branch))


def tell_staff(scene: Scene, label: str = "tell_staff") -> Tap:
    """A button to leave a message for the staff: for those who can't phone."""
    return wish(scene, Intent.CONTACT_STAFF, label=label, write=True)


def reach_staff(scene: Scene, branch: str = "") -> tuple[Dial, Tap]:
    """The buttons for whoever is stuck: to phone a branch (its code), and to write, for those who can't phone."""
    return dial(scene, branch), tell_staff(scene)


def web_page(scene: Scene) -> OpenPage:
    """A button that opens the library's web site."""
    return OpenPage(scene.say.text("buttons.website"), scene.policy.website)


def card_page(scene: Scene) -> OpenPage:
    """A button that opens the page of the card in use; its address is made when the message is sent."""
    card = scene.view.card_in_use()
    link_id = card.link_id if card else ""
    return OpenPage(scene.say.text("buttons.card_page"), f"{CARD_URL}{link_id}}}", Style.PRIMARY)
