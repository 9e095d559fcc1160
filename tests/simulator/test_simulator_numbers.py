"""What LINE counts: quota by month, messages by day, units, narrowcasts, openings and links."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from linebot.v3.insight import ApiClient, Configuration, Insight
from linebot.v3.insight import ApiException as InsightException
from linebot.v3.messaging import (
    BroadcastRequest,
    Message,
    MulticastRequest,
    NarrowcastRequest,
    PushMessageRequest,
)
from listening_bot import ListeningBot
from simulated_line import SECRET, TOKEN, Line, push_request, refused, reply_request, texts

from simulator.settings import Settings
from simulator.state import Person
from simulator.statistics import FEWEST_SHOWN, MOST_UNITS

TODAY = "20260105"
URL = "https://example.com/new"


@pytest.fixture
def insight(line: Line) -> Iterator[Insight]:
    with ApiClient(Configuration(access_token=TOKEN, host=line.url)) as client:
        yield Insight(client)


def crowd(line: Line, count: int) -> list[Person]:
    """Friends whose coming was told to nobody."""
    return line.platform.people.crowd(count)


def with_link(url: str = URL) -> Message:
    """A message with a button that opens an address."""
    action = {"type": "uri", "label": "くわしく", "uri": url}
    template = {"type": "buttons", "text": "新着図書", "actions": [action]}
    return Message.from_dict({"type": "template", "altText": "新着図書", "template": template})


def open_and_tap(line: Line, person: Person, taps: int = 1) -> None:
    """Look at the chat and tap the last message's link."""
    message_id = line.chat(person)["messages"][-1]["id"]
    for _ in range(taps):
        action = {"type": "uri", "label": "くわしく", "uri": URL}
        line.call("POST", f"/users/{person.number}/chats/me/taps", action=action, message=message_id)


@pytest.fixture
def settings(bot: ListeningBot) -> Settings:
    return Settings(bot.url, SECRET, TOKEN, monthly_quota=3)


def test_the_quota_counts_people_and_begins_anew_with_the_month_in_japan(line: Line) -> None:
    one, two, _ = crowd(line, 3)
    line.api.broadcast(BroadcastRequest(messages=texts("一", "二")))
    assert line.api.get_message_quota_consumption().total_usage == 3
    assert refused(lambda: line.api.push_message(push_request(one, "三"))).status == 429
    both = MulticastRequest(to=[one.user_id, two.user_id], messages=texts("四"))
    line.clock.advance(timedelta(days=26, hours=13, minutes=59))  # 23:59 of the 31st.
    assert refused(lambda: line.api.multicast(both)).status == 429
    line.clock.advance(timedelta(minutes=1))
    line.api.multicast(both)
    assert line.api.get_message_quota_consumption().total_usage == 2


def test_a_multicast_beyond_the_quota_reaches_nobody(line: Line) -> None:
    people = crowd(line, 4)
    to = [person.user_id for person in people]
    assert refused(lambda: line.api.multicast(MulticastRequest(to=to, messages=texts("一")))).status == 429
    assert all(line.texts(person) == [] for person in people)
    assert line.api.get_message_quota_consumption().total_usage == 0


def test_messages_are_counted_by_day_and_kind(line: Line, insight: Insight) -> None:
    person = line.friend()
    line.api.reply_message(reply_request(line.says(person, "あ")["replyToken"], "はい"))
    line.api.push_message(push_request(person, "一"))
    line.api.multicast(MulticastRequest(to=[person.user_id], messages=texts("二")))
    line.api.broadcast(BroadcastRequest(messages=texts("三")))
    for count in (
        line.api.get_number_of_sent_reply_messages,
        line.api.get_number_of_sent_push_messages,
        line.api.get_number_of_sent_multicast_messages,
        line.api.get_number_of_sent_broadcast_messages,
    ):
        assert (count(TODAY).status, count(TODAY).success) == ("ready", 1)
        assert count("20260104").success == 0
        assert count("20260106").status == "unready"
    day = insight.get_number_of_message_deliveries(TODAY)
    assert (day.api_push, day.api_broadcast, day.api_narrowcast) == (1, 1, None)
    assert refused(lambda: line.api.get_number_of_sent_push_messages("2026-1-5")).status == 400


