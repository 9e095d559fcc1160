"""One loan or reservation as a card of a list; titles are `title_cards`'.

What may be done stands there as a button, what may not doesn't.
"""

from datetime import date

from bot.dialogue.cardholders import holder_rows
from bot.dialogue.gathered import as_json
from bot.dialogue.listing import name_of
from bot.dialogue.refusals import reason_rows, short_reason
from bot.dialogue.scene import Scene
from bot.dialogue.taps import reach_staff, wish
from bot.dialogue.where_and_how import place_of
from bot.intents import Intent
from bot.library import (
    CancellationFacts,
    ChangeFacts,
    Contact,
    PickupFacts,
    RenewalFacts,
    Reservation,
    ReservationChange,
    ReservationState,
    Title,
)
from bot.messages.limits import CARD_TITLE
from bot.messages.replies import Button, Card, Row, Style, Tone
from bot.rules import cancellation, change, pickup, renewal


def loan_card(scene: Scene, number: int, facts: RenewalFacts) -> Card:
    """A loan with its due date, and 延長する where the rules allow it."""
    loan = facts.loan
    if loan is None:
        raise ValueError("a list shows loans only")
    decision = renewal.decide(facts, scene.policy, scene.today)
    say, tone = scene.say, due_tone(scene, loan.due_on)
    rows = [
        *holder_rows(scene, facts.patron.card_number),
        *_author(loan.title),
        Row(say.text("loans.due", due_on=loan.due_on), say.text("loans.due_label"), tone),
    ]
    rows.append(Row(days_left(scene, loan.due_on), say.text("loans.left_label"), tone))
    if loan.branch and len(scene.policy.branches) > 1:
        rows.append(Row(scene.branch_full_name(loan.branch), say.text("loans.branch_label"), Tone.QUIET))
    if decision.reasons and not loan.renewals:
        rows.append(
            Row(say.text("loans.not_now", reason=short_reason(scene, decision.reasons[0])), tone=Tone.QUIET)
        )
    buttons: tuple[Button, ...] = ()
    if decision.allowed:
        one = say.text("loans.renew_spoken", number=number)
        buttons = (
            wish(
                scene,
                Intent.RENEW,
                label="renew_one",
                spoken=one,
                style=Style.PRIMARY,
                loan_ids=as_json([loan.loan_id]),
            ),
        )
    badge = scene.policy.words.renewed if loan.renewals else ""
    title, kana = name_of(loan.title, CARD_TITLE), loan.title.title_kana
    return Card(title, tuple(rows), buttons, badge, Tone.GOOD, number, kana)


def due_tone(scene: Scene, due_on: date) -> Tone:
    """How a due date reads: calm, soon, or past."""
    left = (due_on - scene.today).days
    if left < 0:
        return Tone.WARNING
    return Tone.SOON if left <= scene.policy.renewal.due_soon_days else Tone.PLAIN


def days_left(scene: Scene, due_on: date) -> str:
    """あと3日, 今日まで, 2日過ぎています."""
    left = (due_on - scene.today).days
    if left == 0:
        return scene.say.text("loans.left_today")
    return scene.say.text("loans.left" if left > 0 else "loans.left_over", days=abs(left))


def reservation_card(scene: Scene, number: int, item: Reservation) -> Card:
    """A reservation with its state, and 取り消す where the rules allow it."""
    say, state = scene.say, shown_state(scene, item)
    rows = [*holder_rows(scene, scene.card_number), *_author(item.title), *_queue_rows(scene, item)]
    rows.append(Row(place_of(scene, item.pickup_branch), say.text("reservations.place_label")))
    rows += _kept_rows(scene, item, state)
    contact = say.text(f"reserve.contact.{item.contact.value}")
    rows.append(Row(contact, say.text("reservations.contact_label"), Tone.QUIET))
    tone = {"ready": Tone.GOOD, "run_out": Tone.WARNING}.get(state, Tone.PLAIN)
    title = name_of(item.title, CARD_TITLE) if item.title else item.request_text
    buttons = (*_cancel_buttons(scene, number, item), *_change_button(scene, number, item))
    kana = item.title.title_kana if item.title else ""
    return Card(title, tuple(rows), buttons, say.text(f"reservations.state.{state}"), tone, number, kana)


def shown_state(scene: Scene, item: Reservation) -> str:
    """The state as patrons see it: `run_out` where it was ready and its last day has passed."""
    has_run_out = item.state is ReservationState.READY and pickup.has_run_out(item, scene.today)
    return "run_out" if has_run_out else item.state.value


def _kept_rows(scene: Scene, item: Reservation, state: str) -> list[Row]:
    """Until when it is kept, and what happens then; whether it can be picked up is the rule's to say."""
    if item.state is not ReservationState.READY:
        return []
    say, reasons = scene.say, pickup.decide(PickupFacts(item), scene.today).reasons
    rows: list[Row] = []
    if item.pickup_by is not None:
        tone = Tone.WARNING if reasons else due_tone(scene, item.pickup_by)
        rows.append(
            Row(
                say.text("reservations.kept_until", pickup_by=item.pickup_by),
                scene.policy.words.pickup_by,
                tone,
            )
        )
    if reasons:
        return [*rows, *reason_rows(scene, "pickup", reasons)]
    return [*rows, Row(say.text("reservations.ready_hint"), tone=Tone.QUIET)]


def _queue_rows(scene: Scene, item: Reservation) -> list[Row]:
    if item.state is not ReservationState.QUEUED or item.queue_position is None:
        return []
    length = item.queue_length or item.queue_position
    place = scene.say.text("reservations.queue", position=item.queue_position, length=length)
    return [Row(place, scene.say.text("reservations.queue_label"))]


def _cancel_buttons(scene: Scene, number: int, item: Reservation) -> tuple[Button, ...]:
    decision = cancellation.decide(CancellationFacts(scene.card_number, item), scene.policy)
    if not decision.allowed:
        return reach_staff(scene, decision.phone_branch)
    spoken = scene.say.text("reservations.cancel_spoken", number=number)
    ids = as_json([item.reservation_id])
    cancel = wish(scene, Intent.CANCEL_RESERVATION, label="cancel_one", spoken=spoken, reservation_ids=ids)
    return (cancel,)


def _change_button(scene: Scene, number: int, item: Reservation) -> tuple[Button, ...]:
    """Another pickup branch or another way to be told, while it only waits."""
    if not may_change(scene, item):
        return ()
    label = "change_one" if len(scene.policy.pickup_branches) > 1 else "change_contact_of"
    ids, spoken = as_json([item.reservation_id]), scene.say.text("change.pick_spoken", number=number)
    return (
        wish(scene, Intent.LIST_RESERVATIONS, label=label, spoken=spoken, do="change", reservation_ids=ids),
    )


def may_change(scene: Scene, item: Reservation) -> bool:
    """Whether there is anything about a reservation that its patron may change."""
    patron = scene.library.find_patron(scene.card_number)
    wished = ReservationChange(item.pickup_branch, Contact.NONE)
    return patron is not None and change.decide(ChangeFacts(patron, item), wished).allowed


def _author(title: Title | None) -> list[Row]:
    return [Row(title.author, tone=Tone.QUIET)] if title and title.author else []
