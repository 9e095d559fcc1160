"""The cards to try: named, made up, easy to type, accepted by the rules."""

import re
from datetime import date

import pytest
from demo_record import LIBRARIES

from bot.demo.data.people import read_library_file
from bot.demo.data_files import demo_cards
from bot.policies import load_policy
from bot.rules.passwords import reasons_against

TODAY = date(2026, 11, 24)


@pytest.fixture(params=LIBRARIES)
def library(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_there_are_thirty_cards_of_one_form(library: str) -> None:
    cards, form = demo_cards(library), read_library_file(library).card_number_form
    assert len({card.card_number for card in cards}) == 30
    assert [card for card in cards if not re.fullmatch(form, card.card_number)] == []
    assert len({card.name for card in cards}) == 30


def test_the_two_libraries_have_cards_of_different_forms() -> None:
    assert len({len(demo_cards(library)[0].card_number) for library in LIBRARIES}) == 2


def test_each_card_says_in_both_languages_what_it_shows(library: str) -> None:
    for card in demo_cards(library):
        assert re.search("[ぁ-んァ-ヶ一-龠]", card.shows_ja)
        assert re.search("[a-z]{3}", card.shows_en)


def test_passwords_are_accepted_by_the_rules(library: str) -> None:
    policy = load_policy(library)
    for card in demo_cards(library):
        for password in (card.password, card.temporary_password):
            assert not password or not reasons_against(
                password, password, card_number=card.card_number, temporary=None, policy=policy
            )


def test_one_of_the_first_eight_begins_as_a_new_patron_does(library: str) -> None:
    first = demo_cards(library)[:8]
    new = [card for card in first if not card.password]
    assert len(new) == 1
    assert bool(new[0].temporary_password) == (library == "kyoto")


def test_how_to_sign_in_names_what_must_be_typed() -> None:
    mito, kyoto = demo_cards("mito"), demo_cards("kyoto")
    assert mito[0].password in mito[0].how_to_sign_in()
    [new] = [card for card in mito if not card.password]
    assert new.name in new.how_to_sign_in()
    assert new.birth_date.isoformat() in new.how_to_sign_in()
    [temporary] = [card for card in kyoto if card.temporary_password]
    assert temporary.temporary_password in temporary.how_to_sign_in()


def test_patrons_are_young_and_old_and_write_to_example_addresses(library: str) -> None:
    people = read_library_file(library).patron
    ages = [(TODAY - person.birth_date).days / 365.25 for person in people]
    assert min(ages) < 10 < 90 < max(ages)
    addresses = [person.email for person in people if person.email]
    assert len(set(addresses)) == len(addresses) < len(people)
    assert [address for address in addresses if not address.endswith(("@example.jp", "@example.com"))] == []
    assert [p.name for p in people if not re.fullmatch("[ァ-ヶー]+ [ァ-ヶー]+", p.name_kana)] == []


def test_patrons_live_near_every_branch(library: str) -> None:
    homes = {person.home_branch for person in read_library_file(library).patron}
    assert homes == {branch.code for branch in load_policy(library).branches}
