"""One notice as a card, kind by kind: what it is about, what follows from it, what can be done.

Rows are label and value, so that a letter can tell the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

from bot.library import CancellationFacts
from bot.messages.limits import CARD_TITLE, CARD_VALUE, clean, cut
from bot.messages.replies import Button, Card, Row, Tone
from bot.messages.wording import Wording
from bot.notices.model import Item
from bot.notices.wishes import Buttons
from bot.policies import Policy
from bot.rules import cancellation, renewal
from bot.rules.notice_kinds import NoticeKind

_TONES: Final = {
    NoticeKind.READY: Tone.GOOD,
    NoticeKind.NEW_ARRIVALS: Tone.GOOD,
    NoticeKind.OVERDUE: Tone.WARNING,
    NoticeKind.PICKUP_PASSED: Tone.WARNING,
    NoticeKind.DECLINED: Tone.WARNING,
    NoticeKind.ENDED_BY_LIBRARY: Tone.WARNING,
}


@dataclass(frozen=True, slots=True)
class Telling:
    """In whose words it is told, and to whom."""

    say: Wording
    policy: Policy
    today: date
    holders: Mapping[str, str]
    """Names by card number, where it must be said whose it is; empty where one card alone is linked."""

    @property
    def buttons(self) -> Buttons:
        """Buttons in these words."""
        return Buttons(self.say, self.policy)

    def label(self, name: str) -> str:
        """The label of a row."""
        return self.say.text(f"tidings.label.{name}")


def bubble(item: Item, telling: Telling) -> Card:
    """A notice as a card; its title is inside, where no locked screen shows it."""
    rows, buttons = _KINDS[item.kind](item, telling)
    badge, tone = telling.say.text(f"tidings.badge.{item.kind.value}"), _TONES.get(item.kind, Tone.SOON)
    kana = item.title.title_kana if item.title is not None else ""
    return Card(
        name_of(item, telling.say), (*_holder(item, telling), *rows), buttons, badge, tone, title_kana=kana
    )


def name_of(item: Item, say: Wording) -> str:
    """What it is about, as it is named: the title with its volume, or what was asked for at a counter."""
    title = item.title
    if title is not None:
        mark = title.volume or title.issue
        return cut(
            clean(f"{title.title} {mark}" if mark and mark not in title.title else title.title), CARD_TITLE
        )
    asked = item.reservation.request_text if item.reservation is not None else ""
    return cut(clean(asked), CARD_TITLE) if asked else say.text("tidings.no_title")


_Told: TypeAlias = tuple[tuple[Row, ...], tuple[Button, ...]]


def _holder(item: Item, telling: Telling) -> tuple[Row, ...]:
    name = telling.holders.get(item.notice.card_number, "")
    if not name:
        return ()
    return (Row(telling.say.text("tidings.row.holder", name=name), telling.label("holder"), Tone.QUIET),)


def _on_shelf(item: Item, telling: Telling) -> _Told:
    """Where, until when, and what happens after that."""
    reservation, say = item.reservation, telling.say
    if reservation is None:
        return (), ()
    rows = [_place(reservation.pickup_branch, telling)]
    if reservation.pickup_by is not None:
        left = (reservation.pickup_by - telling.today).days
        tone = Tone.SOON if left <= telling.policy.notices.pickup_reminder_days_before else Tone.PLAIN
        until = say.text("tidings.row.until", pickup_by=reservation.pickup_by)
        rows.append(Row(until, telling.policy.words.pickup_by, tone))
    rows += [
        Row(say.text("tidings.row.bring_card"), tone=Tone.QUIET),
        Row(say.text("tidings.row.released_after"), tone=Tone.QUIET),
    ]
    buttons = telling.buttons
    return tuple(rows), (
        buttons.list_of(item, "reservations"),
        buttons.not_needed(item),
        *buttons.map(reservation.pickup_branch),
        buttons.dial(reservation.pickup_branch),
    )


def _passed(item: Item, telling: Telling) -> _Told:
    rows = tuple(Row(telling.say.text(f"tidings.row.{key}")) for key in ("passed", "again"))
    again = (telling.buttons.reserve(item),) if item.title is not None else ()
    return rows, (*again, telling.buttons.list_of(item, "reservations"))


def _declined(item: Item, telling: Telling) -> _Told:
    rows = [Row(telling.say.text("tidings.row.declined"))]
    reason = str(item.notice.facts.get("reason", ""))
    if reason:
        rows.append(Row(cut(clean(reason), CARD_VALUE), telling.label("reason")))
    return tuple(rows), (_dial(item, telling), telling.buttons.list_of(item, "reservations"))


def _ended(item: Item, telling: Telling) -> _Told:
    rows = (Row(telling.say.text("tidings.row.ended")),)
    return rows, (_dial(item, telling), telling.buttons.list_of(item, "reservations"))


def _moved(item: Item, telling: Telling) -> _Told:
    """The old date and the new one, and why."""
    say, facts = telling.say, item.notice.facts
    reason = str(facts.get("reason", ""))
    why = say.text("tidings.row.closed_because", reason=reason) if reason else say.text("tidings.row.closed")
    of_loan = facts.get("what") == "due_on"
    label = telling.label("due") if of_loan else telling.policy.words.pickup_by
    rows = [Row(why)]
    for name in ("old", "new"):
        day = _day(facts.get(name))
        if day is not None:
            until = say.text("tidings.row.until", pickup_by=day)
            tone = Tone.GOOD if name == "new" else Tone.QUIET
            rows.append(Row(until, f"{label}（{telling.label(name)}）", tone))
    branch = str(facts.get("branch", ""))
    if not of_loan:
        rows.append(_place(branch, telling))
    what = "loans" if of_loan else "reservations"
    return tuple(rows), (telling.buttons.list_of(item, what), telling.buttons.dial(branch))


def _due(item: Item, telling: Telling) -> _Told:
    """Until when, and whether it may be renewed."""
    facts, say = item.loan, telling.say
    if facts is None or facts.loan is None:
        return (), ()
    left = (facts.loan.due_on - telling.today).days
    key = "today" if left == 0 else "days_left" if left > 0 else "days_over"
    text = say.text(f"tidings.row.{key}", due_on=facts.loan.due_on, days=abs(left))
    rows = [Row(text, telling.label("due"), Tone.WARNING if left < 0 else Tone.SOON)]
    decision = renewal.decide(facts, telling.policy, telling.today)
    if decision.allowed:
        rows.append(Row(say.text("tidings.row.may_renew"), tone=Tone.QUIET))
    elif left < 0:
        rows.append(Row(say.text("tidings.row.return_soon")))
    else:
        short = f"refusals.renewal.{decision.reasons[0].value}.short"
        reason = say.text(short, limit=telling.policy.renewal.limit)
        rows.append(Row(say.text("tidings.row.may_not_renew", reason=reason), tone=Tone.QUIET))
    first = (telling.buttons.renew(item),) if decision.allowed else ()
    return tuple(rows), (*first, telling.buttons.list_of(item, "loans"))


def _lost(item: Item, telling: Telling) -> _Told:
    facts, say = item.loan, telling.say
    due = (
        (Row(say.text("tidings.row.until", pickup_by=facts.loan.due_on), telling.label("due"), Tone.SOON),)
        if facts is not None and facts.loan is not None
        else ()
    )
    return (*due, Row(say.text("tidings.row.lost"))), (telling.buttons.list_of(item, "loans"),)


def _arrived(item: Item, telling: Telling) -> _Told:
    author = item.title.author if item.title is not None else ""
    rows = (Row(cut(clean(author), CARD_VALUE), telling.label("author"), Tone.QUIET),) if author else ()
    return rows, (telling.buttons.reserve(item),)


def _place(branch: str, telling: Telling) -> Row:
    found = telling.policy.branch(branch) or telling.policy.counter
    return Row(f"{found.full_name} {telling.policy.pickup.place}".strip(), telling.label("place"))


def _dial(item: Item, telling: Telling) -> Button:
    facts = CancellationFacts(item.notice.card_number, item.reservation)
    return telling.buttons.dial(cancellation.decide(facts, telling.policy).phone_branch)


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


_KINDS: Final[Mapping[NoticeKind, Callable[[Item, Telling], _Told]]] = {
    NoticeKind.READY: _on_shelf,
    NoticeKind.PICKUP_SOON: _on_shelf,
    NoticeKind.PICKUP_PASSED: _passed,
    NoticeKind.DECLINED: _declined,
    NoticeKind.ENDED_BY_LIBRARY: _ended,
    NoticeKind.CLOSURE_MOVED: _moved,
    NoticeKind.DUE_SOON: _due,
    NoticeKind.DUE_TODAY: _due,
    NoticeKind.OVERDUE: _due,
    NoticeKind.RESERVED_BY_OTHER: _lost,
    NoticeKind.NEW_ARRIVALS: _arrived,
}