def test_followers_are_counted(line: Line, insight: Insight) -> None:
    person, _ = line.friend(), line.friend("たけし")
    line.call("POST", f"/users/{person.number}/block")
    now = insight.get_number_of_followers(var_date=TODAY)
    assert (now.followers, now.targeted_reaches, now.blocks) == (2, 1, 1)


class TestWithoutQuota:
    """Sending to many."""

    @pytest.fixture
    def settings(self, bot: ListeningBot) -> Settings:
        return Settings(bot.url, SECRET, TOKEN)

    def test_openings_and_links_of_a_broadcast_are_withheld_while_they_are_few(
        self, line: Line, insight: Insight
    ) -> None:
        people = crowd(line, FEWEST_SHOWN)
        sent = line.api.broadcast_with_http_info(BroadcastRequest(messages=[*texts("一"), with_link()]))
        request_id = sent.headers["x-line-request-id"]
        for person in people[1:]:
            open_and_tap(line, person, taps=2)
        found = insight.get_message_event(request_id)
        assert (found.overview.delivered, found.overview.unique_impression) == (FEWEST_SHOWN, None)
        [link] = found.clicks
        assert (link.seq, link.url, link.click, link.unique_click) == (2, URL, 2 * (FEWEST_SHOWN - 1), None)
        open_and_tap(line, people[0])
        found = insight.get_message_event(request_id)
        assert (found.overview.unique_impression, found.overview.unique_click) == (FEWEST_SHOWN, FEWEST_SHOWN)
        assert [message.impression for message in found.messages] == [FEWEST_SHOWN, FEWEST_SHOWN]
        assert found.clicks[0].unique_click_of_request == FEWEST_SHOWN

    def test_pushes_have_no_statistics_of_their_own(self, line: Line, insight: Insight) -> None:
        sent = line.api.push_message_with_http_info(push_request(line.friend(), "一"))
        with pytest.raises(InsightException) as caught:
            insight.get_message_event(sent.headers["x-line-request-id"])
        assert caught.value.status == 400

    def test_what_goes_out_under_a_name_is_counted_together(self, line: Line, insight: Insight) -> None:
        people = crowd(line, FEWEST_SHOWN)
        for person in people:
            line.api.push_message(
                PushMessageRequest(
                    to=person.user_id, messages=[with_link()], custom_aggregation_units=["notice_due"]
                )
            )
            open_and_tap(line, person)
        found = insight.get_statistics_per_unit("notice_due", TODAY, TODAY)
        assert (found.overview.unique_impression, found.overview.unique_click) == (FEWEST_SHOWN, FEWEST_SHOWN)
        assert found.messages[0].unique_impression == FEWEST_SHOWN
        assert insight.get_statistics_per_unit("notice_due", "20260106", "20260107").messages == []
        assert insight.get_statistics_per_unit("Notice_Due", TODAY, TODAY).messages == []
        with pytest.raises(InsightException):
            insight.get_statistics_per_unit("notice_due", "20260101", "20260201")

    def test_names_are_listed_for_the_month_and_are_a_thousand_at_most(self, line: Line) -> None:
        person = line.friend()
        for number in range(MOST_UNITS):
            line.platform.statistics.follow("push", str(number), f"u{number}", [], 1)
        line.api.push_message(
            PushMessageRequest(
                to=person.user_id, messages=texts("一"), custom_aggregation_units=["one_too_many"]
            )
        )
        assert line.texts(person) == ["一"]
        assert line.api.get_aggregation_unit_usage().num_of_custom_aggregation_units == MOST_UNITS
        first = line.api.get_aggregation_unit_name_list(limit="100")
        assert first.custom_aggregation_units[0] == "u0"
        second = line.api.get_aggregation_unit_name_list(limit="100", start=first.next)
        assert second.custom_aggregation_units[0] == "u100"
        line.clock.advance(timedelta(days=31))
        assert line.api.get_aggregation_unit_usage().num_of_custom_aggregation_units == 0

    @pytest.mark.parametrize("units", [["a", "b"], ["a-b"], ["あ"], ["a" * 31], [""]])
    def test_a_name_is_one_of_thirty_plain_characters(self, line: Line, units: list[str]) -> None:
        body = push_request(line.friend(), "一").to_dict() | {"customAggregationUnits": units}
        assert line.post("/v2/bot/message/push", body).status == 400

    def test_a_narrowcast_is_accepted_and_then_watched(self, line: Line) -> None:
        people, key = crowd(line, 3), str(uuid4())
        body = NarrowcastRequest(messages=texts("一"))
        sent = line.api.narrowcast_with_http_info(body, x_line_retry_key=key)
        assert sent.status_code == 202
        request_id = sent.headers["x-line-request-id"]
        phases = [line.api.get_narrowcast_progress(request_id).phase for _ in range(4)]
        assert phases == ["waiting", "sending", "succeeded", "succeeded"]
        assert line.api.get_narrowcast_progress(request_id).success_count == len(people)
        assert all(line.texts(person) == ["一"] for person in people)
        assert refused(lambda: line.api.narrowcast(body, x_line_retry_key=key)).status == 409
        assert refused(lambda: line.api.get_narrowcast_progress("unknown")).status == 404

    @pytest.mark.parametrize(
        ("more", "reached"),
        [
            ({"limit": {"max": 1}}, ["first"]),
            ({"recipient": {"type": "redelivery", "requestId": "EARLIER"}}, ["first"]),
            (
                {"recipient": {"type": "operator", "not": {"type": "redelivery", "requestId": "EARLIER"}}},
                ["second"],
            ),
        ],
    )
    def test_a_narrowcast_chooses_among_friends(
        self, line: Line, more: dict[str, Any], reached: list[str]
    ) -> None:
        first, second = crowd(line, 2)
        earlier = {"messages": [{"type": "text", "text": "先"}], "limit": {"max": 1}}
        request_id = line.post("/v2/bot/message/narrowcast", earlier).headers["x-line-request-id"]
        text = {"messages": [{"type": "text", "text": "後"}]}
        given = _with(more, request_id)
        assert line.post("/v2/bot/message/narrowcast", text | given).status == 202
        got = {"first": "後" in line.texts(first), "second": "後" in line.texts(second)}
        assert [name for name, has in got.items() if has] == reached

    @pytest.mark.parametrize(
        ("more", "status"),
        [
            ({"filter": {"demographic": {"type": "gender", "oneOf": ["male"]}}}, 403),
            ({"recipient": {"type": "audience", "audienceGroupId": 1}}, 400),
            ({"recipient": {"type": "redelivery", "requestId": "unknown"}}, 400),
        ],
    )
    def test_a_narrowcast_to_nobody_known_is_refused(
        self, line: Line, more: dict[str, Any], status: int
    ) -> None:
        person = line.friend()
        body = {"messages": [{"type": "text", "text": "一"}], **more}
        assert line.post("/v2/bot/message/narrowcast", body).status == status
        assert line.texts(person) == []


def test_a_narrowcast_may_use_up_what_is_left(line: Line) -> None:
    people = crowd(line, 4)
    body: dict[str, Any] = {"messages": [{"type": "text", "text": "一"}]}
    assert line.post("/v2/bot/message/narrowcast", body).status == 429
    body["limit"] = {"upToRemainingQuota": True}
    assert line.post("/v2/bot/message/narrowcast", body).status == 202
    assert [line.texts(person) for person in people] == [["一"], ["一"], ["一"], []]


def _with(value: Any, request_id: str) -> Any:
    if isinstance(value, dict):
        return {name: _with(part, request_id) for name, part in value.items()}
    return request_id if value == "EARLIER" else value
