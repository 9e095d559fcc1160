"""Performs what concerns reservations and what leads to them: the cart, and volumes that follow an earlier one."""

from typing import TypeAlias

from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.dialogue.effects import (
    AddToCart,
    CartOutcome,
    ChangeReservation,
    FollowUpOutcome,
    RemoveFromCart,
    ReserveTitle,
    Result,
    StopFollowUp,
)
from bot.library import Channel, Library, ReservationOutcome
from bot.storage.carts import Cart
from bot.storage.follow_ups import FollowUps

Wish: TypeAlias = ReserveTitle | ChangeReservation | AddToCart | RemoveFromCart | StopFollowUp


class WishEffects:
    """What one LINE user wishes to reserve, within the turn's transaction."""

    def __init__(self, session: Session, clock: Clock, library: Library, line_user_id: str) -> None:
        self._session = session
        self._clock = clock
        self._library = library
        self._line_user_id = line_user_id
        self._follow_ups = FollowUps(session, clock)

    def perform(self, effect: Wish) -> Result:
        """What became of it."""
        match effect:
            case ReserveTitle():
                return self._reserve(effect)
            case ChangeReservation(card_number, reservation_id, branch, contact):
                return self._library.change_reservation(
                    card_number, reservation_id, pickup_branch=branch, contact=contact
                )
            case AddToCart(card_number, title_ids, most):
                added = self._cart(card_number).add(title_ids, most=most)
                return CartOutcome(added, bool(added))
            case RemoveFromCart(card_number, title_ids):
                removed = self._cart(card_number).remove(title_ids)
                return CartOutcome(removed, bool(removed))
            case StopFollowUp(card_number, follow_up_id):
                was_there = self._follow_ups.stop(self._line_user_id, card_number, follow_up_id)
                return FollowUpOutcome(follow_up_id, was_there)

    def _reserve(self, effect: ReserveTitle) -> ReservationOutcome:
        """Reserve a title; once it is, it is in no cart any more, and its later volumes wait to follow."""
        outcome = self._library.reserve(
            effect.card_number,
            effect.title_id,
            pickup_branch=effect.pickup_branch,
            contact=effect.contact,
            channel=Channel.LINE,
            expected_queue_position=effect.expected_queue_position,
        )
        if not outcome.done:
            return outcome
        self._cart(effect.card_number).remove([effect.title_id, *effect.later])
        if effect.later:
            self._follow_ups.add(
                self._line_user_id,
                effect.card_number,
                after_title_id=effect.title_id,
                later=effect.later,
                pickup_branch=effect.pickup_branch,
                contact=effect.contact.value,
            )
        return outcome

    def _cart(self, card_number: str) -> Cart:
        return Cart(self._session, self._clock, self._line_user_id, card_number)
