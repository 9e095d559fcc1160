"""The demo's world as a whole: its policy, its record, its passwords."""

from datetime import UTC, datetime

import pytest
from demo_record import LIBRARIES

from bot import wiring
from bot.clock import StoppedClock
from bot.demo.world import World, build
from bot.library import SignIn
from bot.policies import load_policy
from bot.staff import Role, Stage
from bot.staff.model import Opened
from bot.staff.sealing import Sealer
from bot.staff.sign_in import StaffSignIn
from bot.storage.engine import open_engine, reading

CLOCK = StoppedClock(datetime(2026, 11, 24, 0, 0, tzinfo=UTC))


@pytest.fixture(scope="module", params=LIBRARIES)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("world")
    (folder / "madoguchi-demo.sqlite3").write_text("left by an earlier demo")
    return build(request.param, folder, CLOCK)


def test_the_policy_file_is_the_librarys_own_with_a_calendar_and_places_marked_as_samples(
    world: World,
) -> None:
    policy = load_policy(str(world.policy_file))
    plain = load_policy(world.policy_file.stem)
    assert policy.calendar is not None
    assert policy.calendar.sample
    without_places = tuple(
        branch.model_copy(update={"address": "", "map_url": ""}) for branch in policy.branches
    )
    assert policy.model_copy(update={"calendar": None, "branches": without_places}) == plain


def test_addresses_are_marked_as_samples_and_have_a_map(world: World) -> None:
    branches = load_policy(str(world.policy_file)).branches
    assert all("見本" in branch.address for branch in branches)
    assert len({branch.map_url for branch in branches}) == len(branches)
    assert not any(
        branch.address or branch.map_url for branch in load_policy(world.policy_file.stem).branches
    )


def test_every_card_opens_in_the_way_that_it_names(world: World) -> None:
    policy = load_policy(str(world.policy_file))
    engine = open_engine(world.database_url)
    with reading(engine) as session:
        desk = wiring.open_passwords(session, policy, CLOCK)
        library = wiring.open_library(session, policy, CLOCK)
        for card in (world.cards[0], *(card for card in world.cards if not card.password)):
            expected = _expected(card.password, card.temporary_password)
            typed = card.password or card.temporary_password or "mihon1234"
            assert desk.check(card.card_number, typed) is expected
            patron = library.find_patron(card.card_number)
            assert patron is not None
            assert (patron.name, patron.birth_date) == (card.name, card.birth_date)
    engine.dispose()


def _expected(password: str, temporary_password: str) -> SignIn:
    if password:
        return SignIn.ACCEPTED
    return SignIn.TEMPORARY if temporary_password else SignIn.REFUSED


def test_a_world_is_made_anew_over_an_earlier_one(world: World) -> None:
    engine = open_engine(world.database_url)  # What the fixture left there was no database.
    assert wiring.count_patrons(engine) == len(world.cards)
    engine.dispose()


def test_the_console_opens_with_what_is_told(world: World) -> None:
    policy = load_policy(str(world.policy_file))
    engine = open_engine(world.database_url)
    sign_in = StaffSignIn(engine, policy, CLOCK, Sealer("another key", CLOCK))
    first = sign_in.begin(world.staff.username, world.staff.password, "")
    assert isinstance(first, Opened)
    second = sign_in.code(first.token, world.staff.username, world.staff.recovery_codes[0], "")
    assert isinstance(second, Opened)
    assert second.stage is Stage.FULL
    signed_in = sign_in.who(second.token)
    assert signed_in is not None
    assert signed_in.account.roles == set(Role)
    engine.dispose()
