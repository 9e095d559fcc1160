"""Every kind of event of LINE's, known and unknown, from plain JSON."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.events import Chat, EventKind, LinkOutcome
from bot.line.events import (
    CARD_LINKED_ELSEWHERE,
    EPOCH,
    LINK_ENDED,
    LINK_FAILED,
    PASSWORD_REGISTERED,
    read_event,
)

USER = "U00000000000000000000000000000001"
GROUP = "C00000000000000000000000000000001"
COMMON: dict[str, Any] = {
    "mode": "active",
    "timestamp": 1767225600000,
    "webhookEventId": "01JGEXAMPLE0000000000000AA",
    "deliveryContext": {"isRedelivery": False},
    "source": {"type": "user", "userId": USER},
}
IN_GROUP = {"source": {"type": "group", "groupId": GROUP}}
NONCE = "bm9uY2UtZXhhbXBsZQ=="


def message(kind: str, **fields: Any) -> dict[str, Any]:
    """A message event."""
    return {"type": "message", "replyToken": "rt", "message": {"type": kind, "id": "1001", **fields}}


def postback(data: str, **fields: Any) -> dict[str, Any]:
    """A postback event."""
    return {"type": "postback", "replyToken": "rt", "postback": {"data": data, **fields}}


TOLD = [
    (message("text", text="貸出状況", quoteToken="q"), EventKind.TEXT, {"text": "貸出状況"}),
    (message("text", text="a\x00b\ud83d"), EventKind.TEXT, {"text": "ab\ufffd"}),
    (message("text", text="\ud83d\udcda"), EventKind.TEXT, {"text": "📚"}),
    (message("text"), EventKind.UNKNOWN_MESSAGE, {"text": ""}),
    (message("sticker", packageId="446", stickerId="1988"), EventKind.STICKER, {}),
    (message("image", contentProvider={"type": "line"}), EventKind.IMAGE, {}),
    (message("video", duration=1), EventKind.VIDEO, {}),
    (message("audio", duration=3000), EventKind.AUDIO, {}),
    (message("file", fileName="a.pdf", fileSize=12), EventKind.FILE, {}),
    (message("location", title="駅前", latitude=35.0), EventKind.LOCATION, {}),
    (message("hologram"), EventKind.UNKNOWN_MESSAGE, {}),
    ({"type": "message", "replyToken": "rt"}, EventKind.UNKNOWN_MESSAGE, {}),
    (postback("b1"), EventKind.TAP, {"button_id": "b1"}),
    (
        postback("b1", params={"date": "2026-01-15"}),
        EventKind.TAP,
        {"button_id": "b1", "params": {"date": "2026-01-15"}},
    ),
    (postback("x" * 301), EventKind.TAP, {"button_id": ""}),
    ({"type": "follow", "follow": {"isUnblocked": False}}, EventKind.FOLLOW, {"is_unblocked": False}),
    ({"type": "follow", "follow": {"isUnblocked": True}}, EventKind.FOLLOW, {"is_unblocked": True}),
    ({"type": "follow"}, EventKind.FOLLOW, {"is_unblocked": False}),
    (
        {"type": "accountLink", "link": {"result": "ok", "nonce": NONCE}},
        EventKind.LINKED,
        {"link": None},
    ),
    (
        {"type": "accountLink", "link": {"result": "failed", "nonce": NONCE}},
        EventKind.LINKED,
        {"link": LinkOutcome.FAILED},
    ),
    (
        {"type": CARD_LINKED_ELSEWHERE, "cardNumber": "100", "linkId": "l1"},
        EventKind.CARD_LINKED_ELSEWHERE,
        {"card_number": "100", "link_id": "l1"},
    ),
    ({"type": LINK_ENDED, "cardNumber": "100"}, EventKind.LINK_ENDED, {"card_number": "100"}),
    ({"type": LINK_FAILED}, EventKind.LINKED, {"link": LinkOutcome.FAILED}),
    (
        {"type": PASSWORD_REGISTERED, "cardNumber": "100"},
        EventKind.PASSWORD_REGISTERED,
        {"card_number": "100"},
    ),
]


@pytest.mark.parametrize(("raw", "kind", "fields"), TOLD)
def test_an_event_in_private_means_this_to_the_dialogue(
    raw: dict[str, Any], kind: EventKind, fields: dict[str, Any]
) -> None:
    incoming = read_event(COMMON | raw)
    event = incoming.event
    assert event is not None
    assert (event.kind, event.chat, event.line_user_id) == (kind, Chat.PRIVATE, USER)
    assert {name: getattr(event, name) for name in fields} == fields
    assert (incoming.chat_id, incoming.is_private, incoming.is_active) == (USER, True, True)
    assert incoming.at == event.at == datetime(2026, 1, 1, tzinfo=UTC)


SILENT = [
    {"type": "unfollow"},
    {"type": "unsend", "unsend": {"messageId": "1001"}},
    {"type": "messageEdited", "replyToken": "rt", "message": {"type": "text", "id": "1001", "text": "x"}},
    {"type": "videoPlayComplete", "replyToken": "rt", "videoPlayComplete": {"trackingId": "guide-1"}},
    {"type": "beacon", "replyToken": "rt", "beacon": {"hwid": "d41d8cd98f", "type": "enter"}},
    {"type": "membership", "replyToken": "rt", "membership": {"type": "joined", "membershipId": 1}},
    {"type": "somethingNew", "replyToken": "rt"},
    {"type": 7},
    {},
    postback("tab", params={"newRichMenuAliasId": "menu-b", "status": "SUCCESS"}),
    postback("tab", params={"status": "RICHMENU_NOTFOUND"}),
    {"type": "leave", **IN_GROUP},
    {"type": "memberJoined", "replyToken": "rt", "joined": {"members": []}, **IN_GROUP},
    {"type": "memberLeft", "left": {"members": []}, **IN_GROUP},
    {"type": "follow", **IN_GROUP},
    {"type": "accountLink", "link": {"result": "failed", "nonce": NONCE}, "source": None},
    {**message("text", text="x"), "source": {"type": "user"}},
    {**message("text", text="x"), "source": {"type": "user", "userId": "U" * 65}},
]


@pytest.mark.parametrize("raw", SILENT)
def test_an_event_that_asks_for_no_answer_says_nothing(raw: dict[str, Any]) -> None:
    assert read_event(COMMON | raw).event is None


@pytest.mark.parametrize(
    ("source", "chat_id"),
    [
        ({"type": "group", "groupId": GROUP}, GROUP),
        ({"type": "group", "groupId": GROUP, "userId": USER}, GROUP),
        ({"type": "room", "roomId": "R1", "userId": USER}, "R1"),
    ],
)
@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (message("text", text="貸出状況"), EventKind.TEXT),
        (postback("b1"), EventKind.TAP),
        ({"type": "join", "replyToken": "rt"}, EventKind.JOIN),
    ],
)
def test_what_happens_in_a_group_belongs_to_the_group(
    raw: dict[str, Any], kind: EventKind, source: dict[str, Any], chat_id: str
) -> None:
    incoming = read_event(COMMON | raw | {"source": source})
    assert incoming.event is not None
    assert (incoming.event.kind, incoming.event.chat) == (kind, Chat.GROUP)
    assert (incoming.chat_id, incoming.is_private) == (chat_id, False)


def test_what_the_turn_needs_is_read_beside_the_event() -> None:
    text = read_event(COMMON | message("text", text="x"))
    assert (text.webhook_event_id, text.kind) == ("01JGEXAMPLE0000000000000AA", "message")
    assert (text.reply_token, text.message_id) == ("rt", "1001")
    assert (
        read_event(COMMON | {"type": "unsend", "unsend": {"messageId": "1001"}}).unsent_message_id == "1001"
    )
    ok = read_event(COMMON | {"type": "accountLink", "link": {"result": "ok", "nonce": NONCE}})
    assert (ok.nonce, ok.link_ok) == (NONCE, True)
    failed = read_event({"type": "accountLink", "link": {"result": "failed", "nonce": NONCE}})
    assert (failed.nonce, failed.link_ok, failed.chat_id) == (NONCE, False, "")


@pytest.mark.parametrize(
    ("mode", "is_active"), [("active", True), ("standby", False), ("unheard of", False), (None, False)]
)
def test_only_an_active_event_is_answered(mode: object, is_active: bool) -> None:
    assert read_event(COMMON | {"mode": mode}).is_active is is_active


@pytest.mark.parametrize(
    "timestamp", [None, "1767225600000", True, -1, 10**30, 1767225600000.5, float("nan")]
)
def test_an_event_without_a_plausible_time_is_as_old_as_can_be(timestamp: object) -> None:
    assert read_event(COMMON | {"timestamp": timestamp}).at == EPOCH


_json: st.SearchStrategy[Any] = st.deferred(
    lambda: (
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(st.characters())
        | st.lists(_json, max_size=3)
        | st.dictionaries(st.text(max_size=8), _json, max_size=3)
    )
)
_KEYS = [
    "type",
    "mode",
    "timestamp",
    "webhookEventId",
    "source",
    "message",
    "postback",
    "follow",
    "link",
    "unsend",
    "replyToken",
    "cardNumber",
    "userId",
    "groupId",
    "roomId",
    "id",
    "text",
    "data",
    "params",
    "result",
    "nonce",
    "messageId",
]
_KINDS = sorted({str(raw.get("type", "")) for raw in [*(told[0] for told in TOLD), *SILENT]})
_shaped: st.SearchStrategy[Any] = st.deferred(
    lambda: (
        _json
        | st.sampled_from(["user", "group", "room", "text", "active", *_KINDS])
        | st.dictionaries(st.sampled_from(_KEYS), _shaped, max_size=8)
    )
)


@given(
    st.dictionaries(st.text(max_size=8), _json, max_size=4)
    | st.dictionaries(st.sampled_from(_KEYS), _shaped, max_size=12)
)
def test_no_json_object_makes_it_raise(raw: dict[str, Any]) -> None:
    incoming = read_event(raw)
    assert len(incoming.line_user_id) <= 64
    assert len(incoming.chat_id) <= 64
    if incoming.event is not None:
        incoming.event.text.encode()
        assert "\x00" not in incoming.event.text
