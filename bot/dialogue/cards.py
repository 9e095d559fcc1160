"""One loan, reservation or title as a card of a list. What may be done stands there as a button, what may not doesn't."""

from datetime import date

from bot.dialogue.listing import name_of
from bot.dialogue.refusals import short_reason
from bot.dialogue.scene import Scene
from bot.dialogue.taps import dial, wish
from bot.intents import Intent
from bot.library import (
    CancellationFacts,
    Contact,
    CopyFacts,
    PickupFacts,
    RenewalFacts,
    Reservation,
    ReservationFacts,
    ReservationReason,
    ReservationRequest,
    ReservationState,
    Title,
)
from bot.messages.limits import CARD_TITLE
from bot.messages.replies import Button, Card, Row, Style, Tone
from bot.rules import cancellation, pickup, renewal, reservation

_MOST_PLACES = 3
"""Shelf places named on a card; more only say that there are more."""


def loan_card(scene: Scene, number: int, facts: RenewalFacts) -> Card:
    """A loan with its due date, and 延長する where the rules allow it."""
    loan = facts.loan
    if loan is None:
        raise ValueError("a list shows loans only")
    decision = renewal.decide(facts, scene.policy, scene.today)
    say, tone = scene.say, due_tone(scene, loan.due_on)
    rows = [
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
                loan_ids=[loan.loan_id],
            ),
        )
    badge = scene.policy.words.renewed if loan.renewals else ""
    return Card(name_of(loan.title, CARD_TITLE), tuple(rows), buttons, badge, Tone.GOOD, number)


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
    say = scene.say
    has_run_out = (
        not pickup.decide(PickupFacts(item), scene.today).allowed and item.state is ReservationState.READY
    )
    state = "run_out" if has_run_out else item.state.value
    place = scene.branch_full_name(item.pickup_branch)
    rows = [*_author(item.title), *_queue_rows(scene, item)]
    rows.append(Row(f"{place} {scene.policy.pickup.place}".strip(), say.text("reservations.place_label")))
    if item.pickup_by is not None and item.state is ReservationState.READY:
        tone = Tone.WARNING if has_run_out else due_tone(scene, item.pickup_by)
        rows.append(Row(say.text("loans.due", due_on=item.pickup_by), scene.policy.words.pickup_by, tone))
        rows.append(Row(say.text(f"reservations.{state}_hint"), tone=Tone.QUIET))
    contact = say.text(f"reserve.contact.{item.contact.value}")
    rows.append(Row(contact, say.text("reservations.contact_label"), Tone.QUIET))
    tone = {"ready": Tone.GOOD, "run_out": Tone.WARNING}.get(state, Tone.PLAIN)
    badge = say.text(f"reservations.state.{state}")
    title = name_of(item.title, CARD_TITLE) if item.title else item.request_text
    return Card(title, tuple(rows), _cancel_button(scene, number, item), badge, tone, number)


def title_card(scene: Scene, number: int, title: Title) -> Card:
    """A title with where its copies stand, and a button to reserve it where the rules allow one."""
    facts = _reservation_facts(scene, title)
    copies = facts.copies if facts else scene.library.list_copies(title.title_id)
    rows = [*_author(title), *_published(title), *copies_rows(scene, copies)]
    if facts is None:
        return Card(name_of(title, CARD_TITLE), tuple(rows), number=number)
    request = ReservationRequest(scene.policy.pickup.branches[0], Contact.LINE)
    decision = reservation.decide(facts, request, scene.policy, scene.today)
    buttons: tuple[Button, ...] = ()
    if decision.allowed:
        spoken = scene.say.text("search.reserve_spoken", number=number) if number else ""
        buttons = (
            wish(
                scene,
                Intent.RESERVE,
                label="reserve_one",
                spoken=spoken,
                style=Style.PRIMARY,
                title_id=title.title_id,
            ),
        )
    else:
        rows += _why_not(scene, decision.reasons)
    return Card(name_of(title, CARD_TITLE), tuple(rows), buttons, number=number)


def copies_rows(scene: Scene, copies: tuple[CopyFacts, ...]) -> list[Row]:
    """Where a title stands, or that all of it is out."""
    on_shelf = reservation.on_shelf(copies)
    if on_shelf:
        rows = [Row(place, tone=Tone.GOOD) for place in shelf_places(scene, on_shelf)]
        return [Row(scene.say.text("search.on_shelf"), tone=Tone.GOOD), *rows]
    if any(item.copy.use == "loan" for item in copies):
        return [Row(scene.say.text("search.all_out"), tone=Tone.PLAIN)]
    inside = shelf_places(scene, copies)
    return [Row(scene.say.text("search.in_library"), tone=Tone.PLAIN), *(Row(place) for place in inside)]


def shelf_places(scene: Scene, copies: tuple[CopyFacts, ...]) -> list[str]:
    """Branch, shelf and call number of each copy, each place once."""
    places: list[str] = []
    for item in copies:
        parts = (scene.branch_full_name(item.copy.branch), item.copy.shelf, item.copy.call_number)
        place = " ".join(part for part in parts if part)
        if place not in places:
            places.append(place)
    more = len(places) - _MOST_PLACES
    return places if more <= 0 else [*places[:_MOST_PLACES], scene.say.text("search.more_places", count=more)]


def _reservation_facts(scene: Scene, title: Title) -> ReservationFacts | None:
    if not scene.card_number:
        return None
    return scene.library.reservation_facts(scene.card_number, title.title_id)


def _why_not(scene: Scene, reasons: tuple[ReservationReason, ...]) -> list[Row]:
    """The first reason; a copy on the shelf needs none, for the place above says it."""
    if reasons[0] is ReservationReason.AVAILABLE_ON_SHELF:
        return [Row(scene.say.text("search.borrow_from_shelf"), tone=Tone.QUIET)]
    return [Row(scene.say.text(f"search.no_button.{reasons[0].value}"), tone=Tone.QUIET)]


def _queue_rows(scene: Scene, item: Reservation) -> list[Row]:
    if item.state is not ReservationState.QUEUED or item.queue_position is None:
        return []
    length = item.queue_length or item.queue_position
    place = scene.say.text("reservations.queue", position=item.queue_position, length=length)
    return [Row(place, scene.say.text("reservations.queue_label"))]


def _cancel_button(scene: Scene, number: int, item: Reservation) -> tuple[Button, ...]:
    decision = cancellation.decide(CancellationFacts(scene.card_number, item), scene.policy)
    if not decision.allowed:
        return (dial(scene, decision.phone_branch),)
    spoken = scene.say.text("reservations.cancel_spoken", number=number)
    return (
        wish(
            scene,
            Intent.CANCEL_RESERVATION,
            label="cancel_one",
            spoken=spoken,
            reservation_ids=[item.reservation_id],
        ),
    )


def _author(title: Title | None) -> list[Row]:
    return [Row(title.author, tone=Tone.QUIET)] if title and title.author else []


def _published(title: Title) -> list[Row]:
    made = " ".join(part for part in (title.publisher, title.published) if part)
    return [Row(made, tone=Tone.QUIET)] if made else []
