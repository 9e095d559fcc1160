"""What each setting alone can't tell: settings that contradict each other.

Reads the raw values of a policy file, and passes over what is missing or of another type (the model says
that), so that all problems of a file come out at once. A problem is a key and a reason.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from bot.policies.section import is_day_of_year

Raw = Mapping[str, Any]
Problem = tuple[str, str]
Wanted = TypeVar("Wanted")

_A_MONTH = 31


def find_contradictions(raw: Raw) -> tuple[Problem, ...]:
    """Every contradiction in a policy, as (key, reason), in the order of the file's sections."""
    return tuple(problem for check in _CHECKS for problem in check(raw))


def _renewal_gains_nothing(raw: Raw) -> Iterator[Problem]:
    if _get(raw, "renewal", "period_days", int) == 1 and _get(raw, "renewal", "first_day_counts", bool):
        yield "renewal.period_days", "one day of which the first counts never moves a due date"


def _contest_season_is_whole(raw: Raw) -> Iterator[Problem]:
    divisions = _get(raw, "reservation", "contest_divisions", list)
    days = {
        key: _get(raw, "reservation", key, str) for key in ("contest_season_from", "contest_season_until")
    }
    for key, day in days.items():
        if divisions and day is None:
            yield f"reservation.{key}", "contest_divisions needs it"
        if day is not None and not is_day_of_year(day):
            yield f"reservation.{key}", "there is no such day (MM-DD)"
    start, end = days.values()
    if start is not None and end is not None and start > end:
        yield "reservation.contest_season_until", "the season ends before contest_season_from"


def _latest_issue_needs_magazines(raw: Raw) -> Iterator[Problem]:
    materials = _get(raw, "reservation", "reservable_materials", list)
    if _get(raw, "reservation", "refuse_latest_issue", bool) and materials and "magazine" not in materials:
        yield "reservation.refuse_latest_issue", "reservable_materials has no magazine"


def _queued_can_be_cancelled(raw: Raw) -> Iterator[Problem]:
    states = _get(raw, "cancellation", "cancellable_states", list)
    if states and "queued" not in states:
        yield "cancellation.cancellable_states", "queued must be among them: it comes before the others"


def _password_lengths_fit(raw: Raw) -> Iterator[Problem]:
    shortest, longest = (_get(raw, "password", key, int) for key in ("min_length", "max_length"))
    if shortest is not None and longest is not None and shortest > longest:
        yield "password.min_length", "it is more than max_length"


def _ebooks_say_who(raw: Raw) -> Iterator[Problem]:
    if _get(raw, "ebooks", "offered", bool):
        for key in ("who", "guide"):
            if _get(raw, "ebooks", key, str) == "":
                yield f"ebooks.{key}", "it is empty although e-books are offered"


def _branches_are_distinct(raw: Raw) -> Iterator[Problem]:
    for key in ("code", "name", "kana", "full_name"):
        for value in _repeated(_branch_values(raw, key)):
            yield f"branch.{key}", f"{value} stands twice"


def _branches_exist(raw: Raw) -> Iterator[Problem]:
    named = {
        "main_branch": [raw.get("main_branch")],
        "pickup.branches": _get(raw, "pickup", "branches", list) or [],
        "calendar.hours": list(_get(raw, "calendar", "hours", dict) or {}),
        "calendar.branch": list(_get(raw, "calendar", "branch", dict) or {}),
        "special_days.branches": _special_branches(raw),
    }
    codes = _branch_values(raw, "code")
    for key, used in named.items():
        unknown = [code for code in used if isinstance(code, str) and code not in codes]
        if unknown:
            yield key, f"there is no branch {', '.join(unknown)}"


def _special_branches(raw: Raw) -> list[Any]:
    special = raw.get("special_days")
    rows = [row for row in special if isinstance(row, Mapping)] if isinstance(special, list) else []
    return [code for row in rows if isinstance(named := row.get("branches"), list) for code in named]


def _lists_do_not_repeat(raw: Raw) -> Iterator[Problem]:
    lists = (
        ("reservation", "reservable_materials"),
        ("reservation", "contest_divisions"),
        ("pickup", "branches"),
        ("cancellation", "cancellable_states"),
        ("calendar", "closed_weekdays"),
        ("calendar", "closed_monthly"),
    )
    for section, key in lists:
        values = [value for value in _get(raw, section, key, list) or [] if isinstance(value, str)]
        for value in _repeated(values):
            yield f"{section}.{key}", f"{value} stands twice"


def _told_notices_are_known_long_enough(raw: Raw) -> Iterator[Problem]:
    kept, late = _get(raw, "retention", "notices_days", int), _get(raw, "notices", "late_days", int)
    if kept is not None and late is not None and kept <= late + _A_MONTH:
        yield "retention.notices_days", f"it must be more than notices.late_days and {_A_MONTH} days together"


_CHECKS: tuple[Callable[[Raw], Iterator[Problem]], ...] = (
    _renewal_gains_nothing,
    _contest_season_is_whole,
    _latest_issue_needs_magazines,
    _queued_can_be_cancelled,
    _password_lengths_fit,
    _ebooks_say_who,
    _branches_are_distinct,
    _branches_exist,
    _lists_do_not_repeat,
    _told_notices_are_known_long_enough,
)


def _get(raw: Raw, section: str, key: str, kind: type[Wanted]) -> Wanted | None:
    """The value if it is there and of this type."""
    values = raw.get(section)
    value = values.get(key) if isinstance(values, Mapping) else None
    return value if isinstance(value, kind) else None


def _branch_values(raw: Raw, key: str) -> list[str]:
    branches = raw.get("branch")
    rows = [row for row in branches if isinstance(row, Mapping)] if isinstance(branches, list) else []
    return [value for row in rows if isinstance(value := row.get(key), str)]


def _repeated(values: Iterable[str]) -> list[str]:
    return [value for value, times in Counter(values).items() if times > 1]
