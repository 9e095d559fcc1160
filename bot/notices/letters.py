"""The same as a letter about one card: what came, and for an address that its owner confirmed what each is about.

Greeting, foot and links are `bot.messages.letters`'s and `bot.jobs.letters`'s matter.
"""

from collections.abc import Sequence
from typing import Final

from bot.messages.letters import LetterButton, LetterContent, LetterItem
from bot.notices.bubbles import Telling, bubble
from bot.notices.model import Item
from bot.notices.telling import outside_line

DIGEST: Final = "digest"
"""The kind of a letter that tells of several kinds together."""


def kind_of(items: Sequence[Item]) -> str:
    """By what name a letter of these can be stopped."""
    kinds = {item.kind for item in items}
    return kinds.pop().value if len(kinds) == 1 else DIGEST


def letter_for(items: Sequence[Item], telling: Telling, *, name: str, is_confirmed: bool) -> LetterContent:
    """What a letter says; there is at least one item. Titles and `name` only where the address is confirmed."""
    say = telling.say
    alt = outside_line(items, say)
    return LetterContent(
        subject=say.text("tidings.letter.subject", alt=alt),
        paragraphs=(f"{alt}。",),
        items=tuple(_item(item, telling) for item in items) if is_confirmed else (),
        after=(say.text("tidings.letter.look"),),
        buttons=(LetterButton(say.text("tidings.letter.page"), telling.policy.website),),
        name=name if is_confirmed else "",
    )


def _item(item: Item, telling: Telling) -> LetterItem:
    """A card's title and rows; what stands there without a label comes under 状況, after the badge."""
    card, state = bubble(item, telling), telling.say.text("tidings.label.state")
    remarks = [card.badge, *(row.value for row in card.rows if not row.label)]
    rows = tuple((row.label, row.value) for row in card.rows if row.label)
    return LetterItem(card.title, ((state, "。".join(text.rstrip("。") for text in remarks) + "。"), *rows))
