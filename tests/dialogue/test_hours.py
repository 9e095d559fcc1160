"""Opening hours from a calendar, marked where it is a sample."""

from datetime import date

import pytest

from bot.policies.calendar import Calendar, Hours
from tests.dialogue.flows.player import Databases, Player

HOURS = Hours(weekday="09:30-19:00", saturday="09:30-17:00", sunday="")
CALENDAR = Calendar(
    closed_weekdays=("mon",), closed_days=(date(2026, 12, 29),), hours={"chuo": HOURS, "tobu": HOURS}
)


def _player(databases: Databases, calendar: Calendar = CALENDAR) -> Player:
    player = Player({"card": ""}, "mito", databases)
    player.rim.policy = player.rim.policy.model_copy(update={"calendar": calendar})
    return player


@pytest.mark.parametrize(
    ("said", "tells"),
    [
        ("中央図書館は11月25日は開いてますか", ["11月25日（水）", "9:30〜19:00"]),
        ("中央図書館は11月28日は開いてますか", ["9:30〜17:00"]),
        ("中央図書館は11月29日は開いてますか", ["休館", "次に開くのは、12月1日（火）です"]),
        ("中央図書館は12月29日は開いてますか", ["休館", "次に開くのは、12月30日（水）です"]),
        ("中央図書館の開館時間", ["11月24日（火）", "11月30日（月）", "休館"]),
    ],
)
def test_one_branch(databases: Databases, said: str, tells: list[str]) -> None:
    player = _player(databases)
    assert player.say(said) == ["hours.one"]
    assert [part for part in tells if part not in player.heard_text()] == []
    assert "見本" not in player.heard_text()


def test_all_branches_on_a_day_and_no_hours_made_up(databases: Databases) -> None:
    player = _player(databases)
    assert player.say("11月25日は開いてますか") == ["hours.all"]
    assert "内原 開館（時間はお電話で" in player.heard_text()


def test_a_sample_is_called_one(databases: Databases) -> None:
    player = _player(databases, CALENDAR.model_copy(update={"sample": True}))
    player.say("中央図書館の開館時間")
    assert "この予定は見本です" in player.heard_text()


def test_a_time_of_year_is_not_guessed(databases: Databases) -> None:
    assert _player(databases).say("年末年始は開いてますか") == ["hours.unclear_day"]


def test_an_address_and_a_map_are_told_where_the_policy_has_them(databases: Databases) -> None:
    player = _player(databases)
    player.say("東部図書館の場所")
    assert "地図を見る" not in str(player.messages)
    branches = tuple(
        branch.model_copy(update={"address": "見本町1-1", "map_url": "https://maps.example.jp/tobu"})
        for branch in player.rim.policy.branches
    )
    player.rim.policy = player.rim.policy.model_copy(update={"branches": branches})
    player.say("東部図書館の場所")
    assert "見本町1-1" in player.heard_text()
    assert "https://maps.example.jp/tobu" in str(player.messages)


def test_who_looks_for_staff_is_told_todays_hours_where_they_are_known(databases: Databases) -> None:
    player = _player(databases)
    assert player.say("職員と話したい") == ["desk.staff"]
    assert "今日の中央 9:30〜19:00" in player.heard_text()
