"""Announcements in the console: who may do what, a second person, the picture, the link, trials."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from staff_world import ADDRESS, StaffBrowser, StaffWorld, build_staff_world

from bot.accounts import Friends
from bot.announcements import Move, State
from bot.staff import Role
from bot.storage.announcement_batches import AnnouncementBatches
from bot.storage.announcements import Announcement, Announcements, StaffPhones, WrongMove
from bot.storage.engine import reading, writing
from webhooks.announcements import announcements_blueprint

FORM = {
    "layout": "event",
    "heading": "おはなし会",
    "text": "土曜の午後2時です。",
    "link_label": "くわしく見る",
    "link_url": "https://www.library-mito.jp/event",
    "kind": "everyone",
}


class Console:
    """A console with two writers and an approver who writes, too."""

    def __init__(self, folder: Path) -> None:
        self.world: StaffWorld = build_staff_world(folder)
        self.hanako = self.world.signed_in("hanako", Role.WRITER, Role.APPROVER)
        self.jiro = self.world.signed_in("jiro", Role.WRITER)
        self.saburo = self.world.signed_in("saburo", Role.APPROVER)
        self.numbers = 0
        with writing(self.world.engine) as session:
            Friends(session, self.world.clock).met("U1")

    def draft(self, browser: StaffBrowser, **changed: str) -> int:
        """A new draft; its number."""
        browser.open("/announcements/new")
        response = browser.send("/announcements/new", FORM | changed)
        assert response.status_code == 303, browser.page
        return int(response.location.split("/")[-2])

    def act(self, browser: StaffBrowser, number: int, act: str, version: int | None = None) -> int:
        """The status of an act on it, as it is now."""
        browser.open("/")
        seen = str(self.find(number).version if version is None else version)
        return browser.send(f"/announcements/{number}/{act}", version=seen).status_code

    def find(self, number: int) -> Announcement:
        with reading(self.world.engine) as session:
            found = Announcements(session, self.world.clock).find(number)
        assert found is not None
        return found

    def state(self, number: int) -> State:
        return self.find(number).state


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    console = Console(tmp_path_factory.mktemp("console"))
    yield console
    console.world.engine.dispose()


def test_a_second_person_approves_what_was_written(console: Console) -> None:
    number = console.draft(console.jiro)
    console.jiro.open(f"/announcements/{number}")
    assert "1人" in console.jiro.page
    assert console.act(console.jiro, number, "submit") == 303
    assert console.state(number) is State.SUBMITTED
    assert console.act(console.saburo, number, "approve") == 303
    found = console.find(number)
    assert (found.state, found.approved_by) == (State.SCHEDULED, "saburo")
    assert console.world.actions(actor="saburo")[-1] == "announcement_approved"


@pytest.mark.parametrize("act", ["approve", "send-back"])
def test_nobody_approves_what_they_wrote(console: Console, act: str) -> None:
    number = console.draft(console.hanako)
    console.act(console.hanako, number, "submit")
    assert console.act(console.hanako, number, act) == 403
    assert console.state(number) is State.SUBMITTED


def test_where_a_second_person_is_asked_for_the_writer_can_not_send(console: Console) -> None:
    number = console.draft(console.jiro)
    assert console.act(console.jiro, number, "schedule") == 403
    assert console.act(console.jiro, number, "approve") == 403
    assert console.state(number) is State.DRAFT


@pytest.mark.parametrize("path", ["", "/edit"])
def test_the_draft_of_another_is_not_shown(console: Console, path: str) -> None:
    number = console.draft(console.jiro)
    assert console.hanako.open(f"/announcements/{number}{path}").status_code == 404
    assert console.hanako.open("/announcements").status_code == 200
    assert f"{number}番" not in console.hanako.page


@pytest.mark.parametrize("act", ["submit", "approve", "cancel", "try-out", "edit", "picture"])
def test_nothing_is_done_to_the_draft_of_another(console: Console, act: str) -> None:
    number = console.draft(console.jiro)
    console.hanako.open("/")
    response = console.hanako.send(f"/announcements/{number}/{act}", FORM, version="1")
    assert response.status_code == 404
    assert console.find(number).version == 1


def test_a_writer_can_not_change_what_another_handed_in(console: Console) -> None:
    number = console.draft(console.hanako)
    console.act(console.hanako, number, "submit")
    assert console.jiro.open(f"/announcements/{number}/edit").status_code == 403
    assert console.act(console.jiro, number, "cancel") == 403


def test_what_was_changed_since_it_was_seen_is_not_approved(console: Console) -> None:
    number = console.draft(console.jiro)
    console.act(console.jiro, number, "submit")
    seen = console.find(number).version
    console.act(console.hanako, number, "send-back")
    console.act(console.jiro, number, "submit")
    assert console.act(console.saburo, number, "approve", version=seen) == 303
    assert console.state(number) is State.SUBMITTED


def test_it_is_cancelled_before_it_goes(console: Console) -> None:
    number = console.draft(console.jiro, send_at="2027-01-05T10:00")
    console.act(console.jiro, number, "submit")
    console.act(console.saburo, number, "approve")
    assert console.act(console.jiro, number, "cancel") == 303
    assert console.state(number) is State.CANCELLED


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"heading": ""}, "見出しを入力してください"),
        ({"link_url": "http://x.example/"}, "https:// で始まる形"),
        ({"kind": "branch"}, "届ける方を選んでください"),
        ({"kind": "all"}, "届ける方を選んでください"),
        ({"send_at": "soon"}, "確かめてください"),
    ],
)
def test_what_must_be_mended_is_told_at_its_field(
    console: Console, changed: dict[str, str], said: str
) -> None:
    console.jiro.open("/announcements/new")
    assert console.jiro.send("/announcements/new", FORM | changed).status_code == 422
    assert said in console.jiro.page


def test_an_audience_of_nobody_is_not_handed_in(console: Console) -> None:
    number = console.draft(console.jiro, kind="branch", branch="seibu")
    console.act(console.jiro, number, "submit")
    assert console.state(number) is State.DRAFT


def test_a_small_audience_by_watches_tells_no_number(console: Console) -> None:
    number = console.draft(console.jiro, kind="watch", watch="料理")
    console.jiro.open(f"/announcements/{number}")
    assert "20人より少ないため、送れません" in console.jiro.page
    assert "届く方</dt>" not in console.jiro.page
    console.act(console.jiro, number, "submit")
    assert console.state(number) is State.DRAFT


def test_what_is_urgent_says_that_it_reaches_everybody(console: Console) -> None:
    number = console.draft(console.jiro, layout="urgent")
    console.jiro.open(f"/announcements/{number}")
    assert "お知らせを止めている方" in console.jiro.page


def test_the_preview_shows_what_is_written_and_keeps_nothing(console: Console) -> None:
    console.jiro.open("/announcements/new")
    response = console.jiro.send("/announcements/preview", FORM | {"heading": "<b>星</b>の会"})
    page = response.get_data(as_text=True)
    assert "&lt;b&gt;星&lt;/b&gt;の会" in page
    assert "催しのお知らせ" in page


def test_a_trial_goes_to_ones_own_phone_alone(console: Console) -> None:
    number = console.draft(console.jiro)
    console.act(console.jiro, number, "try-out")
    console.jiro.open(f"/announcements/{number}")
    with writing(console.world.engine) as session:
        assert AnnouncementBatches(session, console.world.clock).take() is None
    world = console.world
    world.fill()
    with writing(world.engine) as session:
        assert not StaffPhones(session).set_by_card("jiro", "100")
    world.link("U9", "100")
    with writing(world.engine) as session:
        assert StaffPhones(session).set_by_card("jiro", "100")
    console.act(console.jiro, number, "try-out")
    with writing(world.engine) as session:
        batch = AnnouncementBatches(session, world.clock).take()
        assert batch is not None
        assert (batch.recipients, batch.is_trial) == (("U9",), True)
        assert "試し送り" in batch.messages[0]["text"]
        assert AnnouncementBatches(session, world.clock).progress(number).total == 0


def test_a_picture_and_a_link_are_reached_by_their_keys_alone(console: Console) -> None:
    number = console.draft(console.jiro)
    into = BytesIO()
    Image.new("RGB", (60, 40), "green").save(into, "PNG")
    console.jiro.open(f"/announcements/{number}/edit")
    into.seek(0)
    console.jiro.send(f"/announcements/{number}/picture", {"picture": (into, "a.png")})  # type: ignore[dict-item]
    found = console.find(number)
    assert found.picture_key
    own = console.jiro.client.get(f"/announcements/{number}/picture.jpg", base_url=ADDRESS)
    assert own.mimetype == "image/jpeg"
    assert console.hanako.open(f"/announcements/{number}/picture.jpg").status_code == 404
    from flask import Flask

    public = Flask("public")
    public.register_blueprint(announcements_blueprint(console.world.engine, console.world.clock))
    patron = public.test_client()
    picture = patron.get(f"/announcements/{found.picture_key}.jpg", base_url=ADDRESS)
    assert (picture.status_code, picture.mimetype) == (200, "image/jpeg")
    assert patron.get("/announcements/x.jpg").status_code == 404
    assert patron.get(f"/go/{found.link_key}").status_code == 404, "a draft leads nowhere"
    console.act(console.jiro, number, "submit")
    for _ in range(2):
        gone = patron.get(f"/go/{found.link_key}?to=https://evil.example")
        assert (gone.status_code, gone.location) == (302, FORM["link_url"])
    assert patron.head(f"/go/{found.link_key}").status_code == 204
    assert patron.get("/go/https://evil.example").status_code == 404
    assert console.find(number).taps == 2


def test_a_file_that_is_too_large_is_not_read(console: Console) -> None:
    number = console.draft(console.jiro)
    response = console.jiro.client.post(
        f"/announcements/{number}/picture",
        data=b"x" * (9 * 1024 * 1024),
        content_type="multipart/form-data; boundary=x",
        base_url=ADDRESS,
    )
    assert response.status_code == 413


def test_two_who_decide_at_once_decide_once(console: Console) -> None:
    number = console.draft(console.jiro)
    console.act(console.jiro, number, "submit")
    version = console.find(number).version
    with writing(console.world.engine) as session:
        kept = Announcements(session, console.world.clock)
        kept.move(number, Move.APPROVE, version, approved_by="saburo")
        with pytest.raises(WrongMove):
            kept.move(number, Move.SEND_BACK, version)
