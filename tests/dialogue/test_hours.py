"""Opening hours from a calendar, marked where it is a sample; with what staff changed over it."""

from datetime import date, timedelta

import pytest

from bot.policies.calendar import Calendar, Hours, SpecialDays, YearlyClosure
from bot.storage.calendar import Closures, SpecialEntry
from bot.storage.engine import writing
from tests.dialogue.flows.player import Databases, Player

HOURS = Hours(weekday="09:30-19:00", saturday="09:30-17:00", sunday="")
CALENDAR = Calendar(
    closed_weekdays=("mon",), closed_days=(date(2026, 12, 29),), hours={"chuo": HOURS, "tobu": HOURS}
)

USUAL = Hours(weekday="09:30-19:00", saturday="09:30-17:00", sunday="09:30-17:00", holiday="09:30-17:00")
NEW_YEAR = YearlyClosure.model_validate({"from": "12-29", "until": "01-03", "reason": "年末年始"})
FULL = Calendar(
    closed_weekdays=("mon",),
    closed_monthly=("4_thu", "last_day"),
    closed_yearly=(NEW_YEAR,),
    holidays="open_then_closed",
    hours=dict.fromkeys(("chuo", "tobu", "seibu", "miwa", "tsunezumi", "uchihara"), USUAL),
)
"""What a library's own may look like. The conversations begin on Tuesday, 24 November, after a holiday."""


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


ASKED = {
    "中央は明日やってる？": ["11月25日（水） 9:30〜19:00"],
    "中央は今日何時まで？": ["11月24日（火） 休館（祝日の振替）", "次に開くのは、11月25日（水）です"],
    "中央は祝日も？": [
        "毎週月曜日、第4木曜日、月の最後の日、12月29日〜1月3日",
        "休館日が祝日にあたるときは開館し、次の平日が休館です",
        "1月1日（金） 元日 休館（年末年始）",
        "1月11日（月） 成人の日 9:30〜17:00",
    ],
    "中央は年末は？": [
        "12月26日（土）〜12月27日（日） 9:30〜17:00",
        "12月28日（月） 休館",
        "〜12月31日（木） 休館（年末年始）",
    ],
    "中央の年末年始の開館日": [
        "12月29日（火）〜1月3日（日） 休館（年末年始）",
        "次に開くのは、1月5日（火）です",
    ],
    "中央は来週の月曜は？": ["11月30日（月） 休館", "次に開くのは、12月1日（火）です"],
    "中央の月曜は休みだっけ": ["決まった休館日 毎週月曜日", "12月7日（月） 休館"],
    "中央の次の休館日は？": [
        "11月24日（火） 休館（祝日の振替）",
        "11月26日（木） 休館",
        "11月30日（月） 休館",
    ],
    "中央の来月の休館日": [
        "12月7日（月） 休館",
        "12月24日（木） 休館",
        "12月29日（火）〜12月31日（木） 休館（年末年始）",
    ],
    "中央は土日は何時まで": ["11月28日（土）〜11月29日（日） 9:30〜17:00"],
    "中央は連休はやってる？": ["1月1日（金）〜1月3日（日） 休館（年末年始）"],
    "中央はゴールデンウィークはやってますか": [
        "4月29日（木） 9:30〜17:00",
        "5月6日（木） 休館（祝日の振替）",
    ],
    "中央の12月の休館日": ["12月7日（月） 休館", "12月24日（木） 休館"],
    "中央は第3木曜は休み？": ["12月17日（木） 9:30〜19:00"],
    "中央は平日は何時まで": ["11月25日（水） 9:30〜19:00", "11月27日（金） 9:30〜19:00"],
    "中央の年始の休館日": ["1月1日（金）〜1月3日（日） 休館（年末年始）", "次に開くのは、1月5日（火）です"],
}
"""Said of one branch, and what is heard among other things."""


@pytest.mark.parametrize("said", ASKED)
def test_one_branch_on_days_that_are_asked_for(databases: Databases, said: str) -> None:
    player = _player(databases, FULL)
    assert player.say(said) == ["hours.one"]
    assert [part for part in ASKED[said] if part not in player.heard_text()] == []


ASKED_OF_ALL = {
    "明日やってる？": ("hours.all", ["11月25日（水）の開館時間", "中央 9:30〜19:00", "内原 9:30〜19:00"]),
    "11月30日は開いてますか": ("hours.all", ["中央 休館。次に開くのは12月1日（火）"]),
    "1月11日は開いてますか": ("hours.all", ["成人の日です", "中央 9:30〜17:00"]),
    "祝日は開いてますか": ("hours.all", ["元日です", "中央 休館（年末年始）。次に開くのは1月5日（火）"]),
    "年末年始は開いてますか": (
        "hours.branches",
        ["中央 休館 12月28日（月）、12月29日（火）〜1月3日（日）（年末年始）、"],
    ),
    "次の休館日は？": ("hours.branches", ["中央 休館 11月24日（火）（祝日の振替）、11月26日（木）"]),
    "土日は何時まで": ("hours.branches", ["中央 11月28日（土）〜11月29日（日） 9:30〜17:00"]),
    "月曜休みだっけ": ("hours.all", ["11月30日（月）の開館時間", "中央 休館。次に開くのは12月1日（火）"]),
    "成人の日はやってますか": ("hours.all", ["1月11日（月）の開館時間", "成人の日です", "中央 9:30〜17:00"]),
    "夏休みは開いてますか": ("hours.unclear_day", ["ホームページかお電話で"]),
}


