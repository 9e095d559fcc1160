"""開館日と時間, from the policy's calendar alone: where it says nothing, the phone and the web site are named."""

from datetime import date, timedelta

from bot.dialogue.scene import Scene
from bot.dialogue.steps import Said
from bot.dialogue.taps import dial, web_page, wish
from bot.intents import Intent
from bot.messages.replies import Button, Card, Reply, Row, Tone
from bot.policies import Branch
from bot.rules import calendar

_DAYS = 7
"""Days told of one branch."""


def opening_hours(scene: Scene) -> Said:
    """One branch: the day asked for, or a week. None named: all branches on that day."""
    word = scene.slots.get("branch")
    branch = scene.policy.branch_called(word) if isinstance(word, str) else None
    if isinstance(word, str) and branch is None:
        return Said((scene.say.say("hours.no_such_branch"), *_all(scene, _day(scene) or scene.today)))
    if scene.policy.calendar is None:
        return _unknown(scene, branch)
    day = _day(scene)
    if day is None and scene.slots.get("date"):
        return _unknown(scene, branch, "hours.unclear_day")
    branches = scene.policy.branches
    if branch is None and len(branches) > 1:
        return Said(_all(scene, day or scene.today))
    return Said((_one(scene, branch or branches[0], day),))


def day_words(scene: Scene, branch: Branch, day: date) -> tuple[str, Tone]:
    """What is known of a branch on a day: closed, open from when to when, or open."""
    hours = calendar.opening_hours(branch.code, day, scene.policy)
    if hours == calendar.CLOSED:
        return scene.say.text("hours.closed"), Tone.WARNING
    if hours is None:
        return scene.say.text("hours.open"), Tone.PLAIN
    opens, closes = hours.split("-")
    return scene.say.text("hours.from_until", opens=_clock(opens), closes=_clock(closes)), Tone.PLAIN


def _all(scene: Scene, day: date) -> tuple[Reply, ...]:
    if scene.policy.calendar is None:
        return _unknown(scene, None).replies
    rows = []
    for branch in scene.policy.branches:
        words, tone = day_words(scene, branch, day)
        rows.append(Row(words, branch.name, tone))
    title = scene.say.text("hours.all.title", day=day)
    card = Card(title, (*rows, *_remarks(scene)), (wish(scene, Intent.BRANCH_INFO), web_page(scene)))
    return (scene.say.cards("hours.all", card, day=day),)


def _one(scene: Scene, branch: Branch, asked: date | None) -> Reply:
    first = asked or scene.today
    days = [first] if asked else [scene.today + timedelta(days=step) for step in range(_DAYS)]
    rows = []
    for day in days:
        words, tone = day_words(scene, branch, day)
        rows.append(Row(words, scene.say.text("hours.day", day=day), tone))
    if not calendar.is_open_on(branch.code, first, scene.policy):
        opens_on = calendar.next_open_day(branch.code, first, scene.policy)
        rows.append(Row(scene.say.text("hours.next_open", day=opens_on)))
    card = Card(branch.full_name, (*rows, *_remarks(scene)), (dial(scene, branch.code), web_page(scene)))
    return scene.say.cards("hours.one", card, branch=branch.full_name, day=first)


def _remarks(scene: Scene) -> tuple[Row, ...]:
    sample = scene.policy.calendar is not None and scene.policy.calendar.sample
    rows = [Row(scene.say.text("hours.sample"), tone=Tone.SOON)] if sample else []
    return (*rows, Row(scene.say.text("hours.may_change"), tone=Tone.QUIET))


def _unknown(scene: Scene, branch: Branch | None, key: str = "hours.unknown") -> Said:
    code = branch.code if branch else ""
    buttons: tuple[Button, ...] = (dial(scene, code), web_page(scene))
    if branch is None and len(scene.policy.branches) > 1:
        buttons = (*buttons, wish(scene, Intent.BRANCH_INFO))
    phone = Row(scene.branch_phone(code), scene.say.text("branches.phone"))
    card = Card(scene.say.text(f"{key}.title"), (Row(scene.say.text(f"{key}.text")), phone), buttons)
    return Said((scene.say.cards(key, card),))


def _day(scene: Scene) -> date | None:
    """The day asked for, where the message fixes one."""
    try:
        return date.fromisoformat(str(scene.slots.get("date", "")))
    except ValueError:
        return None


def _clock(time: str) -> str:
    """`9:30` for `09:30`."""
    return time.removeprefix("0")
