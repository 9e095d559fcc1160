"""The whole path, as `madoguchi demo` opens it: two processes, real HTTP, a real signature, the real record.

A person links a card on the pages, asks for a renewal in words, taps, and the due date moves in the database.
"""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from open_counter import OpenCounter, open_counter
from phone import Phone, labels_of, text_of, wait_for

from bot.demo.data_files import DemoCard
from bot.library import ReservationState
from bot.messages.dates import day_text

pytestmark = pytest.mark.process

LIBRARIES = ("mito", "kyoto")


@pytest.fixture(scope="module", params=LIBRARIES)
def counter(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OpenCounter]:
    with open_counter(request.param, tmp_path_factory.mktemp(request.param)) as opened:
        yield opened


def linked(counter: OpenCounter, name: str, card: DemoCard) -> Phone:
    """A new friend with this card linked by its password."""
    phone, _ = Phone.of_a_new_friend(counter.phone_address, name)
    phone.signs_in(
        phone.taps(phone.says("カードを連携したい"), "同意して進む"), card.card_number, card.password
    )
    return phone


def test_a_card_is_linked_and_a_loan_renewed_and_the_due_date_moves(counter: OpenCounter) -> None:
    card = next(card for card in counter.world.cards if card.password and counter.renewable(card.card_number))
    phone, greeting = Phone.of_a_new_friend(counter.phone_address, "花子")
    assert counter.policy.name in text_of(greeting)
    offer = phone.says("カードを連携したい")
    told = phone.signs_in(phone.taps(offer, "同意して進む"), card.card_number, card.password)
    assert card.name.split()[0] in text_of(told)

    before = counter.due_dates(card.card_number)
    renewable = counter.renewable(card.card_number)
    answer = phone.says("延長して")
    if len(renewable) > 1:
        answer = phone.taps(answer, "延長する")
    assert counter.due_dates(card.card_number) == before, "nothing changes before it was confirmed"
    done = phone.taps(answer, "はい、延長する")
    after = counter.due_dates(card.card_number)
    [moved] = [loan_id for loan_id in before if after[loan_id] != before[loan_id]]
    title, new_due_on = renewable[moved]
    assert after[moved] == (new_due_on, before[moved][1] + 1)
    assert title in text_of(done)
    assert day_text(new_due_on) in text_of(done)

    again = phone.taps(answer, "はい、延長する")
    assert counter.due_dates(card.card_number) == after, "a used button changes nothing"
    assert again, "and says so"


def test_a_title_is_reserved_by_buttons_and_cancelled_in_words(counter: OpenCounter) -> None:
    card = next(
        card for card in counter.world.cards if card.password and not counter.reserved(card.card_number)
    )
    title = counter.reservable(card.card_number)
    phone = linked(counter, "太郎", card)
    answer = phone.says(f"『{title}』を予約したい")
    for label in ("これにする", counter.policy.pickup_branches[0].full_name, "LINE（おすすめ）"):
        if label in labels_of(answer):
            answer = phone.taps(answer, label)
    assert counter.reserved(card.card_number) == {}, "nothing changes before it was confirmed"
    phone.taps(answer, "はい、申し込む")
    assert counter.reserved(card.card_number) == {title: ReservationState.QUEUED}

    phone.says(f"『{title}』の予約を取り消して")
    assert counter.reserved(card.card_number) == {title: ReservationState.QUEUED}
    phone.says("はい")
    assert counter.reserved(card.card_number) == {}


def test_a_first_password_is_made_on_the_pages_as_the_library_has_it(counter: OpenCounter) -> None:
    card = next(card for card in counter.world.cards if not card.password)
    phone, _ = Phone.of_a_new_friend(counter.phone_address, "次郎")
    browser = phone.opens_sign_in(phone.taps(phone.says("カードを連携したい"), "同意して進む"))
    new = {"new_password": "atarashii1", "new_password_again": "atarashii1", "email": ""}
    if counter.policy.password.first_registration == "by_patron":
        browser.follows("/link/register")
        born = card.birth_date.isoformat()
        browser.sends_form(card_number=card.card_number, name=card.name, birth_date=born)
    else:
        browser.sends_form(card_number=card.card_number, password=card.temporary_password)
        assert "/link/password" in browser.address
    browser.sends_form(**new)
    assert card.name.split()[0] in text_of(phone.agrees(browser))
    assert linked(counter, "三郎", replace(card, password="atarashii1"))


def test_after_unlinking_nothing_of_the_record_is_shown(counter: OpenCounter) -> None:
    card = next(card for card in counter.world.cards if card.password and counter.due_dates(card.card_number))
    phone = linked(counter, "四郎", card)
    titles = counter.titles_on_loan(card.card_number)
    assert all(title in text_of(phone.says("貸出一覧")) for title in titles[:1])
    phone.says("連携を解除して")
    phone.says("はい")
    answer = text_of(phone.says("貸出一覧"))
    assert not any(title in answer for title in titles)


@pytest.mark.parametrize(
    "switches",
    [
        {"duplicate_webhooks": 1},
        {"fail_calls": 1, "fail_status": 500},
        {"fail_calls": 2, "fail_status": 429},
        {"lose_answers": 1},
        {"api_delay_ms": 700},
    ],
    ids=str,
)
def test_a_message_is_answered_once_whatever_line_does(
    counter: OpenCounter, switches: dict[str, int]
) -> None:
    phone, greeting = Phone.of_a_new_friend(counter.phone_address, "七子")
    phone.misbehaves(**switches)
    answer = phone.says("東部図書館の電話番号")
    wait_for(counter.is_quiet, "the end of all sending")
    phone.misbehaves()
    assert phone.heard() == len(greeting) + len(answer)


UNUSUAL = [
    {"type": "text", "text": "あ" * 5000},
    {"type": "text", "text": "📚🐈📚"},
    {"type": "text", "text": "\u202e\u0007\u200f延長\u2066して"},
    {"type": "text", "text": "『'; DROP TABLE loans; --』ある？"},
    {"type": "text", "text": "<script>alert(1)</script>を予約"},
    {"type": "text", "text": "{phone} {w.reserve} %s %(x)s {{0}}"},
    {"type": "sticker", "packageId": "446", "stickerId": "1988"},
    {"type": "image"},
    {"type": "location", "title": "駅前", "address": "1-1", "latitude": 35.0, "longitude": 139.0},
    {"type": "file", "fileName": "a.pdf", "fileSize": 12},
    {"type": "audio", "duration": 3000},
    {"type": "video", "duration": 3000},
]


def test_whatever_is_sent_is_answered_and_breaks_nothing(counter: OpenCounter) -> None:
    phone, _ = Phone.of_a_new_friend(counter.phone_address, "五郎")
    for message in UNUSUAL:
        phone.sends(message)
        assert text_of(phone.hears()), message["type"]
    assert '"level": "error"' not in counter.world.log_file.read_text("utf-8")


def test_the_log_holds_nothing_of_anybody(counter: OpenCounter) -> None:
    card = next(card for card in counter.world.cards if card.password and counter.due_dates(card.card_number))
    phone = linked(counter, "六郎", card)
    phone.says("延長して")
    log = counter.world.log_file.read_text("utf-8")
    secrets = [
        card.card_number,
        card.password,
        card.name,
        phone.line_user_id,
        "延長して",
        "linkToken=",
        "nonce",
    ]
    for secret in [*secrets, *counter.titles_on_loan(card.card_number)]:
        assert secret not in log
