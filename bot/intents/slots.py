"""Last stage: the slots of the reading, exactly those that its intent may carry.

How values are written is stated in the contract ("How slots are written"): as the patron wrote them,
without particles, quotes and request.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from bot.intents.match import Hit, Segment
from bot.intents.model import SLOTS, Intent, SlotValue
from bot.intents.naming import Named
from bot.intents.normalize import Text
from bot.intents.spans import Spans

_PICKUP = re.compile(r"(?:図書館|館)?(?:で|に|受)")
"""What follows the name of the branch where a reserved item is to be picked up."""

_TOPICS = (
    ("cancel", {"cancelling", "cancel_when"}),
    ("renew", {"renewal", "lengthen", "longer"}),
    ("hold_shelf", {"held", "held_rule"}),
    ("notice", {"notice", "notice_due", "notice_hold"}),
    ("reserve", {"reserving", "queue"}),
    ("card", {"card", "making"}),
    (
        "loan",
        {
            "loan",
            "borrowed",
            "borrowing",
            "borrow_can",
            "due",
            "returning",
            "lateness",
            "losing",
            "damaging",
            "loan_rule",
            "limit",
        },
    ),
)
"""Groups that tell a topic, the more particular first."""


def fill(
    intent: Intent,
    *,
    text: Text,
    spans: Spans,
    segment: Segment,
    hits: Sequence[Hit],
    named: Sequence[Named],
    fixed: Mapping[str, SlotValue],
) -> dict[str, SlotValue]:
    """The slots of a message that was read as `intent`.

    `segment` is where the request stands, `hits` are those of the whole message, `fixed` are the slots
    that the pattern itself says.
    """
    allowed = SLOTS.get(intent, frozenset())
    slots: dict[str, SlotValue] = {}
    for hit in hits:
        if hit.slots and hit.role != "filler" and (_inside(hit, segment) or intent is Intent.RESERVE):
            slots.update(hit.slots)
    slots.update(_positions(spans, segment))
    slots.update(_places(intent, text, hits, segment))
    slots.update(_days(text, spans))
    slots.update(_works(intent, text, named))
    if spans.isbns:
        slots["isbn"] = spans.isbns[0][1]
    slots.update(fixed)
    _settle(intent, slots)
    return {name: value for name, value in slots.items() if name in allowed}


def topic_of(hits: Iterable[Hit]) -> str:
    """The topic of a question about a rule, by the words in it."""
    groups = {hit.group for hit in hits}
    return next((topic for topic, words in _TOPICS if not words.isdisjoint(groups)), "other")


def _inside(hit: Hit, segment: Segment) -> bool:
    return segment.begin <= hit.begin < segment.end


def _positions(spans: Spans, segment: Segment) -> dict[str, SlotValue]:
    ordinals: list[int] = []
    for number in spans.numbers:
        if segment.begin <= number.begin < segment.end:
            ordinals.extend(n for n in number.ordinals if n not in ordinals)
    return {"ordinals": ordinals} if ordinals else {}


def _places(intent: Intent, text: Text, hits: Sequence[Hit], segment: Segment) -> dict[str, SlotValue]:
    slots: dict[str, SlotValue] = {}
    branches = [h for h in hits if h.group == "@branch"]
    in_segment = [h for h in branches if _inside(h, segment)]
    chosen = in_segment or branches
    if chosen:
        pickup = chosen[-1] if intent is Intent.RESERVE else chosen[0]
        if intent is Intent.RESERVE:
            received = [h for h in chosen if _PICKUP.match(text.canon, h.end)]
            pickup = received[-1] if received else pickup
        slots["branch"] = text.cut(pickup.begin, pickup.end)
    people = [h for h in hits if h.group == "@person" and _inside(h, segment)]
    if people:
        slots["person"] = text.cut(people[0].begin, people[0].end)
    return slots


def _days(text: Text, spans: Spans) -> dict[str, SlotValue]:
    if not spans.days:
        return {}
    day = spans.days[0]
    return {"date": day.on.isoformat() if day.on else text.cut(day.begin, day.end)}


def _works(intent: Intent, text: Text, named: Sequence[Named]) -> dict[str, SlotValue]:
    """The works of a request: the attached and certain ones before what merely stands there.

    An intent that carries no theme takes the words for one as a title (恐竜の本を延長).
    """
    ranked = sorted(named, key=lambda n: (not n.certain, not n.attached))
    if any(n.certain and n.titles for n in ranked):
        ranked = [n for n in ranked if n.certain]
    titles = [title for n in ranked for title in n.titles]
    if not titles and "subject" not in SLOTS.get(intent, frozenset()):
        titles = [text.cut(n.begin, n.end) for n in ranked if n.subject and not n.author and not n.kind]
    slots: dict[str, SlotValue] = {}
    if titles:
        slots["title"] = titles[0]
        if len(titles) > 1:
            slots["more_titles"] = titles[1:]
    author = next((n.author for n in ranked if n.author), None)
    subject = next((n.subject for n in ranked if n.subject), None)
    if author:
        slots["author"] = author
    if subject and not titles:
        slots["subject"] = subject
    return slots


def _settle(intent: Intent, slots: dict[str, SlotValue]) -> None:
    """Where two slots say the same or exclude each other."""
    if "ordinals" in slots:
        slots.pop("all", None)
    if intent in {Intent.NEW_ARRIVALS, Intent.SUBSCRIBE_NEW_ARRIVALS} and "title" in slots:
        slots.setdefault("subject", slots["title"])
        if "author" in slots:
            slots.pop("subject")
    if intent is Intent.NOTIFICATION_SETTINGS and "notice" in slots and slots.get("contact") == "none":
        slots["off"] = True
    if intent is Intent.NOTIFICATION_SETTINGS and "off" in slots:
        slots.pop("contact", None)
