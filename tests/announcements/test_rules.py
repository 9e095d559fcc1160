"""Contents, audiences, states and costs: tables of cases."""

from io import BytesIO

import pytest
from PIL import Image

from bot.announcements import (
    Audience,
    AudienceKind,
    Candidate,
    Content,
    Flaw,
    Layout,
    LeftOut,
    Move,
    State,
    choose,
    flaws,
    forecast,
    may,
    messages,
)
from bot.announcements.picture import LONGEST_SIDE, NoPicture, redrawn
from bot.messages.wording import Wording
from bot.policies import load_policy

MITO = load_policy("mito")
GOOD = Content(
    Layout.EVENT, "おはなし会", "土曜の午後です。", "くわしく見る", "https://www.library-mito.jp/event"
)

CANDIDATES = (
    Candidate("guest", False, {}),
    Candidate("tobu", False, {}, is_linked=True, branches=frozenset({"tobu"})),
    Candidate("family", False, {}, is_linked=True, branches=frozenset({"tobu", "miwa"})),
    Candidate("off", False, {"announcements": False}, is_linked=True, branches=frozenset({"tobu"})),
    Candidate("gone", True, {"announcements": False}, is_linked=True, branches=frozenset({"tobu"})),
)


@pytest.mark.parametrize(
    ("written", "recipients", "left_out"),
    [
        ("everyone", ("family", "guest", "tobu"), {LeftOut.OPTED_OUT: 1, LeftOut.BLOCKED: 1}),
        ("linked", ("family", "tobu"), {LeftOut.OPTED_OUT: 1, LeftOut.BLOCKED: 1}),
        ("branch:tobu", ("family", "tobu"), {LeftOut.OPTED_OUT: 1, LeftOut.BLOCKED: 1}),
        ("branch:見和", ("family",), {}),
        ("branch:seibu", (), {}),
    ],
)
def test_an_audience_reaches_whom_it_is_for(
    written: str, recipients: tuple[str, ...], left_out: dict[LeftOut, int]
) -> None:
    reach = choose(CANDIDATES, Audience.read(written, MITO), MITO)
    assert (reach.recipients, reach.left_out) == (recipients, left_out)


def test_a_small_audience_by_watches_tells_not_even_its_number() -> None:
    candidates = [Candidate(f"u{at}", False, {}, watches=frozenset({"料理"})) for at in range(19)]
    reach = choose(candidates, Audience(AudienceKind.WATCH, "料理"), MITO)
    assert (reach.count, reach.left_out, reach.is_too_small) == (0, {}, True)


@pytest.mark.parametrize("written", ["", "all", "branch", "branch:", "branch:大阪", "watch:", "linked:tobu"])
def test_what_is_no_audience_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"audience|branch|must follow"):
        Audience.read(written, MITO)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, ()),
        ({"heading": " "}, (Flaw.HEADING_MISSING,)),
        ({"heading": "あ" * 61}, (Flaw.HEADING_LONG,)),
        ({"text": ""}, (Flaw.TEXT_MISSING,)),
        ({"text": "𠮷" * 501}, (Flaw.TEXT_LONG,)),
        ({"link_label": ""}, (Flaw.LINK_LABEL_MISSING,)),
        ({"link_label": "あ" * 21}, (Flaw.LINK_LABEL_LONG,)),
        ({"link_url": ""}, (Flaw.LINK_URL_MISSING,)),
        ({"link_url": "http://www.library-mito.jp/"}, (Flaw.LINK_URL_WRONG,)),
        ({"link_url": "javascript:alert(1)"}, (Flaw.LINK_URL_WRONG,)),
        ({"link_url": "https://library-mito.jp@evil.example/"}, (Flaw.LINK_URL_WRONG,)),
        ({"link_url": "https://localhost/"}, (Flaw.LINK_URL_WRONG,)),
        ({"link_url": "https://[::1/"}, (Flaw.LINK_URL_WRONG,)),
        ({"link_url": "https://図書館.example/"}, (Flaw.LINK_URL_WRONG,)),
    ],
)
def test_what_is_wrong_with_a_content_is_told(changed: dict[str, str], expected: tuple[Flaw, ...]) -> None:
    values = {name: getattr(GOOD, name) for name in GOOD.__dataclass_fields__} | changed
    assert flaws(Content(**values)) == expected


@pytest.mark.parametrize("layout", Layout)
def test_every_layout_becomes_a_message_that_line_takes(layout: Layout) -> None:
    from simulator.limits import check_messages

    content = Content(layout, "見出し", "本文", "くわしく見る", "https://www.library-mito.jp/")
    made = messages(content, Wording(MITO), link="https://b.example/go/k", picture="https://b.example/p.jpg")
    assert list(check_messages(list(made))) == []


def test_plain_text_is_a_text_message() -> None:
    made = messages(Content(Layout.TEXT, "見出し", "本文"), Wording(MITO))
    assert made == ({"type": "text", "text": "見出し\n\n本文"},)


@pytest.mark.parametrize(
    ("reach", "used", "limit", "yen", "extra", "percent", "missing"),
    [
        (1000, 0, 30000, 500, 0, 4, 0),
        (1000, 29500, 30000, 1750, 1500, 4, 500),
        (1000, None, None, 500, 0, None, 0),
        (0, 10, 30000, 0, 0, 0, 0),
    ],
)
def test_what_it_takes_is_told_before(
    reach: int, used: int | None, limit: int | None, yen: int, extra: int, percent: int | None, missing: int
) -> None:
    found = forecast(reach, used=used, limit=limit, policy=MITO)
    assert (found.yen, found.extra_yen, found.percent, found.missing) == (yen, extra, percent, missing)


@pytest.mark.parametrize(
    ("state", "moves"),
    [
        (State.DRAFT, {Move.EDIT, Move.SUBMIT, Move.SCHEDULE, Move.CANCEL}),
        (State.SUBMITTED, {Move.APPROVE, Move.SEND_BACK, Move.CANCEL}),
        (State.SCHEDULED, {Move.CANCEL, Move.BEGIN}),
        (State.SENDING, {Move.FINISH}),
        (State.DONE, set()),
        (State.CANCELLED, set()),
    ],
)
def test_what_can_happen_in_which_state(state: State, moves: set[Move]) -> None:
    assert {move for move in Move if may(state, move)} == moves


def _picture(kind: str, size: tuple[int, int] = (2000, 1000), **more: object) -> bytes:
    into = BytesIO()
    Image.new("RGB", size, "red").save(into, kind, **more)
    return into.getvalue()


def test_a_picture_is_drawn_anew_without_what_the_camera_wrote() -> None:
    place = Image.Exif()
    place[0x010E] = "where it was taken"
    place[0x0112] = 6  # The camera lay on its side.
    drawn = redrawn(_picture("JPEG", exif=place))
    with Image.open(BytesIO(drawn)) as shown:
        assert (shown.format, shown.size) == ("JPEG", (LONGEST_SIDE // 2, LONGEST_SIDE))
        assert not shown.getexif()
    assert b"where" not in drawn


@pytest.mark.parametrize("file", [b"", b"<svg/>", b"GIF89a", _picture("PNG")[:60], _picture("GIF")])
def test_what_is_no_picture_is_refused(file: bytes) -> None:
    with pytest.raises(NoPicture):
        redrawn(file)
