"""What words of a patron name: works in the catalogue, volumes of a series, places of a list."""

from time import thread_time

import pytest

from bot.dialogue.finding import Wanted, is_meant, meant_exactly, wanted_in
from bot.dialogue.listing import ordinals_in, picked
from bot.library import Title
from tests.dialogue.flows.player import Databases, Player

UPPER = Title("n1", "ノルウェイの森", "のるうぇいのもり", "村上春樹", volume="上")
LOWER = Title("n2", "ノルウェイの森", "のるうぇいのもり", "村上春樹", volume="下")
FIFTH = Title("k5", "キングダム", "きんぐだむ", "原泰久", volume="5")
WRITTEN_OUT = Title("k6", "キングダム 6", "きんぐだむ", "原泰久")
PART = Title("p2", "ねじまき鳥クロニクル", author="村上春樹", volume="第2部")
BOOK = Title("b3", "1Q84", author="村上春樹", volume="BOOK3")
ISSUE = Title("m", "暮しの手帖", issue="2026年11月号")
KOKORO = Title("k", "こころ", "こころ", "夏目漱石")
LONGER = Title("s", "こころの処方箋", "こころのしょほうせん", "河合隼雄")


@pytest.mark.parametrize(
    ("title", "words"),
    [
        (UPPER, "ノルウェイの森"),
        (UPPER, "ノルウェイ"),
        (UPPER, "のるうぇい"),
        (UPPER, "ﾉﾙｳｪｲの森"),
        (UPPER, "ノルウェイの森 上"),
        (UPPER, "ノルウェイの森の上巻"),
        (UPPER, "上巻"),
        (LOWER, "下"),
        (FIFTH, "キングダム5巻"),
        (FIFTH, "キングダム第5巻"),
        (FIFTH, "５巻"),
        (WRITTEN_OUT, "キングダム6巻"),
        (PART, "ねじまき鳥クロニクル第2部"),
        (PART, "第2部"),
        (BOOK, "1Q84 BOOK3"),
        (BOOK, "1q84の3巻"),
        (ISSUE, "暮しの手帖11月号"),
        (ISSUE, "暮しの手帖 2026年11月号"),
    ],
)
def test_words_name_a_work(title: Title, words: str) -> None:
    assert is_meant(title, words)


@pytest.mark.parametrize(
    ("title", "words"),
    [
        (UPPER, "下巻"),
        (UPPER, "ノルウェイの森 下"),
        (FIFTH, "キングダム15巻"),
        (FIFTH, "キングダム6巻"),
        (BOOK, "1Q84 BOOK2"),
        (ISSUE, "暮しの手帖10月号"),
        (KOKORO, ""),
        (KOKORO, "、"),
    ],
)
def test_words_name_another_work(title: Title, words: str) -> None:
    assert not is_meant(title, words)


def test_of_several_the_one_called_just_so_is_meant() -> None:
    assert meant_exactly([LONGER, KOKORO], Wanted(title="こころ")) == KOKORO


def test_two_called_just_so_are_both_possible() -> None:
    assert meant_exactly([UPPER, LOWER], Wanted(title="ノルウェイの森")) is None


def test_what_slots_name_keeps_the_order_said() -> None:
    slots = {"title": "こころ", "author": "夏目漱石", "more_titles": ["三四郎"]}
    assert wanted_in(slots) == [Wanted(title="こころ", author="夏目漱石"), Wanted(title="三四郎")]


@pytest.mark.parametrize("slots", [{}, {"branch": "東部"}, {"title": 3}, {"more_titles": "こころ"}])
def test_slots_that_name_no_work(slots: dict[str, object]) -> None:
    assert wanted_in(slots) == []


@pytest.mark.parametrize(
    ("text", "ordinals"),
    [
        ("2番を予約", [2]),
        ("１と３を予約して", [1, 3]),
        ("最後のを予約", [-1]),
        ("予約したい", []),
        ("一番目の本を予約", [1]),
    ],
)
def test_places_that_words_point_to(text: str, ordinals: list[int]) -> None:
    assert ordinals_in(text) == ordinals


@pytest.mark.parametrize(
    ("ordinals", "ids"),
    [
        ([1], ["a"]),
        ([-1], ["c"]),
        ([3, 1, 3], ["c", "a"]),
        ([4], None),
        ([0], None),
        ([-4], None),
        ([1, 9], None),
    ],
)
def test_places_of_a_list(ordinals: list[int], ids: list[str] | None) -> None:
    assert picked(["a", "b", "c"], ordinals) == ids


@pytest.mark.parametrize(
    "text",
    [
        "a " * 2500,
        "の" * 5000,
        "第1巻" * 1600,
        "%_\\" * 1000,
        "'; DROP TABLE titles; --",
        "<script>alert(1)</script>",
        "『" + "長" * 4000 + "』を予約",
        " ".join(f"『本{n}』と" for n in range(400)) + "を予約",
    ],
)
def test_nothing_that_is_looked_for_breaks_or_toils(text: str, databases: Databases) -> None:
    player = Player({}, "mito", databases)
    player.say("予約したい")
    began = thread_time()
    player.say(text)
    assert thread_time() - began < 5
    assert player.say("予約一覧")[0] == "reservations.none"
