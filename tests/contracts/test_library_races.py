"""Several acting at one moment, each on a connection of their own: two LINE accounts with one card, web, counter."""

from concurrent.futures import ThreadPoolExecutor, wait

from library_world import (
    CARD,
    OTHER,
    RENEWED_UNTIL,
    World,
    a_copy,
    a_loan,
    a_patron,
    a_reservation,
    a_title,
    together,
)

from bot.library import Contact, RenewalReason, ReservationOutcome, ReservationReason

AT_ONCE = 6


def reserve(world: World, card_number: str, title_id: str) -> ReservationOutcome:
    with world.library() as library:
        return library.reserve(card_number, title_id, pickup_branch="chuo", contact=Contact.LINE)


def test_nobody_gets_a_sixteenth_reservation(world: World) -> None:
    titles = [a_title(f"t{number}") for number in range(14 + AT_ONCE)]
    copies = [a_copy(f"b-{title.title_id}", title.title_id) for title in titles]
    world.put(a_patron(), *titles, *copies, *(a_reservation(title.title_id) for title in titles[:14]))
    outcomes = together(AT_ONCE, lambda number: reserve(world, CARD, f"t{14 + number}"))
    assert sum(outcome.done for outcome in outcomes) == 1
    refused = [outcome.reasons for outcome in outcomes if not outcome.done]
    assert refused == [(ReservationReason.LIMIT_REACHED,)] * (AT_ONCE - 1)
    with world.library() as library:
        assert library.list_reservations(CARD).count == 15


def test_nobody_gets_the_same_reservation_twice(world: World) -> None:
    world.put(a_patron(), a_title(), a_copy())
    outcomes = together(AT_ONCE, lambda _: reserve(world, CARD, "kokoro"))
    assert sum(outcome.done for outcome in outcomes) == 1
    refused = [outcome.reasons for outcome in outcomes if not outcome.done]
    assert refused == [(ReservationReason.ALREADY_RESERVED,)] * (AT_ONCE - 1)
    with world.library() as library:
        assert library.list_reservations(CARD).count == 1


def test_nobody_gets_a_second_renewal(world: World) -> None:
    world.put(a_patron(), a_title(), a_copy(), a_loan())

    def renew(_: int) -> bool:
        with world.library() as library:
            return library.renew(CARD, "loan-b1", expected_due_on=RENEWED_UNTIL).done

    assert sum(together(AT_ONCE, renew)) == 1
    with world.library() as library:
        [facts] = library.list_loans(CARD)
    assert facts.loan is not None
    assert facts.loan.renewals == 1


def test_every_patron_gets_a_place_of_their_own_in_a_queue(world: World) -> None:
    cards = [str(2000 + number) for number in range(AT_ONCE)]
    world.put(a_title(), a_copy(), *(a_patron(card) for card in cards))
    outcomes = together(AT_ONCE, lambda number: reserve(world, cards[number], "kokoro"))
    assert sorted(outcome.queue_position or 0 for outcome in outcomes) == list(range(1, AT_ONCE + 1))


def test_a_confirmed_place_is_given_to_one_alone(world: World) -> None:
    cards = [str(2000 + number) for number in range(AT_ONCE)]
    world.put(a_title(), a_copy(), *(a_patron(card) for card in cards))

    def reserve_first(number: int) -> bool:
        with world.library() as library:
            return library.reserve(
                cards[number],
                "kokoro",
                pickup_branch="chuo",
                contact=Contact.LINE,
                expected_queue_position=1,
            ).done

    assert sum(together(AT_ONCE, reserve_first)) == 1


def test_a_reservation_is_cancelled_once(world: World) -> None:
    world.put(a_patron(), a_title(), a_reservation(reservation_id="r1"))

    def cancel(_: int) -> bool:
        with world.library() as library:
            return library.cancel(CARD, "r1").done

    assert sum(together(AT_ONCE, cancel)) == 1


def test_a_renewal_waits_for_a_reservation_that_arrives_at_the_same_moment(world: World) -> None:
    world.put(a_patron(), a_patron(OTHER), a_title(), a_copy(), a_loan())

    def renew() -> tuple[bool, tuple[RenewalReason, ...]]:
        with world.library() as library:
            outcome = library.renew(CARD, "loan-b1", expected_due_on=RENEWED_UNTIL)
        return outcome.done, outcome.reasons

    with ThreadPoolExecutor(1) as thread:
        with world.library() as library:
            assert library.reserve(OTHER, "kokoro", pickup_branch="chuo", contact=Contact.LINE).done
            renewal = thread.submit(renew)
            # A library that does not wait would have renewed by then; one that waits can't.
            finished, _ = wait([renewal], timeout=0.3)
            assert not finished
        assert renewal.result() == (False, (RenewalReason.RESERVED_BY_OTHER,))


def test_a_reservation_waits_for_a_renewal_that_arrives_at_the_same_moment(world: World) -> None:
    world.put(a_patron(), a_patron(OTHER), a_title(), a_copy(), a_loan())
    with ThreadPoolExecutor(1) as thread:
        with world.library() as library:
            assert library.renew(CARD, "loan-b1", expected_due_on=RENEWED_UNTIL).done
            reservation = thread.submit(reserve, world, OTHER, "kokoro")
            finished, _ = wait([reservation], timeout=0.3)
            assert not finished
        assert reservation.result().done


def test_many_patrons_renewing_and_reserving_each_others_titles_never_stop_each_other(world: World) -> None:
    cards = [str(2000 + number) for number in range(AT_ONCE)]
    for number, card in enumerate(cards):
        world.put(a_patron(card), a_title(f"t{number}"), a_copy(f"b{number}", f"t{number}"))
        world.put(a_loan(f"b{number}", f"t{number}", card_number=card))

    def act(number: int) -> None:
        with world.library() as library:
            library.renew(cards[number], f"loan-b{number}", expected_due_on=RENEWED_UNTIL)
        for step in range(1, AT_ONCE):
            reserve(world, cards[number], f"t{(number + step) % AT_ONCE}")

    together(AT_ONCE, act)
    with world.library() as library:
        assert [library.list_reservations(card).count for card in cards] == [AT_ONCE - 1] * AT_ONCE
