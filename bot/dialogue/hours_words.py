"""A day's opening hours in words: the hours, or that it is closed, and why; a branch's regular closed days."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final

from bot.dialogue.scene import Scene
from bot.messages.dates import day_text, month_day_text
from bot.messages.replies import Row, Tone
from bot.policies import WEEKDAYS, Branch, SpecialDays
from bot.rules import calendar
from bot.rules.holidays import holiday_name

_BY_CODE: Final[Mapping[str, str]] = dict(zip(WEEKDAYS, "月火水木金土日", strict=True))
_COMMA: Final = "、"
_MOST_CHANGES: Final = 5


def day_words(scene: Scene, branch: Branch, day: date) -> tuple[str, Tone]:
    """What is known of a branch on a day: closed, open from when to when, or open; and why where it is otherwise."""
    at = calendar.day_at(branch.code, day, scene.policy)
    if not at.is_open:
        return with_reason(scene, scene.say.text("hours.closed"), at), Tone.WARNING
    if at.hours is None:
        return scene.say.text("hours.open"), Tone.PLAIN
    opens, closes = at.hours.split("-")
    words = scene.say.text("hours.from_until", opens=_clock(opens), closes=_clock(closes))
    if day == scene.today and _time_of_day(scene) >= closes:
        return scene.say.text("hours.over", hours=words), Tone.SOON
    return with_reason(scene, words, at), Tone.SOON if at.why is calendar.Why.SPECIAL else Tone.PLAIN


def sample_rows(scene: Scene) -> list[Row]:
    """That the calendar is made up, where it is."""
    is_sample = scene.policy.calendar is not None and scene.policy.calendar.sample
    return [Row(scene.say.text("hours.sample"), tone=Tone.SOON)] if is_sample else []


def day_label(scene: Scene, day: date) -> str:
    """The day, with the name of its holiday."""
    holiday = holiday_name(day)
    return (
        scene.say.text("hours.holiday", day=day, holiday=holiday)
        if holiday
        else scene.say.text("hours.day", day=day)
    )


def span(first: date, last: date) -> str:
    """`12月29日（火）`, or from when until when."""
    return day_text(first) if first == last else f"{day_text(first)}〜{day_text(last)}"


def in_words(parts: Iterable[str]) -> str:
    """One after the other."""
    return _COMMA.join(parts)


def closed_rules(scene: Scene, branch: Branch) -> str:
    """The branch's regular closed days (毎週月曜日、第4木曜日、…) and what holidays do to them; empty without any."""
    policy = scene.policy.calendar
    if policy is None:
        return ""
    weekdays = [
        scene.say.text("hours.rule.weekly", weekday=_BY_CODE[day])
        for day in policy.weekdays_closed(branch.code)
    ]
    monthly = [_monthly(scene, day) for day in policy.monthly_closed(branch.code)]
    yearly = [
        scene.say.text(
            "hours.rule.yearly", first=month_day_text(closure.first), last=month_day_text(closure.last)
        )
        for closure in policy.yearly_closed(branch.code)
    ]
    on_holidays = policy.on_holidays(branch.code)
    holidays = [scene.say.text("hours.rule.holidays")] if on_holidays == "closed" else []
    rules = in_words([*weekdays, *monthly, *holidays, *yearly])
    if on_holidays in {"open", "open_then_closed"} and (weekdays or monthly):
        return scene.say.text(f"hours.rule.{on_holidays}", rules=rules)
    return rules


def known_changes(scene: Scene, branch: Branch | None) -> tuple[Row, ...]:
    """What is known of the coming days where there is no calendar: special days alone."""
    coming = [
        days
        for days in scene.policy.special_days
        if days.last >= scene.today and (branch is None or not days.branches or branch.code in days.branches)
    ]
    return tuple(_change(scene, days) for days in sorted(coming, key=lambda days: days.first)[:_MOST_CHANGES])


def _change(scene: Scene, days: SpecialDays) -> Row:
    names = in_words(scene.branch_name(code) for code in days.branches) or scene.say.text(
        "hours.all_branches"
    )
    words = scene.say.text("hours.closed")
    if days.hours:
        opens, closes = days.hours.split("-")
        words = scene.say.text("hours.from_until", opens=_clock(opens), closes=_clock(closes))
    is_closed = not days.hours
    at = calendar.Day(days.hours, calendar.Why.SPECIAL, days.reason)
    label = (
        f"{span(days.first, days.last)} {names}"
        if len(scene.policy.branches) > 1
        else span(days.first, days.last)
    )
    return Row(with_reason(scene, words, at), label, Tone.WARNING if is_closed else Tone.SOON)


def reason_of(scene: Scene, at: calendar.Day) -> str:
    """Why the day is otherwise, as said to the patron; empty for a regular one, or where the library gave no reason."""
    if at.why in {calendar.Why.HOLIDAY, calendar.Why.MADE_UP}:
        return scene.say.text(f"hours.reason.{at.why.value}")
    return at.reason


def with_reason(scene: Scene, words: str, at: calendar.Day) -> str:
    """The words, and why it is so."""
    reason = reason_of(scene, at)
    return scene.say.text("hours.because", words=words, reason=reason) if reason else words


def _monthly(scene: Scene, day: str) -> str:
    place, _, kind = day.partition("_")
    if not kind:
        return scene.say.text("hours.rule.day", number=place)
    if kind in {"day", "workday"}:
        return scene.say.text(f"hours.rule.last_{kind}")
    weekday = _BY_CODE[kind]
    if place == "last":
        return scene.say.text("hours.rule.last_weekday", weekday=weekday)
    return scene.say.text("hours.rule.weekday", number=place, weekday=weekday)


def _time_of_day(scene: Scene) -> str:
    """`HH:MM` now, in the library's zone."""
    now: datetime = scene.view.now.astimezone(scene.policy.zone)
    return f"{now:%H:%M}"


def _clock(time: str) -> str:
    """`9:30` for `09:30`."""
    return time.removeprefix("0")