@pytest.mark.parametrize("said", ASKED_OF_ALL)
def test_all_branches_where_none_is_named(databases: Databases, said: str) -> None:
    player = _player(databases, FULL)
    key, tells = ASKED_OF_ALL[said]
    assert player.say(said) == [key]
    assert [part for part in tells if part not in player.heard_text()] == []


def test_a_question_that_goes_on_is_about_the_same_branch_and_all_are_one_tap_away(
    databases: Databases,
) -> None:
    player = _player(databases, FULL)
    player.say("東部は祝日も？")
    assert player.say("年末は？") == ["hours.one"]
    assert "水戸市立東部図書館" in player.heard_text()
    player.tap(player.button("ほかの館も見る"))
    assert "中央 休館 12月28日（月）、12月29日（火）〜12月31日（木）（年末年始）" in player.heard_text()
    assert player.say("年末は？") == ["hours.branches"]


def test_closed_days_of_all_branches_are_one_tap_away(databases: Databases) -> None:
    player = _player(databases, FULL)
    player.say("東部の休館日を教えて")
    player.tap(player.button("ほかの館も見る"))
    assert "内原 休館 11月24日（火）" in player.heard_text()


def test_after_closing_time_it_is_said_that_today_is_over(databases: Databases) -> None:
    player = _player(databases, FULL)
    player.clock.advance(timedelta(days=1, hours=8, minutes=59))
    player.say("中央は今日何時まで？")
    assert "11月25日（水） 9:30〜19:00 " in f"{player.heard_text()} "
    player.clock.advance(timedelta(minutes=1))
    player.say("中央は今日何時まで？")
    assert "9:30〜19:00（本日は閉館しました）" in player.heard_text()


def test_what_staff_enter_is_told_by_the_next_answer_with_its_reason(databases: Databases) -> None:
    player = _player(databases, FULL)
    typhoon = SpecialEntry("tobu", date(2026, 11, 25), date(2026, 11, 25), reason="台風のため")
    with writing(player.database) as session:
        Closures(session, player.clock).add(typhoon, by="desk")
    player.say("明日やってる？")
    assert "東部 休館（台風のため）。次に開くのは11月27日（金）" in player.heard_text()
    with writing(player.database) as session:
        Closures(session, player.clock).add(
            SpecialEntry("", date(2026, 11, 30), date(2026, 11, 30), "10:00-15:00"), by="desk"
        )
    player.say("11月30日は開いてますか")
    assert "中央 10:00〜15:00" in player.heard_text()


def test_without_a_calendar_a_sudden_closure_is_told_and_nothing_else_is_made_up(
    databases: Databases,
) -> None:
    player = Player({"card": ""}, "kyoto", databases)
    with writing(player.database) as session:
        Closures(session, player.clock).add(
            SpecialEntry("", date(2026, 11, 24), date(2026, 11, 25), reason="台風のため"), by="desk"
        )
    assert player.say("明日やってる？") == ["hours.unknown"]
    assert "11月24日（火）〜11月25日（水） 休館（台風のため）" in player.heard_text()
    player.say("場所を教えて")
    assert "今日 休館（台風のため）" in player.heard_text()
    player.say("職員と話したい")
    assert "休館（台風のため）" in player.heard_text()


def test_special_days_of_the_policy_are_told_without_a_calendar(databases: Databases) -> None:
    player = Player({"card": ""}, "mito", databases)
    days = [
        {"branches": ("tobu",), "from": date(2027, 2, 1), "until": date(2027, 2, 5), "reason": "蔵書点検"},
        {"from": date(2026, 12, 5), "until": date(2026, 12, 5), "hours": "10:00-15:00"},
        {"from": date(2026, 11, 1), "until": date(2026, 11, 2)},
    ]
    special = tuple(SpecialDays.model_validate(one) for one in days)
    player.rim.policy = player.rim.policy.model_copy(update={"special_days": special})
    player.say("開館時間は？")
    assert "12月5日（土） 全館 10:00〜15:00" in player.heard_text()
    assert "2月1日（月）〜2月5日（金） 東部 休館（蔵書点検）" in player.heard_text()
    assert "11月1日" not in player.heard_text()


def test_each_kind_of_regular_closed_day_is_told(databases: Databases) -> None:
    rules = Calendar(
        closed_weekdays=("mon", "fri"),
        closed_monthly=("15", "last_workday", "last_wed"),
        holidays="closed",
        hours={},
    )
    player = _player(databases, rules)
    player.say("中央の休館日を教えて")
    wanted = "毎週月曜日、毎週金曜日、毎月15日、月の最後の平日、月の最後の水曜日、祝日"
    assert wanted in player.heard_text()
    player = _player(databases, rules.model_copy(update={"holidays": "open"}))
    player.say("中央の休館日を教えて")
    assert "毎週・毎月の休館日が祝日にあたるときは開館します" in player.heard_text()


def test_in_easy_words(databases: Databases) -> None:
    player = _player(databases, FULL)
    player.say("やさしい日本語で")
    player.say("中央の次の休館日は？")
    assert "休み（祝日のかわり）" in player.heard_text()
    assert "そのときは次の平日が休みです" in player.heard_text()


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
