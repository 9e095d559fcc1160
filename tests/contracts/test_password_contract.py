"""What every password desk does, and that its time does not tell a known card from an unknown one."""

from collections.abc import Callable
from datetime import date
from time import perf_counter
from typing import Any

import pytest
from library_world import CARD, World, a_patron, together

from bot.library import PasswordReason, RegistrationOutcome, SignIn

MakeWorld = Callable[[str], World]
BORN = date(1950, 4, 1)
GOOD = "a good password 1"
UNKNOWN = "9999999999"


def check(world: World, password: str, card_number: str = CARD) -> SignIn:
    with world.passwords() as passwords:
        return passwords.check(card_number, password)


def register(world: World, card_number: str = CARD, **differs: Any) -> RegistrationOutcome:
    usual = {
        "name": "水戸 花子",
        "birth_date": BORN,
        "new_password": GOOD,
        "new_password_again": GOOD,
        "email": "",
    }
    with world.passwords() as passwords:
        return passwords.register(card_number, **usual | differs)


def change(world: World, password: str, **differs: Any) -> RegistrationOutcome:
    usual = {"new_password": GOOD, "new_password_again": GOOD, "email": ""}
    with world.passwords() as passwords:
        return passwords.change(CARD, password=password, **usual | differs)


def email(world: World) -> str:
    with world.library() as library:
        patron = library.find_patron(CARD)
    assert patron is not None
    return patron.email


def test_a_password_opens_its_card_alone(world: World) -> None:
    world.put(a_patron(), a_patron("200"))
    world.set_password(CARD, GOOD)
    assert check(world, GOOD) is SignIn.ACCEPTED
    assert check(world, GOOD.upper()) is SignIn.REFUSED
    assert check(world, GOOD, "200") is SignIn.REFUSED
    assert check(world, GOOD, UNKNOWN) is SignIn.REFUSED


def test_a_temporary_password_is_told_to_be_one(world: World) -> None:
    world.put(a_patron())
    world.set_password(CARD, "temporary1", temporary=True)
    assert check(world, "temporary1") is SignIn.TEMPORARY


def test_a_first_password_is_registered_once(world: World) -> None:
    world.put(a_patron())
    assert register(world).done
    again = {"new_password": "another password", "new_password_again": "another password"}
    assert register(world, **again) == RegistrationOutcome(False)
    assert check(world, GOOD) is SignIn.ACCEPTED


def test_of_several_who_register_at_one_moment_one_is_recorded(world: World) -> None:
    world.put(a_patron())

    def attempt(number: int) -> bool:
        own = f"{GOOD} {number}"
        return register(world, new_password=own, new_password_again=own).done

    done = together(3, attempt)
    assert sum(done) == 1
    assert check(world, f"{GOOD} {done.index(True)}") is SignIn.ACCEPTED


@pytest.mark.parametrize(
    "differs",
    [
        {"name": "水戸 太郎"},
        {"name": ""},
        {"birth_date": date(1950, 4, 2)},
        {"card_number": UNKNOWN},
    ],
)
def test_a_stranger_registers_nothing(world: World, differs: dict[str, Any]) -> None:
    world.put(a_patron(name_kana=""))
    assert register(world, **differs) == RegistrationOutcome(False)
    assert check(world, GOOD) is SignIn.REFUSED


@pytest.mark.parametrize("name", ["水戸花子", "水戸　花子", "ミト ハナコ", "ﾐﾄ ﾊﾅｺ"])
def test_a_name_may_be_written_in_several_ways(world: World, name: str) -> None:
    world.put(a_patron(name_kana="ミト ハナコ"))
    assert register(world, name=name).done


def test_a_card_with_a_temporary_password_is_not_registered_again(world: World) -> None:
    world.put(a_patron())
    world.set_password(CARD, "temporary1", temporary=True)
    assert register(world) == RegistrationOutcome(False)


def test_where_the_counter_gives_the_first_password_nobody_registers_one(make_world: MakeWorld) -> None:
    world = make_world("kyoto")
    world.put(a_patron())
    assert register(world) == RegistrationOutcome(False)


def test_a_bad_new_password_is_refused_with_all_its_reasons(world: World) -> None:
    world.put(a_patron())
    outcome = register(world, new_password="短い", new_password_again="短かい")
    assert outcome == RegistrationOutcome(
        False, (PasswordReason.TOO_SHORT, PasswordReason.NOT_HALF_WIDTH, PasswordReason.NOT_THE_SAME_TWICE)
    )
    assert register(world).done


def test_a_temporary_password_is_changed_into_ones_own(world: World) -> None:
    world.put(a_patron())
    world.set_password(CARD, "temporary1", temporary=True)
    assert change(world, "temporary1", new_password="temporary1").reasons == (
        PasswordReason.SAME_AS_TEMPORARY,
        PasswordReason.NOT_THE_SAME_TWICE,
    )
    assert change(world, "temporary1").done
    assert check(world, "temporary1") is SignIn.REFUSED
    assert check(world, GOOD) is SignIn.ACCEPTED


def test_nobody_changes_a_password_without_knowing_it(world: World) -> None:
    world.put(a_patron())
    world.set_password(CARD, "the old one 1")
    assert change(world, "a guess") == RegistrationOutcome(False)
    assert check(world, "the old one 1") is SignIn.ACCEPTED


def test_an_address_given_with_a_password_is_recorded_and_an_empty_one_changes_nothing(world: World) -> None:
    world.put(a_patron(email="old@example.jp"))
    assert register(world, email="").email_before == "old@example.jp"
    assert email(world) == "old@example.jp"
    change(world, GOOD, new_password=f"{GOOD}2", new_password_again=f"{GOOD}2", email="new@example.jp")
    assert email(world) == "new@example.jp"


def seconds(do: Callable[[], object]) -> float:
    """The least of several runs: what the machine does beside makes some of them longer."""

    def once() -> float:
        start = perf_counter()
        do()
        return perf_counter() - start

    return min(once() for _ in range(3))


@pytest.mark.real_hashing
def test_an_unknown_card_costs_the_same_time_as_a_known_one(world: World) -> None:
    world.put(a_patron(), a_patron("200"))
    world.set_password(CARD, GOOD)
    seconds(lambda: check(world, "wrong", UNKNOWN))  # The first of all makes a hash to compare with.
    known = seconds(lambda: check(world, "wrong"))
    # Without the hash that belongs to nobody it would be a hundredth of it.
    for card_number in ("200", UNKNOWN):
        assert seconds(lambda card=card_number: check(world, "wrong", card)) > known / 3  # type: ignore[misc]


@pytest.mark.real_hashing
def test_registering_an_unknown_card_costs_the_same_time_as_a_known_one(world: World) -> None:
    world.put(a_patron())
    known = seconds(lambda: register(world, name="somebody else"))
    assert seconds(lambda: register(world, UNKNOWN)) > known / 3
