"""The limits of messages as tables: what is just allowed, and where the mistake of what is not is found."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.limits import check_messages, check_rich_menu
from simulator.limits.counting import graphemes, json_bytes, utf16_units

IMAGEMAP: dict[str, Any] = {
    "type": "imagemap",
    "baseUrl": "https://a.jp/map",
    "altText": "案内図",
    "baseSize": {"width": 1040, "height": 520},
    "actions": [
        {"type": "uri", "linkUri": "https://a.jp/", "area": {"x": 0, "y": 0, "width": 520, "height": 520}}
    ],
}
POSTBACK = {"type": "postback", "label": "はい", "data": "b1"}


def text(words: str = "こんにちは", **more: Any) -> dict[str, Any]:
    """A text message."""
    return {"type": "text", "text": words, **more}


def quick(*actions: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A text with quick replies."""
    return text(quickReply={"items": [{"type": "action", "action": action, **more} for action in actions]})


def flex(*contents: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A Flex message of one bubble with these parts in its body."""
    return of_bubble({"body": {"type": "box", "layout": "vertical", "contents": list(contents)}, **more})


def of_bubble(parts: dict[str, Any]) -> dict[str, Any]:
    """A Flex message of one bubble."""
    return {"type": "flex", "altText": "一覧", "contents": {"type": "bubble", **parts}}


def carousel(*bubbles: dict[str, Any]) -> dict[str, Any]:
    """A Flex message of several bubbles."""
    return {"type": "flex", "altText": "一覧", "contents": {"type": "carousel", "contents": list(bubbles)}}


def button(**action: Any) -> dict[str, Any]:
    """A Flex message with a button."""
    return flex({"type": "button", "action": action})


def buttons(count: int, **more: Any) -> dict[str, Any]:
    """A buttons template."""
    return template({"type": "buttons", "text": "選ぶ", "actions": [POSTBACK] * count, **more})


def confirm(count: int, words: str = "よいですか") -> dict[str, Any]:
    """A confirm template."""
    return template({"type": "confirm", "text": words, "actions": [POSTBACK] * count})


def template(given: dict[str, Any]) -> dict[str, Any]:
    """A template message."""
    return {"type": "template", "altText": "選ぶ", "template": given}


def columns(*given: dict[str, Any]) -> dict[str, Any]:
    """A carousel template."""
    made = [{"text": "本", "actions": [POSTBACK], **column} for column in given]
    return template({"type": "carousel", "columns": made})


def picker(**more: Any) -> dict[str, Any]:
    """A button that asks for a date."""
    return button(type="datetimepicker", label="日付", data="d", mode="date", **more)


def uri(address: str) -> dict[str, Any]:
    """A button that opens an address."""
    return button(type="uri", label="開く", uri=address)


def padded(size: int) -> dict[str, Any]:
    """A bubble of so many bytes."""
    bubble: dict[str, Any] = {
        "type": "bubble",
        "body": {"type": "box", "layout": "vertical", "contents": [{"type": "text", "text": ""}]},
    }
    bubble["body"]["contents"][0]["text"] = "a" * (size - json_bytes(bubble))
    return bubble


PART = {"type": "text", "text": "本"}
BODY = {"type": "box", "layout": "vertical", "contents": [PART]}
BUBBLE = {"type": "bubble", "body": BODY}
IMAGE = {"type": "image", "url": "https://example.com/a.png"}
FAMILY = "👨‍👩‍👧"

ALLOWED: dict[str, dict[str, Any]] = {
    "text of 5000": text("あ" * 5000),
    "text of 2500 pairs": text("𠮷" * 2500),
    "emoji placeholder": text("$", emojis=[{"index": 0, "productId": "1", "emojiId": "1"}]),
    "sticker": {"type": "sticker", "packageId": "446", "stickerId": "1988"},
    "sender": text(sender={"name": "あ" * 20, "iconUrl": "https://example.com/i.png"}),
    "13 quick replies": quick(*[POSTBACK] * 13),
    "location only in quick reply": quick({"type": "location", "label": "現在地"}),
    "quick reply label counts characters": quick({**POSTBACK, "label": FAMILY * 20}),
    "image": {
        "type": "image",
        "originalContentUrl": "https://a.jp/1.png",
        "previewImageUrl": "https://a.jp/2.png",
    },
    "image of a bot on this machine": {
        "type": "image",
        "originalContentUrl": "http://127.0.0.1:8000/1.png",
        "previewImageUrl": "http://localhost:8000/2.png",
    },
    "imagemap": IMAGEMAP,
    "video": {
        "type": "video",
        "originalContentUrl": "https://a.jp/1.mp4",
        "previewImageUrl": "https://a.jp/2.png",
    },
    "location": {
        "type": "location",
        "title": "館",
        "address": "水戸市",
        "latitude": 36.3,
        "longitude": 140.4,
    },
    "confirm of 240": confirm(2, "あ" * 240),
    "buttons of 4": buttons(4, text="あ" * 160),
    "buttons with a title": buttons(1, title="あ" * 40, text="あ" * 60),
    "10 columns": columns(*[{}] * 10),
    "alternative text of 1500": {**flex(PART), "altText": "あ" * 1500},
    "bubble of 30 KB": {**flex(PART), "contents": padded(30 * 1024)},
    "12 bubbles": carousel(*[BUBBLE] * 12),
    "mega is the default size": carousel(BUBBLE, {**BUBBLE, "size": "mega"}),
    "spans": flex(
        {"type": "text", "contents": [{"type": "span", "text": "重要", "weight": "bold", "size": "xl"}]}
    ),
    "text without a text but spans": flex(
        {"type": "text", "text": "", "contents": [{"type": "span", "text": "重要"}]}
    ),
    "baseline with icon": flex(
        {
            "type": "box",
            "layout": "baseline",
            "contents": [{"type": "icon", "url": "https://a.jp/i.png", "size": "md"}, PART],
        }
    ),
    "all kinds of lengths": flex(
        {
            "type": "box",
            "layout": "horizontal",
            "contents": [PART],
            "spacing": "10px",
            "margin": "xxl",
            "paddingAll": "5%",
            "paddingStart": "none",
            "cornerRadius": "md",
            "borderWidth": "semi-bold",
            "borderColor": "#123456",
            "backgroundColor": "#12345678",
            "width": "50%",
            "maxHeight": "100px",
            "offsetTop": "-4px",
            "position": "absolute",
        }
    ),
    "gradient": flex(
        {
            **BODY,
            "background": {
                "type": "linearGradient",
                "angle": "90deg",
                "startColor": "#000000",
                "endColor": "#ffffff",
            },
        }
    ),
    "hero image": of_bubble({"hero": {**IMAGE, "size": "full", "aspectRatio": "20:13"}}),
    "button label of 40": button(type="postback", label="あ" * 40, data="b"),
    "area without label": flex({**BODY, "action": {"type": "postback", "data": "b"}}),
    "postback data of 300": button(type="postback", label="は", data="a" * 300),
    "display text of 300": button(type="postback", label="は", data="a", displayText="あ" * 300),
    "postback data may be empty": button(type="postback", label="は", data=""),
    "https address": uri("https://example.com/?a=%E3%81%82#b"),
    "address of 1000": uri("https://example.com/" + "a" * 980),
    "phone": uri("tel:0292263951"),
    "line address": uri("line://nv/location"),
    "date": picker(initial="2026-01-15", min="2026-01-01", max="2026-12-31"),
    "date and time": button(
        type="datetimepicker", label="日時", data="d", mode="datetime", initial="2026-01-15t10:00"
    ),
    "clipboard of 1000": button(type="clipboard", label="コピー", clipboardText="a" * 1000),
    "unknown property outside Flex": text(somethingNew=1),
}

REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no type": ({"text": "a"}, ".type"),
    "unknown type": ({"type": "hologram"}, ".type"),
    "no text": ({"type": "text"}, ".text"),
    "text is a number": ({"type": "text", "text": 5}, ".text"),
    "empty text": (text(""), ".text"),
    "text of 5001": (text("あ" * 5001), ".text"),
    "text of 2501 pairs": (text("𠮷" * 2501), ".text"),
    "emoji beside its placeholder": (
        text("a$", emojis=[{"index": 0, "productId": "1", "emojiId": "1"}]),
        ".emojis[0].index",
    ),
    "sticker without a number": ({"type": "sticker", "packageId": "446", "stickerId": "x"}, ".stickerId"),
    "sender of 21": (text(sender={"name": "あ" * 21}), ".sender.name"),
    "sender with a barred word": (text(sender={"name": "LINE 窓口"}), ".sender.name"),
    "14 quick replies": (quick(*[POSTBACK] * 14), ".quickReply.items"),
    "no quick replies": (quick(), ".quickReply.items"),
    "quick reply without action": (
        text(quickReply={"items": [{"type": "action"}]}),
        ".quickReply.items[0].action",
    ),
    "quick reply label of 21": (quick({**POSTBACK, "label": "あ" * 21}), ".quickReply.items[0].action.label"),
    "quick reply without label": (
        quick({"type": "postback", "data": "b"}),
        ".quickReply.items[0].action.label",
    ),
    "quick reply icon by http": (
        quick(POSTBACK, imageUrl="http://a.jp/i.png"),
        ".quickReply.items[0].imageUrl",
    ),
    "image by http": (
        {"type": "image", "originalContentUrl": "http://a.jp/1.png", "previewImageUrl": "https://a.jp/2.png"},
        ".originalContentUrl",
    ),
    "image of a machine named like this one": (
        {
            "type": "image",
            "originalContentUrl": "http://localhost.a.jp/1.png",
            "previewImageUrl": "https://a.jp/2.png",
        },
        ".originalContentUrl",
    ),
    "imagemap of another width": (
        {**IMAGEMAP, "baseSize": {"width": 1000, "height": 500}},
        ".baseSize.width",
    ),
    "imagemap of 51 actions": ({**IMAGEMAP, "actions": IMAGEMAP["actions"] * 51}, ".actions"),
    "imagemap with an address by no scheme": (
        {**IMAGEMAP, "actions": [{**IMAGEMAP["actions"][0], "linkUri": "javascript:alert(1)"}]},
        ".actions[0].linkUri",
    ),
    "location title of 101": (
        {"type": "location", "title": "あ" * 101, "address": "水", "latitude": 36.3, "longitude": 140.4},
        ".title",
    ),
    "confirm of 241": (confirm(2, "あ" * 241), ".template.text"),
    "confirm of 1": (confirm(1), ".template.actions"),
    "confirm of 3": (confirm(3), ".template.actions"),
    "buttons of 5": (buttons(5), ".template.actions"),
    "buttons of none": (buttons(0), ".template.actions"),
    "buttons text of 161": (buttons(1, text="あ" * 161), ".template.text"),
    "buttons text of 61 with a title": (buttons(1, title="題", text="あ" * 61), ".template.text"),
    "buttons title of 41": (buttons(1, title="あ" * 41), ".template.title"),
    "template label of 21": (
        template({"type": "buttons", "text": "選", "actions": [{**POSTBACK, "label": "あ" * 21}]}),
        ".template.actions[0].label",
    ),
    "11 columns": (columns(*[{}] * 11), ".template.columns"),
    "column text of 121": (columns({"text": "あ" * 121}), ".template.columns[0].text"),
    "column of 4 actions": (columns({"actions": [POSTBACK] * 4}), ".template.columns[0].actions"),
    "columns of different actions": (columns({}, {"actions": [POSTBACK] * 2}), ".template.columns"),
    "a title in one column": (columns({}, {"title": "題"}), ".template.columns"),
    "camera outside quick reply": (
        template({"type": "buttons", "text": "選", "actions": [{"type": "camera", "label": "写"}]}),
        ".template.actions[0].type",
    ),
    "empty alternative text": ({**flex(PART), "altText": ""}, ".altText"),
    "no alternative text": ({"type": "flex", "contents": BUBBLE}, ".altText"),
    "alternative text of 1501": ({**flex(PART), "altText": "あ" * 1501}, ".altText"),
    "no contents": ({"type": "flex", "altText": "一覧"}, ".contents"),
    "bubble of 30 KB and a byte": ({**flex(PART), "contents": padded(30 * 1024 + 1)}, ".contents"),
    "carousel over 50 KB": (carousel(padded(25 * 1024), padded(25 * 1024)), ".contents"),
    "13 bubbles": (carousel(*[BUBBLE] * 13), ".contents.contents"),
    "no bubbles": (carousel(), ".contents.contents"),
    "bubbles of two sizes": (carousel(BUBBLE, {**BUBBLE, "size": "kilo"}), ".contents.contents"),
    "unknown bubble size": (of_bubble({"body": BODY, "size": "huge"}), ".contents.size"),
    "empty bubble": (of_bubble({}), ".contents"),
    "header that is no box": (of_bubble({"header": PART}), ".contents.header.layout"),
    "hero that is a text": (of_bubble({"hero": PART}), ".contents.hero.type"),
    "unknown part": (flex({"type": "hologram"}), ".contents.body.contents[0].type"),
    "unknown property": (flex({**PART, "colour": "#000000"}), ".contents.body.contents[0].colour"),
    "unknown property of a bubble": (of_bubble({"body": BODY, "title": "題"}), ".contents.title"),
    "empty text in Flex": (flex({"type": "text", "text": ""}), ".contents.body.contents[0].text"),
    "no text in Flex": (flex({"type": "text"}), ".contents.body.contents[0].text"),
    "empty span": (
        flex({"type": "text", "contents": [{"type": "span", "text": ""}]}),
        ".contents.body.contents[0].contents[0].text",
    ),
    "button without label": (button(type="postback", data="b"), ".contents.body.contents[0].action.label"),
    "button without action": (flex({"type": "button"}), ".contents.body.contents[0].action"),
    "button label of 41": (
        button(type="postback", label="あ" * 41, data="b"),
        ".contents.body.contents[0].action.label",
    ),
    "icon outside a baseline": (
        flex({"type": "icon", "url": "https://a.jp/i.png"}),
        ".contents.body.contents[0].type",
    ),
    "button in a baseline": (
        flex({"type": "box", "layout": "baseline", "contents": [{"type": "button", "action": POSTBACK}]}),
        ".contents.body.contents[0].contents[0].type",
    ),
    "unknown layout": (flex({**BODY, "layout": "diagonal"}), ".contents.body.contents[0].layout"),
    "box without contents": (
        flex({"type": "box", "layout": "vertical"}),
        ".contents.body.contents[0].contents",
    ),
    "short colour": (flex({**PART, "color": "#000"}), ".contents.body.contents[0].color"),
    "named colour": (flex({**BODY, "backgroundColor": "red"}), ".contents.body.contents[0].backgroundColor"),
    "size in another unit": (flex({**PART, "size": "2em"}), ".contents.body.contents[0].size"),
    "margin in percent": (flex({**PART, "margin": "5%"}), ".contents.body.contents[0].margin"),
    "negative flex": (flex({**PART, "flex": -1}), ".contents.body.contents[0].flex"),
    "flex is a text": (flex({**PART, "flex": "1"}), ".contents.body.contents[0].flex"),
    "wrap is a text": (flex({**PART, "wrap": "true"}), ".contents.body.contents[0].wrap"),
    "image in Flex by http": (flex({**IMAGE, "url": "http://a.jp/a.png"}), ".contents.body.contents[0].url"),
    "image too high": (flex({**IMAGE, "aspectRatio": "1:4"}), ".contents.body.contents[0].aspectRatio"),
    "postback data of 301": (
        button(type="postback", label="は", data="a" * 301),
        ".contents.body.contents[0].action.data",
    ),
    "postback data counts pairs twice": (
        button(type="postback", label="は", data="𠮷" * 151),
        ".contents.body.contents[0].action.data",
    ),
    "postback without data": (button(type="postback", label="は"), ".contents.body.contents[0].action.data"),
    "empty display text": (
        button(type="postback", label="は", data="b", displayText=""),
        ".contents.body.contents[0].action.displayText",
    ),
    "display text of 301": (
        button(type="postback", label="は", data="b", displayText="あ" * 301),
        ".contents.body.contents[0].action.displayText",
    ),
    "message of 301": (
        button(type="message", label="は", text="あ" * 301),
        ".contents.body.contents[0].action.text",
    ),
    "message without text": (button(type="message", label="は"), ".contents.body.contents[0].action.text"),
    "clipboard of 1001": (
        button(type="clipboard", label="は", clipboardText="a" * 1001),
        ".contents.body.contents[0].action.clipboardText",
    ),
    "address of 1001": (uri("https://example.com/" + "a" * 981), ".contents.body.contents[0].action.uri"),
    "other scheme": (uri("javascript:alert(1)"), ".contents.body.contents[0].action.uri"),
    "no scheme": (uri("example.com"), ".contents.body.contents[0].action.uri"),
    "no host": (uri("https:///a"), ".contents.body.contents[0].action.uri"),
    "not encoded": (uri("https://example.com/あ"), ".contents.body.contents[0].action.uri"),
    "a space": (uri("https://example.com/a b"), ".contents.body.contents[0].action.uri"),
    "braces": (uri("{link-url}"), ".contents.body.contents[0].action.uri"),
    "no address": (button(type="uri", label="開く"), ".contents.body.contents[0].action.uri"),
    "menu switch in a message": (
        button(type="richmenuswitch", label="は", richMenuAliasId="a", data="b"),
        ".contents.body.contents[0].action.type",
    ),
    "min after max": (picker(min="2026-02-01", max="2026-01-01"), ".contents.body.contents[0].action.min"),
    "initial outside": (
        picker(initial="2026-01-01", min="2026-02-01"),
        ".contents.body.contents[0].action.initial",
    ),
    "no such day": (picker(initial="2026-02-30"), ".contents.body.contents[0].action.initial"),
    "a year too late": (picker(max="2101-01-01"), ".contents.body.contents[0].action.max"),
}


@pytest.mark.parametrize("message", ALLOWED.values(), ids=ALLOWED.keys())
def test_what_line_takes_is_taken(message: dict[str, Any]) -> None:
    assert check_messages([message]) == []


@pytest.mark.parametrize(("message", "where"), REFUSED.values(), ids=REFUSED.keys())
def test_what_line_refuses_is_refused_with_its_place(message: dict[str, Any], where: str) -> None:
    places = [problem.property for problem in check_messages([text(), message])]
    assert f"messages[1]{where}" in places


@pytest.mark.parametrize(
    ("messages", "is_taken"),
    [([], False), ([text()], True), ([text()] * 5, True), ([text()] * 6, False), (None, False), ("x", False)],
)
def test_a_request_has_one_to_five_messages(messages: Any, is_taken: bool) -> None:
    problems = check_messages(messages)
    assert not problems if is_taken else [problem.property for problem in problems] == ["messages"]


COUNTED = [
    ("", 0, 0),
    ("abc", 3, 3),
    ("🍎", 2, 1),
    ("𠮷", 2, 1),
    (FAMILY, 8, 1),
    ("👍🏽", 4, 1),
    ("🇯🇵🇯🇵", 8, 2),
    ("か\u3099", 2, 1),
    ("葛󠄀", 3, 1),
    ("1️⃣", 3, 1),
    ("a\r\nb", 4, 3),
    ("\u0301", 1, 1),
]


@pytest.mark.parametrize(("words", "units", "clusters"), COUNTED)
def test_texts_are_counted_as_line_counts_them(words: str, units: int, clusters: int) -> None:
    assert (utf16_units(words), graphemes(words)) == (units, clusters)


@given(st.text())
def test_no_text_has_more_characters_than_units(words: str) -> None:
    assert graphemes(words) <= utf16_units(words)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(JSON)
def test_no_json_breaks_the_checks(value: Any) -> None:
    check_messages(value)
    check_messages([value])
    check_rich_menu(value)


@given(st.data())
@settings(max_examples=300)
def test_a_message_with_any_part_replaced_breaks_no_check(data: st.DataObject) -> None:
    message = copy.deepcopy(data.draw(st.sampled_from([*ALLOWED.values()])))
    part: Any = message
    while isinstance(part, dict | list) and part:
        key = data.draw(st.sampled_from(list(part) if isinstance(part, dict) else range(len(part))))
        if not isinstance(part[key], dict | list) or data.draw(st.booleans()):
            part[key] = data.draw(JSON)
            break
        part = part[key]
    for problem in check_messages([message]):
        assert problem.message
    json.dumps(message)


MENU: dict[str, Any] = {
    "size": {"width": 2500, "height": 1686},
    "selected": False,
    "name": "利用者",
    "chatBarText": "メニュー",
    "areas": [
        {"bounds": {"x": 0, "y": 0, "width": 1, "height": 1}, "action": {"type": "postback", "data": "b"}}
    ],
}


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({}, None),
        ({"size": {"width": 800, "height": 250}}, None),
        ({"size": {"width": 799, "height": 250}}, "size"),
        ({"size": {"width": 2501, "height": 1000}}, "size"),
        ({"size": {"width": 800, "height": 249}}, "size"),
        ({"size": {"width": 800, "height": 552}}, "size"),
        ({"name": "あ" * 300}, None),
        ({"name": "あ" * 301}, "name"),
        ({"chatBarText": "あ" * 14}, None),
        ({"chatBarText": "あ" * 15}, "chatBarText"),
        ({"areas": MENU["areas"] * 20}, None),
        ({"areas": MENU["areas"] * 21}, "areas"),
        ({"areas": [{**MENU["areas"][0], "action": {"type": "camera"}}]}, "areas[0].action.type"),
        ({"selected": None}, "selected"),
    ],
)
def test_rich_menus_have_limits_too(change: dict[str, Any], where: str | None) -> None:
    places = [problem.property for problem in check_rich_menu({**MENU, **change})]
    assert places == [] if where is None else where in places
