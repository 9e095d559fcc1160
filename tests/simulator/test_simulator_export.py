"""A conversation as a test case: read again as data, it says what was done and what was answered."""

import json
from typing import Any

import pytest
import yaml
from simulated_line import Line, ask, push_request

from simulator.state import Person

CARD = {
    "type": "bubble",
    "body": {
        "type": "box",
        "layout": "vertical",
        "contents": [{"type": "text", "text": "こころ: 『上』 #1\n期限 12月6日"}],
    },
    "footer": {
        "type": "box",
        "layout": "vertical",
        "contents": [
            {"type": "button", "action": {"type": "postback", "label": "延長する", "data": "DATA"}},
            {"type": "button", "action": {"type": "uri", "label": "地図", "uri": "https://example.com"}},
        ],
    },
}


def card(data: str) -> dict[str, Any]:
    """A card whose button sends this."""
    made: dict[str, Any] = json.loads(json.dumps(CARD).replace("DATA", data))
    return made


def button(data: str) -> dict[str, Any]:
    """Its button."""
    action: dict[str, Any] = card(data)["footer"]["contents"][0]["action"]
    return action


def exported(line: Line, person: Person, chat: str = "me", **query: str) -> Any:
    """The conversation, read again."""
    url = f"{line.url}/simulator/api/users/{person.number}/chats/{chat}/export"
    answer = ask("GET", url, fields=query)
    assert answer.status == 200
    text = answer.data.decode()
    return json.loads(text) if query.get("format") == "json" else yaml.safe_load(text)


@pytest.fixture
def person(line: Line) -> Person:
    """Somebody who has talked, tapped the second of two buttons of one name, and sent a picture."""
    person = line.friend()
    line.says(person, "貸出: 一覧\u2028")
    flex = {
        "type": "flex",
        "altText": "一覧",
        "contents": {"type": "carousel", "contents": [card("a"), card("b")]},
    }
    line.post("/v2/bot/message/push", {"to": person.user_id, "messages": [flex]})
    line.call("POST", f"/users/{person.number}/chats/me/taps", action=button("b"))
    line.api.push_message(push_request(person, "延長しました", "またどうぞ"))
    line.sends(person, {"type": "image"})
    line.api.push_message(push_request(person, "見えません"))
    return person


def test_what_was_said_and_tapped_comes_with_what_was_told(line: Line, person: Person) -> None:
    [case] = exported(line, person, name="延長: 二つ目")
    assert case["it"] == "延長: 二つ目"
    assert case["at"].isoformat() == "2026-01-05T10:00:00+09:00"
    said, tapped = case["talk"]
    assert said == {
        "said": "貸出: 一覧\u2028",
        "tells": ["こころ: 『上』 #1", "期限 12月6日"],
        "buttons": ["延長する", "延長する"],
    }
    assert tapped == {"tapped": "延長する@2", "tells": ["延長しました", "またどうぞ"], "buttons": []}


def numbered(number: str) -> dict[str, Any]:
    """A card with a number at its head."""
    made = card(number)
    made["body"]["contents"].insert(0, {"type": "text", "text": number})
    return made


def test_a_button_is_told_from_others_of_its_name_by_the_number_of_its_card(line: Line) -> None:
    person = line.friend()
    flex = {
        "type": "flex",
        "altText": "一覧",
        "contents": {"type": "carousel", "contents": [numbered("11"), numbered("12")]},
    }
    line.post("/v2/bot/message/push", {"to": person.user_id, "messages": [flex]})
    line.call("POST", f"/users/{person.number}/chats/me/taps", action=button("12"))
    [case] = exported(line, person)
    assert case["talk"][-1] == {"tapped": "延長する@12"}


def test_as_json_everything_is_kept(line: Line, person: Person) -> None:
    [case] = exported(line, person, format="json")
    kinds = [next(iter({"said", "tapped", "sent", "did"} & set(step))) for step in case["talk"]]
    assert kinds == ["did", "said", "tapped", "sent"]
    assert case["talk"][2]["action"] == button("b")
    assert [message["type"] for message in case["talk"][1]["heard"]] == ["flex"]
    assert case["talk"][3]["heard"] == [{"type": "text", "text": "見えません"}]


def test_in_a_group_it_says_who(line: Line) -> None:
    one, two = line.friend("はなこ"), line.friend("たけし")
    chat = line.call("POST", "/groups", users=[one.number, two.number])["chat"]
    for person in (one, two):
        message = {"type": "text", "text": "やあ"}
        line.call("POST", f"/users/{person.number}/chats/{chat}/messages", message=message)
    [case] = exported(line, one, chat)
    assert [step["who"] for step in case["talk"]] == ["はなこ", "たけし"]


def test_an_empty_conversation_is_a_case_without_steps(line: Line) -> None:
    [case] = exported(line, line.platform.state.add_person("よそ"))
    assert case["talk"] is None
