"""What comes unasked (a new link, the desk's answer, a volume that followed) is shown and said as its reader wants."""

import json
from collections.abc import Callable
from typing import Final

import pytest

from bot.jobs.own_events import OwnEvents
from bot.storage.desk_messages import DeskMessages
from bot.storage.engine import writing
from tests.dialogue.flows.player import WHO, Databases, Player

RESERVED: Final = {
    "reservations": [{"reservation_id": "r1", "card_number": "hanako", "title_id": "sanshiro"}]
}
TIDINGS: Final[dict[str, Callable[[OwnEvents], None]]] = {
    "link.elsewhere": lambda own: own.card_linked_elsewhere(WHO, card_number="hanako", link_id="x"),
    "link.ended": lambda own: own.link_ended(WHO, card_number="hanako"),
    "link.failed": lambda own: own.link_failed(WHO),
    "link.registered": lambda own: own.password_registered(WHO, card_number="hanako"),
    "desk.answered": lambda own: own.desk_answered(WHO, number=1),
    "volumes.reserved": lambda own: own.followed_up(
        WHO, card_number="hanako", outcome={"titleId": "sanshiro"}
    ),
    "volumes.refused": lambda own: own.followed_up(
        WHO, card_number="hanako", outcome={"titleId": "sanshiro", "reasons": "in_library_use_only"}
    ),
    "volumes.ended": lambda own: own.followed_up(
        WHO, card_number="hanako", outcome={"titleId": "sanshiro", "ended": "gone"}
    ),
}
"""By the key of what is said."""


def _told(databases: Databases, key: str, **settings: str) -> tuple[Player, str]:
    player = Player({"record": RESERVED}, "mito", databases)
    player.say("職員に伝えて")
    player.say("傘を忘れました")
    player.say("はい")
    for name, value in settings.items():
        player.rim.set(WHO, name, value)
    with writing(player.database) as session:
        DeskMessages(session, player.clock).answer(1, "窓口でお預かりしています。")
        TIDINGS[key](OwnEvents(session, player.clock))
    finished = player.rim.run(WHO)
    assert finished is not None
    player.messages = finished.messages
    assert [reply.key for reply in player.heard] == [key]
    return player, json.dumps(finished.messages, ensure_ascii=False)


@pytest.mark.parametrize("key", list(TIDINGS))
def test_in_plain_text_they_are_text_with_numbers_that_work(key: str, databases: Databases) -> None:
    player, _ = _told(databases, key, layout="plain")
    assert {message["type"] for message in player.messages} == {"text"}
    numbers = player.rim.state().numbers
    assert key == "link.registered" or player.say(next(iter(numbers)))


@pytest.mark.parametrize("key", list(TIDINGS))
@pytest.mark.parametrize("layout", ["", "plain"])
def test_with_readings_they_are_in_easy_words_with_readings(
    key: str, layout: str, databases: Databases
) -> None:
    _, text = _told(databases, key, layout=layout, reading="kana")
    assert "（" in text
    assert not [stiff for stiff in ("ご確認ください", "いただ", "お心当たり") if stiff in text]
    assert any(
        read in text for read in ("図書館（としょかん）", "本（ほん）", "途中（とちゅう）", "続き（つづき）")
    )


@pytest.mark.parametrize("key", list(TIDINGS))
def test_usually_no_locked_screen_tells_a_work_or_a_holder(key: str, databases: Databases) -> None:
    player, _ = _told(databases, key)
    told = [message["altText"] for message in player.messages]
    assert not [alt for alt in told for secret in ("三四郎", "花子", "傘") if secret in alt]
