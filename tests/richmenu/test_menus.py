"""The menus as data and as pictures: what LINE takes, what an old eye can read, and that what is kept is current."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageChops

from bot.dialogue.menu_taps import menu_wish
from bot.intents import Intent
from bot.policies import load_policy
from bot.policies.menu import LEAST_CONTRAST, MenuColours, contrast
from bot.richmenu import GUESTS, Menu, PictureMissing, menus_of, picture_of
from bot.richmenu.drawing import LABEL_SIZES, draw, has_font
from bot.richmenu.icons import ICONS
from bot.richmenu.layout import HEIGHT, TAP_PREFIX, WIDTH
from bot.richmenu.pictures import folder
from simulator.limits import check_image, check_rich_menu

LIBRARIES = ("mito", "kyoto")
MENUS = {f"{library}-{menu.key}": menu for library in LIBRARIES for menu in menus_of(load_policy(library))}
PHONE_WIDTH = 390
each_menu = pytest.mark.parametrize("menu", MENUS.values(), ids=MENUS.keys())


@each_menu
def test_line_takes_a_menu_and_its_picture(menu: Menu) -> None:
    assert check_rich_menu(menu.body()) == []
    assert check_image(picture_of(menu), menu.body()) == ""


@each_menu
def test_areas_lie_in_the_picture_and_not_over_each_other(menu: Menu) -> None:
    boxes = [area["bounds"] for area in menu.body()["areas"]]
    for at, box in enumerate(boxes):
        assert 0 <= box["x"] < box["x"] + box["width"] <= WIDTH
        assert 0 <= box["y"] < box["y"] + box["height"] <= HEIGHT
        for other in boxes[:at]:
            beside = box["x"] >= other["x"] + other["width"] or other["x"] >= box["x"] + box["width"]
            below = box["y"] >= other["y"] + other["height"] or other["y"] >= box["y"] + box["height"]
            assert beside or below


@each_menu
def test_what_is_tapped_is_large_enough_on_a_phone(menu: Menu) -> None:
    scale = PHONE_WIDTH / WIDTH
    for area in menu.body()["areas"]:
        assert min(area["bounds"]["width"], area["bounds"]["height"]) * scale >= 40
    assert min(LABEL_SIZES) * scale >= 17


@each_menu
def test_every_tap_begins_something_we_know(menu: Menu) -> None:
    for place in menu.places:
        begun = menu_wish(f"{TAP_PREFIX}{place.begins}")
        assert begun == (Intent(place.begins), {})
        assert place.icon in ICONS


@each_menu
def test_the_kept_picture_is_drawn_in_the_librarys_colours_at_a_contrast_of_seven(menu: Menu) -> None:
    image = Image.open(BytesIO(picture_of(menu))).convert("RGB")
    counted: list[tuple[int, Any]] = list(image.getcolors(WIDTH * HEIGHT) or [])
    commonest = sorted(counted, reverse=True)[:3]
    largest = {"#{:02X}{:02X}{:02X}".format(*colour) for _, colour in commonest}
    assert largest == {menu.main, menu.paper, "#FFFFFF"}
    assert min(contrast(menu.main, light) for light in largest - {menu.main}) >= LEAST_CONTRAST


@pytest.mark.parametrize("menu", [MENUS["mito-settings"], MENUS["kyoto-loans"]], ids=["mito", "kyoto"])
@pytest.mark.skipif(
    not has_font(), reason="Noto Sans CJK is not here: kept pictures are known by their names"
)
def test_the_kept_picture_is_what_would_be_drawn_now(menu: Menu) -> None:
    """Two of the eight, with all sizes of letters: that the data is the same is seen by the names of the files."""
    kept, drawn = (Image.open(BytesIO(png)).convert("RGB") for png in (picture_of(menu), draw(menu)))
    largest = [high for _, high in ImageChops.difference(kept, drawn).getextrema()]  # type: ignore[misc]
    # Another version of the font's renderer may set an edge's pixel a shade lighter.
    assert max(largest) <= 96


def test_no_picture_is_kept_that_no_menu_has() -> None:
    kept = {file.name for file in folder().iterdir() if file.name.endswith(".png")}
    assert kept == {menu.picture_file for menu in MENUS.values()}


def test_a_menu_that_was_changed_and_not_drawn_says_what_to_do() -> None:
    policy = load_policy("mito")
    red = policy.model_copy(update={"menu": MenuColours(main="#7A0010", paper="#FFFFFF")})
    with pytest.raises(PictureMissing, match=r"draw_menus\.py"):
        picture_of(menus_of(red)[0])


def test_colours_that_are_hard_to_read_are_refused() -> None:
    with pytest.raises(ValueError, match="contrast below 7:1"):
        MenuColours(main="#6699CC", paper="#FFFFFF")


def test_patrons_reach_every_tab_from_every_tab_and_guests_have_none() -> None:
    menus = menus_of(load_policy("mito"))
    patrons = [menu for menu in menus if menu.tabs]
    assert [menu.key for menu in menus if not menu.tabs] == [GUESTS]
    for menu in patrons:
        switches = [area["action"] for area in menu.body()["areas"] if "richMenuAliasId" in area["action"]]
        others = {other.alias for other in patrons if other is not menu}
        assert {switch["richMenuAliasId"] for switch in switches} == others


@pytest.mark.parametrize(
    ("data", "begun"),
    [
        ("menu:renew", Intent.RENEW),
        ("menu:affirm", Intent.AFFIRM),
        ("menu:more", Intent.HELP),
        ("menu:", Intent.HELP),
        ("menu:nonsense", Intent.HELP),
        ("renew", None),
        ("", None),
    ],
)
def test_a_taps_words_that_we_do_not_know_lead_to_what_can_be_done(data: str, begun: Intent | None) -> None:
    assert menu_wish(data) == (None if begun is None else (begun, {}))
