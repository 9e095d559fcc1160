"""LINE takes every answer in bad cases, too: titles of 300 characters, fifteen loans and reservations, several cards,
each library's words, buttons or plain text, usual or easy words or readings. (`Rim` looks at every answer.)
"""

from datetime import date
from typing import Any

import pytest

from bot.messages.limits import ALT_TEXT_UNITS, BUTTON_LABEL, CARD_VALUE, TEXT_UNITS, units
from bot.messages.wording import Wording, easy_texts, places, texts
from bot.policies import load_policy
from tests.dialogue.flows.player import WHO, Databases, Player

TITLE = "長い題名の図書館資料、" * 27 + "終わり"
"""300 characters."""
COUNT = 15
SAID = (
    *(
        "貸出一覧",
        "もっと見る",
        "家族ぜんぶの返却日",
        "全部延長して",
        "はい",
        "予約一覧",
        "もっと見る",
        "予約全部キャンセルして",
    ),
    *(
        "いいえ",
        "長い題名を探して",
        "長い題名を予約",
        "1番",
        "はい",
        "2番を延長",
        "何ができる？",
        "延長は何回まで？",
        "開館時間は？",
    ),
    *(
        "娘の本を延長して",
        "職員と話したい",
        "カードを見せて",
        "パスワードを忘れた",
        "連携を解除したい",
        "あ" * 5000,
    ),
)


def _record() -> dict[str, Any]:
    ids = [f"bad{number}" for number in range(COUNT * 2)]
    work = {
        "title": TITLE,
        "title_kana": "ながいだいめい" * 43,
        "author": "長い名の著者" * 50,
        "publisher": "出版社" * 100,
    }
    return {
        "titles": [{"title_id": one, **work, "volume": f"{at}巻"} for at, one in enumerate(ids)],
        "copies": [
            {"barcode": f"c-{one}", "title_id": one, "branch": "BRANCH", "shelf": "書架" * 150} for one in ids
        ],
        "loans": [
            {
                "loan_id": one,
                "card_number": "hanako",
                "barcode": f"c-{one}",
                "due_on": date(2026, 11, 23 + at),
            }
            for at, one in enumerate(ids[: COUNT - 8])
        ]
        + [
            {"loan_id": one, "card_number": "hanako", "barcode": f"c-{one}"} for one in ids[COUNT - 8 : COUNT]
        ],
        "reservations": [
            {"reservation_id": one, "card_number": "hanako", "title_id": one} for one in ids[COUNT:]
        ],
    }


@pytest.mark.parametrize("reading", ["", "easy", "kana"])
@pytest.mark.parametrize("layout", ["", "plain"])
@pytest.mark.parametrize("library", ["mito", "kyoto"])
def test_every_answer_can_be_sent(library: str, layout: str, reading: str, databases: Databases) -> None:
    player = Player({"cards": ["taro", "hanako"], "record": _record()}, library, databases, layout)
    player.rim.set(WHO, "reading", reading)
    for said in SAID:
        player.say(said)
        assert player.messages


@pytest.mark.parametrize("easy", [False, True], ids=["usual", "easy"])
@pytest.mark.parametrize("library", ["mito", "kyoto"])
def test_no_text_is_longer_than_line_allows_whatever_is_put_in(library: str, easy: bool) -> None:
    wording = Wording(load_policy(library), easy=easy)
    for key, variants in texts().items():
        said = wording.text(key, **_filled((easy_texts().get(key) if easy else None) or variants, TITLE))
        longest = ALT_TEXT_UNITS if key.endswith(".alt") else TEXT_UNITS
        assert units(said) <= longest, key


@pytest.mark.parametrize("easy", [False, True], ids=["usual", "easy"])
@pytest.mark.parametrize("library", ["mito", "kyoto"])
def test_no_text_of_a_card_is_cut_with_usual_values(library: str, easy: bool) -> None:
    """What stands in a card's rows is cut at a length that only a very long value may reach."""
    wording = Wording(load_policy(library), easy=easy)
    for key, variants in texts().items():
        if key.split(".")[0] not in {"mails", "delivery"}:
            said = wording.text(
                key, **_filled((easy_texts().get(key) if easy else None) or variants, "十文字のふつうの値")
            )
            assert len(said) <= (BUTTON_LABEL if key.startswith("buttons.") else CARD_VALUE), key


def _filled(variants: tuple[str, ...], value: str) -> dict[str, Any]:
    """A value for every place of the texts."""
    return {place: value for text in variants for place in places(text) if "." not in place}
