"""How opening hours are told: a day, some days, a period, holidays, closed days; of one branch or of all."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Final, TypeAlias

from bot.dialogue.hours_words import (
    closed_rules,
    day_label,
    day_words,
    in_words,
    known_changes,
    sample_rows,
    span,
    with_reason,
)
from bot.dialogue.periods import CLOSED_DAYS
from bot.dialogue.scene import Scene
from bot.dialogue.taps import dial, reach_staff, web_page, wish, wish_with
from bot.intents import Intent
from bot.messages.replies import Button, Card, Cards, Reply, Row, Tone
from bot.policies import Branch
from bot.rules import calendar
from bot.rules.holidays import holiday_name

ONE: Final = "hours.one"
"""Key of whatever tells of one branch."""

_EVERY_DAY: Final = 14
"""A longer period tells its closed days alone."""
_FEW_DAYS: Final = 3
"""Of so many days the hours are told for all branches."""
_NEXT: Final = 4
"""So many closed days, holidays or weekdays are told at once."""
_SEARCH_DAYS: Final = 120
"""So far ahead closed days are looked for."""

_Run: TypeAlias = tuple[list[date], tuple[str, Tone]]
"""Days in a row, and what is said of each."""


def one_on(scene: Scene, branch: Branch, days: Sequence[date]) -> Reply:
    """A branch on certain days; if it is closed on the first, when it opens next."""
    rows = [_day_row(scene, branch, day) for day in days]
    return _card_of_one(scene, branch, [*rows, *_next_open(scene, branch, days[0])], days[0])


def one_in(scene: Scene, branch: Branch, first: date, last: date) -> Reply:
    """A branch in a period: each day of a short one, the closed days of a long one."""
    if first == last:
        return one_on(scene, branch, (first,))
    days = _days(first, last)
    if len(days) > _EVERY_DAY:
        rows = _closed_rows(scene, branch, days) or [
            Row(scene.say.text("hours.never_closed"), span(first, last))
        ]
        return _card_of_one(scene, branch, rows, first)
    rows = [Row(words, span(run[0], run[-1]), tone) for run, (words, tone) in _runs(scene, branch, days)]
    return _card_of_one(scene, branch, [*rows, *_next_open(scene, branch, last)], first)


def one_on_holidays(scene: Scene, branch: Branch) -> Reply:
    """A branch on the next holidays, and what it does on holidays."""
    holidays = _next(scene.today, lambda day: bool(holiday_name(day)))
    rows = [*_rule_rows(scene, branch), *(_day_row(scene, branch, day) for day in holidays)]
    return _card_of_one(scene, branch, rows, scene.today)


def one_on_weekdays(scene: Scene, branch: Branch, weekdays: Sequence[int]) -> Reply:
    """A branch on the next days that are such weekdays, and its regular closed days."""
    days = _next(scene.today, lambda day: day.weekday() in weekdays)
    rows = [*_rule_rows(scene, branch), *(_day_row(scene, branch, day) for day in days)]
    return _card_of_one(scene, branch, rows, scene.today)


def one_closed(scene: Scene, branch: Branch) -> Reply:
    """The next closed days of a branch, and its regular ones."""
    days = _days(scene.today, scene.today + timedelta(days=_SEARCH_DAYS))
    rows = [*_rule_rows(scene, branch), *_closed_rows(scene, branch, days)[:_NEXT]]
    rows = rows or [Row(scene.say.text("hours.never_closed"))]
    return _card_of_one(scene, branch, rows, scene.today, CLOSED_DAYS)


def all_on(scene: Scene, day: date) -> tuple[Reply, ...]:
    """All branches on a day; a closed one with the day on which it opens next."""
    rows = []
    for branch in scene.policy.branches:
        words, tone = day_words(scene, branch, day)
        if not calendar.is_open_on(branch.code, day, scene.policy):
            opens_on = calendar.next_open_day(branch.code, day, scene.policy)
            words = scene.say.text("hours.until", words=words, day=opens_on) if opens_on != day else words
        rows.append(Row(words, branch.name, tone))
    title = scene.say.text("hours.all.title", day=day)
    if holiday_name(day):
        rows.insert(0, Row(scene.say.text("hours.is_holiday", holiday=holiday_name(day))))
    card = Card(title, (*rows, *_remarks(scene)), (wish(scene, Intent.BRANCH_INFO), web_page(scene)))
    return (scene.say.cards("hours.all", card, day=day),)


def all_in(scene: Scene, first: date, last: date) -> tuple[Reply, ...]:
    """All branches in a period: when each is closed."""
    if first == last:
        return all_on(scene, first)
    days = _days(first, last)
    rows = []
    for branch in scene.policy.branches:
        if len(days) <= _FEW_DAYS:
            told = (f"{span(run[0], run[-1])} {words}" for run, (words, _) in _runs(scene, branch, days))
            rows.append(Row(in_words(told), branch.name))
        else:
            rows.append(_closed_in(scene, branch, _runs(scene, branch, days, is_open=False)))
    return _card_of_all(scene, span(first, last), rows)


def all_on_holidays(scene: Scene) -> tuple[Reply, ...]:
    """All branches on the next holiday."""
    [day, *_] = _next(scene.today, lambda day: bool(holiday_name(day)))
    return all_on(scene, day)


def all_on_weekdays(scene: Scene, weekdays: Sequence[int]) -> tuple[Reply, ...]:
    """All branches on the next days that are such weekdays."""
    days = _next(scene.today, lambda day: day.weekday() in weekdays)[: len(weekdays)]
    return tuple(all_on(scene, day)[0] for day in days[:_FEW_DAYS])


def all_closed(scene: Scene) -> tuple[Reply, ...]:
    """The next closed days of all branches."""
    days = _days(scene.today, scene.today + timedelta(days=_SEARCH_DAYS))
    rows = [
        _closed_in(scene, branch, _runs(scene, branch, days, is_open=False)[:2])
        for branch in scene.policy.branches
    ]
    return _card_of_all(scene, scene.say.text("hours.branches.closed_days"), rows)


def unknown(scene: Scene, branch: Branch | None, key: str = "hours.unknown") -> tuple[Reply, ...]:
    """Nothing is known of the days asked for, but for what staff entered: the phone and the web site are named."""
    code = branch.code if branch else ""
    buttons: tuple[Button, ...] = (*reach_staff(scene, code), web_page(scene))
    if branch is None and len(scene.policy.branches) > 1:
        buttons = (*buttons, wish(scene, Intent.BRANCH_INFO))
    phone = Row(scene.branch_phone(code), scene.say.text("branches.phone"))
    rows = (*known_changes(scene, branch), Row(scene.say.text(f"{key}.text")), phone)
    return (scene.say.cards(key, Card(scene.say.text(f"{key}.title"), rows, buttons)),)


def _card_of_one(
    scene: Scene, branch: Branch, rows: Iterable[Row], day: date, words: str | None = None
) -> Cards:
    buttons: list[Button] = [dial(scene, branch.code), web_page(scene)]
    if len(scene.policy.branches) > 1:
        words = str(scene.slots.get("date", "")) if words is None else words
        asked = {"date": words} if words else {}
        buttons.append(wish_with(scene, Intent.OPENING_HOURS, {**asked, "all": True}, label="all_branches"))
    card = Card(branch.full_name, (*rows, *_remarks(scene)), tuple(buttons))
    return scene.say.cards(ONE, card, branch=branch.full_name, day=day)


def _card_of_all(scene: Scene, title: str, rows: Iterable[Row]) -> tuple[Reply, ...]:
    buttons = (wish(scene, Intent.BRANCH_INFO), web_page(scene))
    card = Card(scene.say.text("hours.branches.title", days=title), (*rows, *_remarks(scene)), buttons)
    return (scene.say.cards("hours.branches", card, days=title),)


def _remarks(scene: Scene) -> tuple[Row, ...]:
    return (*sample_rows(scene), Row(scene.say.text("hours.may_change"), tone=Tone.QUIET))


def _rule_rows(scene: Scene, branch: Branch) -> list[Row]:
    rules = closed_rules(scene, branch)
    return [Row(rules, scene.say.text("hours.closed_days"))] if rules else []


def _day_row(scene: Scene, branch: Branch, day: date) -> Row:
    words, tone = day_words(scene, branch, day)
    return Row(words, day_label(scene, day), tone)


def _next_open(scene: Scene, branch: Branch, day: date) -> list[Row]:
    """When it opens next, where it is closed on `day`."""
    opens_on = calendar.next_open_day(branch.code, day, scene.policy)
    return [Row(scene.say.text("hours.next_open", day=opens_on))] if opens_on != day else []


def _closed_rows(scene: Scene, branch: Branch, days: Sequence[date]) -> list[Row]:
    runs = _runs(scene, branch, days, is_open=False)
    return [Row(words, span(run[0], run[-1]), tone) for run, (words, tone) in runs]


def _closed_in(scene: Scene, branch: Branch, runs: Sequence[_Run]) -> Row:
    if not runs:
        return Row(scene.say.text("hours.never_closed"), branch.name)
    told = (
        with_reason(scene, span(run[0], run[-1]), calendar.day_at(branch.code, run[0], scene.policy))
        for run, _ in runs
    )
    return Row(scene.say.text("hours.closed_on", days=in_words(told)), branch.name, Tone.WARNING)


def _runs(scene: Scene, branch: Branch, days: Sequence[date], *, is_open: bool | None = None) -> list[_Run]:
    """Days in a row of which the same is said; with `is_open`, the open or the closed ones alone."""
    said = [(day, day_words(scene, branch, day)) for day in days]
    runs = [([day for day, _ in run], words) for words, run in groupby(said, key=lambda item: item[1])]
    if is_open is None:
        return runs
    return [run for run in runs if calendar.is_open_on(branch.code, run[0][0], scene.policy) is is_open]


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=step) for step in range((last - first).days + 1)]


def _next(today: date, is_meant: Callable[[date], bool]) -> list[date]:
    """The next such days after today; today itself is told where it is one."""
    found = (day for day in _days(today, today + timedelta(days=366)) if is_meant(day))
    return [day for day, _ in zip(found, range(_NEXT), strict=False)]
