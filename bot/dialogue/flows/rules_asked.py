"""利用のきまり: questions about a rule, answered from the policy's own numbers, with the button to do it.

Nothing is said that the policy does not hold; where it is silent, the phone and the web site are named.
"""

from collections.abc import Callable, Mapping
from typing import Final

from bot.dialogue.scene import Scene
from bot.dialogue.steps import Said
from bot.dialogue.taps import reach_staff, web_page, wish
from bot.intents import Intent
from bot.library import ReservationState
from bot.messages.dates import month_day_text
from bot.messages.replies import Button, Card, Row, Tone
from bot.messages.wording import Value

Rows = tuple[Row, ...]
Buttons = tuple[Button, ...]


def ask_rules(scene: Scene) -> Said:
    """The rules of one topic; without one, the topics to choose from."""
    topic = str(scene.slots.get("topic", ""))
    tell = _TOPICS.get(topic)
    if tell is None:
        return _topics(scene)
    rows, buttons = tell(scene)
    card = Card(scene.say.text(f"rules.{topic}.title"), rows, (*buttons, *reach_staff(scene)))
    return Said((scene.say.cards("rules.answer", card, topic=topic),))


def _topics(scene: Scene) -> Said:
    card = Card(scene.say.text("rules.topics.title"), buttons=_topic_buttons(scene))
    return Said((scene.say.cards("rules.topics", card),))


def _topic_buttons(scene: Scene) -> Buttons:
    topics = (topic for topic in _TOPICS if topic != "other")
    return tuple(wish(scene, Intent.ASK_RULES, label=f"topic_{topic}", topic=topic) for topic in topics)


def _renew(scene: Scene) -> tuple[Rows, Buttons]:
    rule = scene.policy.renewal
    rows = [
        _row(scene, "renew.limit", limit=rule.limit),
        Row(rule.period_words, scene.say.text("rules.renew.period")),
        _row(scene, "renew.not_these"),
    ]
    if not rule.allowed_on_checkout_day:
        rows.append(_row(scene, "renew.checkout_day"))
    if rule.refuse_no_gain:
        rows.append(_row(scene, "renew.no_gain"))
    if not rule.can_be_undone:
        rows.append(_row(scene, "renew.final"))
    return tuple(rows), (wish(scene, Intent.RENEW),)


def _reserve(scene: Scene) -> tuple[Rows, Buttons]:
    rule, says = scene.policy.reservation, scene.policy.sayings
    rows = [_row(scene, "reserve.limit", limit=rule.limit)]
    if rule.only_when_all_on_loan:
        rows.append(_row(scene, "reserve.only_when_out"))
    rows.append(_row(scene, "reserve.not_yours"))
    turned_on = {
        "in_library": rule.refuse_in_library_use,
        "latest_issue": rule.refuse_latest_issue,
        "long_overdue": rule.refuse_long_overdue_single_copy,
    }
    rows += [_row(scene, f"reserve.{name}") for name, is_on in turned_on.items() if is_on]
    if rule.contest_divisions:
        rows.append(_contest(scene))
    if says.may_decline:
        rows.append(_row(scene, "reserve.may_decline"))
    if says.shelf_race:
        rows.append(_row(scene, "reserve.shelf_race"))
    return tuple(rows), (wish(scene, Intent.RESERVE), wish(scene, Intent.LIST_RESERVATIONS))


def _contest(scene: Scene) -> Row:
    rule = scene.policy.reservation
    divisions = [scene.say.text(f"rules.division.{division.value}") for division in rule.contest_divisions]
    season = scene.say.text(
        "reserve.season",
        first=month_day_text(rule.contest_season_from),
        last=month_day_text(rule.contest_season_until),
    )
    return _row(scene, "reserve.contest", divisions="・".join(divisions), season=season)


def _cancel(scene: Scene) -> tuple[Rows, Buttons]:
    in_preparation = ReservationState.IN_PREPARATION in scene.policy.cancellation.cancellable_states
    rows = (
        _row(scene, "cancel.until_ready" if in_preparation else "cancel.while_queued"),
        _row(scene, "cancel.else_phone"),
    )
    return rows, (wish(scene, Intent.CANCEL_RESERVATION), wish(scene, Intent.LIST_RESERVATIONS))


def _hold_shelf(scene: Scene) -> tuple[Rows, Buttons]:
    pickup = scene.policy.pickup
    rows = [Row(pickup.keep_words, scene.say.text("rules.hold_shelf.kept"))]
    if pickup.place:
        rows.append(Row(pickup.place, scene.say.text("rules.hold_shelf.where")))
    rows += [_row(scene, "hold_shelf.which_day"), _row(scene, "hold_shelf.afterwards")]
    return tuple(rows), (wish(scene, Intent.LIST_RESERVATIONS),)


def _loan(scene: Scene) -> tuple[Rows, Buttons]:
    """How many and how long is in no library's guide that we have: it is not made up."""
    rows = (_row(scene, "loan.not_here"), _row(scene, "loan.due"), _row(scene, "loan.late"))
    return rows, (wish(scene, Intent.LIST_LOANS), web_page(scene))


def _card(scene: Scene) -> tuple[Rows, Buttons]:
    rows = (_row(scene, "card.at_counter"), _row(scene, "card.lost"))
    return rows, (wish(scene, Intent.LINK_CARD), wish(scene, Intent.PASSWORD_HELP), web_page(scene))


def _notice(scene: Scene) -> tuple[Rows, Buttons]:
    contact = scene.policy.contact
    rows = [
        _row(scene, "notice.choices"),
        _row(scene, "notice.mail", sender=contact.mail_sender),
    ]
    if contact.mail_costs_are_the_patrons:
        rows.append(_row(scene, "notice.costs"))
    rows.append(_row(scene, "notice.none"))
    notices = scene.policy.notices
    reminder = "notice.reminded" if notices.due_reminder_from_the_start else "notice.reminder_if_asked"
    rows.append(_row(scene, reminder, days=notices.due_reminder_days_before))
    return tuple(rows), (wish(scene, Intent.NOTIFICATION_SETTINGS), wish(scene, Intent.LIST_RESERVATIONS))


def _other(scene: Scene) -> tuple[Rows, Buttons]:
    return (_row(scene, "other.text"),), (web_page(scene), *_topic_buttons(scene))


def _row(scene: Scene, key: str, **values: Value) -> Row:
    return Row(scene.say.text(f"rules.{key}", **values), tone=Tone.QUIET if key in _REMARKS else Tone.PLAIN)


_REMARKS: Final = frozenset({"renew.no_gain", "reserve.shelf_race", "reserve.may_decline", "notice.costs"})

_TOPICS: Final[Mapping[str, Callable[[Scene], tuple[Rows, Buttons]]]] = {
    "renew": _renew,
    "reserve": _reserve,
    "cancel": _cancel,
    "hold_shelf": _hold_shelf,
    "loan": _loan,
    "card": _card,
    "notice": _notice,
    "other": _other,
}
