"""開館日と時間, from the calendar as it is now: where nothing is known, the phone and the web site are named.

Which days are meant is read here; how they are told is `hours_told`'s part.
"""

from datetime import date, timedelta

from bot.dialogue.flows import hours_told
from bot.dialogue.periods import Asked, Days, days_meant
from bot.dialogue.scene import Scene
from bot.dialogue.steps import Data, Said
from bot.messages.replies import Reply
from bot.policies import Branch

_DAYS = 7
"""Days told of one branch where none is asked for."""
_BRANCH = "hours_branch"
"""Under this name the branch is remembered that the last answer was about."""


def opening_hours(scene: Scene) -> Said:
    """One branch: the days asked for, or a week. None named: all branches on that day."""
    word = scene.slots.get("branch")
    branch = scene.policy.branch_called(word) if isinstance(word, str) else _spoken_of(scene)
    if isinstance(word, str) and branch is None:
        return Said((scene.say.say("hours.no_such_branch"), *_told(scene, None).replies))
    return _told(scene, branch)


def _told(scene: Scene, branch: Branch | None) -> Said:
    if scene.policy.calendar is None:
        return Said(hours_told.unknown(scene, branch))
    words = str(scene.slots.get("date", ""))
    day = _day(words)
    days = days_meant(words, scene.event.text, scene.today) if day is None else None
    if day is None and days is None and words:
        return Said(hours_told.unknown(scene, branch, "hours.unclear_day"))
    if branch is None and len(scene.policy.branches) == 1:
        branch = scene.policy.counter
    if branch is None:
        return Said(_all(scene, days) if days is not None else hours_told.all_on(scene, day or scene.today))
    return Said((_one(scene, branch, day, days),), _remembering(scene, branch))


def _one(scene: Scene, branch: Branch, day: date | None, days: Days | None) -> Reply:
    if days is None:
        week = tuple(scene.today + timedelta(days=step) for step in range(_DAYS))
        return hours_told.one_on(scene, branch, (day,) if day is not None else week)
    match days.asked:
        case Asked.PERIOD:
            return hours_told.one_in(scene, branch, days.first, days.last)
        case Asked.HOLIDAYS:
            return hours_told.one_on_holidays(scene, branch)
        case Asked.WEEKDAYS:
            return hours_told.one_on_weekdays(scene, branch, days.weekdays)
        case Asked.CLOSED_DAYS:
            return hours_told.one_closed(scene, branch)


def _all(scene: Scene, days: Days) -> tuple[Reply, ...]:
    match days.asked:
        case Asked.PERIOD:
            return hours_told.all_in(scene, days.first, days.last)
        case Asked.HOLIDAYS:
            return hours_told.all_on_holidays(scene)
        case Asked.WEEKDAYS:
            return hours_told.all_on_weekdays(scene, days.weekdays)
        case Asked.CLOSED_DAYS:
            return hours_told.all_closed(scene)


def _spoken_of(scene: Scene) -> Branch | None:
    """The branch of the answer just given: 「年末は？」 after the hours of 東部 asks about 東部."""
    code = scene.state.shown.get(_BRANCH)
    asks = bool(scene.slots.get("date")) or days_meant("", scene.event.text, scene.today) is not None
    goes_on = scene.state.last_key == hours_told.ONE and asks
    is_of_all = bool(scene.slots.get("all"))
    return scene.policy.branch(code) if goes_on and not is_of_all and isinstance(code, str) else None


def _remembering(scene: Scene, branch: Branch) -> Data:
    return {**scene.state.shown, _BRANCH: branch.code}


def _day(words: str) -> date | None:
    """The day asked for, where the message fixes one."""
    try:
        return date.fromisoformat(words)
    except ValueError:
        return None
