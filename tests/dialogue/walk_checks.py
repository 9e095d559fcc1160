"""What must hold after each step of a random patron: of the record, of the answer, and of both together."""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from typing import Any, Final

from bot.dialogue.effects import (
    CancelReservation,
    ChangeReservation,
    Effect,
    KeepSetting,
    RenewLoan,
    ReserveTitle,
)
from bot.dialogue.memory import FREE_EFFECTS
from bot.library import ACTIVE_STATES, ReservationState
from bot.messages.replies import Cards, Reply
from bot.policies import Policy
from bot.rules.reservation_life import TRANSITIONS

Record = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Rows by table and id, as `Player.record` gives them."""

UNCONFIRMED = (*FREE_EFFECTS, KeepSetting)
"""What needs no confirmation: it changes nothing at the library and is undone by one tap."""


def _reachable() -> set[tuple[str, str]]:
    """Which state may come after which, in one step or several: the counter often takes several at once."""
    moves = {(before.value, after.value) for (before, _), after in TRANSITIONS.items()}
    while True:
        more = {(a, d) for a, b in moves for c, d in moves if b == c} - moves
        if not more:
            return moves
        moves |= more


_MOVES = _reachable()
IN_CHAT: Final = frozenset({("queued", "cancelled"), ("in_preparation", "cancelled")})
"""What a patron can come to by words and taps; all else is the counter's."""


def check_record(record: Record, policy: Policy) -> None:
    """The record obeys the rules, whoever did what in whichever order."""
    active = [
        row for row in record["reservations"].values() if ReservationState(row["state"]) in ACTIVE_STATES
    ]
    counts = Counter(row["card_number"] for row in active)
    assert all(count <= policy.reservation.limit for count in counts.values())
    titles = [(row["card_number"], row["title_id"]) for row in active]
    assert len(titles) == len(set(titles)), "a title is reserved twice by one patron"
    lent = [row["barcode"] for row in record["loans"].values() if row["returned_on"] is None]
    aside = [row["barcode"] for row in active if row["barcode"]]
    assert len(lent + aside) == len({*lent, *aside}), "a copy is in two places"
    assert all(row["renewals"] <= policy.renewal.limit for row in record["loans"].values())


def check_moves(before: Record, after: Record, moves: Set[tuple[str, str]] = _MOVES) -> None:
    """Every reservation went on by the table of its states; a closed one stayed closed."""
    for reservation_id, row in after["reservations"].items():
        was = before["reservations"].get(reservation_id)
        state = was["state"] if was else "queued"
        assert row["state"] == state or (state, row["state"]) in moves, f"{state} became {row['state']}"


def check_changes(before: Record, after: Record, effects: Sequence[Effect]) -> None:
    """All that changed in a turn is what its effects say, and nothing else."""
    renewed = {effect.loan_id: effect for effect in effects if isinstance(effect, RenewLoan)}
    for loan_id in _changed(before["loans"], after["loans"]):
        was, now = before["loans"][loan_id], after["loans"][loan_id]
        assert loan_id in renewed, "a loan was changed that nobody asked to renew"
        assert now["card_number"] == renewed[loan_id].card_number
        assert now["due_on"] == renewed[loan_id].expected_due_on, "not the date that was confirmed"
        assert now["renewals"] == was["renewals"] + 1
    for reservation_id in _changed(before["reservations"], after["reservations"]):
        assert _is_explained(before, after, reservation_id, effects)


def _is_explained(before: Record, after: Record, reservation_id: str, effects: Sequence[Effect]) -> bool:
    was, now = before["reservations"].get(reservation_id), after["reservations"][reservation_id]
    if was is None:
        return any(
            isinstance(effect, ReserveTitle)
            and (effect.card_number, effect.title_id) == (now["card_number"], now["title_id"])
            and (effect.pickup_branch, effect.contact.value) == (now["pickup_branch"], now["contact"])
            for effect in effects
        )
    kinds = CancelReservation if now["state"] == "cancelled" else ChangeReservation
    return any(
        isinstance(effect, kinds)
        and (effect.card_number, effect.reservation_id) == (now["card_number"], reservation_id)
        for effect in effects
    )


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    assert set(before) <= set(after), "a row was lost"
    return [row_id for row_id, row in after.items() if before.get(row_id) != row]


def check_discretion(messages: Sequence[Mapping[str, Any]], secrets: Sequence[str]) -> None:
    """No locked screen tells a title or a name."""
    for message in messages:
        assert not [secret for secret in secrets if secret in message.get("altText", "")]


def meaning(replies: Sequence[Reply]) -> list[Any]:
    """What an answer says, apart from which of several wordings it has, and from the way back, told once in words."""
    said: list[Any] = []
    for reply in (reply for reply in replies if reply.key != "side.can_go_on"):
        cards = reply.cards if isinstance(reply, Cards) else ()
        shown = [
            (card.title, card.badge, card.rows, [button.label for button in card.buttons]) for card in cards
        ]
        said.append((reply.key, dict(reply.values), shown))
    return said
