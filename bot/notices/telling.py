"""All that is told to one recipient at one time: one message, with one line for the locked screen and a card a notice.

That line and the first one name no work, unless the recipient wants titles outside.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.messages.limits import CAROUSEL_BUBBLES, IN_SENTENCE, cut
from bot.messages.replies import Card, Cards, Row, Tone
from bot.messages.wording import Wording
from bot.notices.bubbles import Telling, bubble, name_of
from bot.notices.model import Item, Recipient
from bot.rules.notice_kinds import NoticeKind

KEY: Final = "tidings"

_LOAN_KINDS: Final = frozenset(
    {NoticeKind.DUE_SOON, NoticeKind.DUE_TODAY, NoticeKind.OVERDUE, NoticeKind.RESERVED_BY_OTHER}
)
_NAMED_OUTSIDE: Final = 2
"""Titles in the line for the locked screen, of those who want them there."""


def message_for(recipient: Recipient, items: Sequence[Item], telling: Telling) -> Cards:
    """The one message of these notices, in their order. There is at least one."""
    alt = outside_line(items, telling.say)
    if recipient.notices.titles_outside:
        alt = _with_titles(alt, items, telling.say)
    cards = [bubble(item, telling) for item in items[: CAROUSEL_BUBBLES - 1]]
    left = items[CAROUSEL_BUBBLES - 1 :]
    if len(left) == 1:
        cards.append(bubble(left[0], telling))
    elif left:
        cards.append(_more(left, telling))
    if recipient.look.is_plain:
        # In plain text the first line is what a locked screen shows.
        cards.insert(0, Card(alt))
    return Cards(KEY, alt, tuple(cards), values={"count": len(items)})


def outside_line(items: Sequence[Item], say: Wording) -> str:
    """What came, without a title: how many of the first kind, and how many others."""
    first = items[0].kind
    count = sum(1 for item in items if item.kind is first)
    alt = say.text(f"tidings.alt.{first.value}", count=count)
    others = len(items) - count
    return say.text("tidings.and_more", alt=alt, count=others) if others else alt


def holders_of(recipient: Recipient, names: Mapping[str, str]) -> dict[str, str]:
    """Whose each is: said where several cards are linked."""
    several = len(recipient.card_numbers) > 1
    return {card: names.get(card, "") for card in recipient.card_numbers} if several else {}


def _with_titles(alt: str, items: Sequence[Item], say: Wording) -> str:
    names = "".join(f"『{cut(name_of(item, say), IN_SENTENCE)}』" for item in items[:_NAMED_OUTSIDE])
    titles = say.text("tidings.outside_more", titles=names) if len(items) > _NAMED_OUTSIDE else names
    return say.text("tidings.outside", alt=alt, titles=titles)


def _more(items: Sequence[Item], telling: Telling) -> Card:
    """The rest, by its number; the lists show it."""
    say, first = telling.say, items[0]
    what = "loans" if first.kind in _LOAN_KINDS else "reservations"
    if first.kind is NoticeKind.NEW_ARRIVALS:
        what = "arrivals"
    title = say.text("tidings.more", count=len(items))
    return Card(
        title, (Row(outside_line(items, say), tone=Tone.QUIET),), (telling.buttons.list_of(first, what),)
    )
