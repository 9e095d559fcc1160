"""The limits of template messages."""

from collections.abc import Mapping
from typing import Any

from simulator.limits.actions import IMAGE_CAROUSEL, TEMPLATE, check_action, check_https
from simulator.limits.problems import Problem, Problems, count_within, graphemes_within

TITLE = 40
BUTTONS_TEXT, BUTTONS_TEXT_BESIDE = 160, 60
"""Alone; with a title or an image."""
CONFIRM_TEXT = 240
COLUMN_TEXT, COLUMN_TEXT_BESIDE = 120, 60
BUTTONS_ACTIONS, CONFIRM_ACTIONS, COLUMN_ACTIONS, COLUMNS = 4, 2, 3, 10
IMAGE_URL = 2000


def check_template(template: object, where: str) -> Problems:
    """All limits of one template."""
    if isinstance(template, Mapping):
        yield from _CHECKS.get(str(template.get("type")), lambda _template, _where: ())(template, where)


def _check_buttons(template: Mapping[str, Any], where: str) -> Problems:
    yield from _check_panel(template, where, (BUTTONS_TEXT, BUTTONS_TEXT_BESIDE), BUTTONS_ACTIONS)


def _check_confirm(template: Mapping[str, Any], where: str) -> Problems:
    yield from graphemes_within(template.get("text"), CONFIRM_TEXT, f"{where}.text")
    yield from _check_actions(template, where, CONFIRM_ACTIONS, CONFIRM_ACTIONS)


def _check_carousel(template: Mapping[str, Any], where: str) -> Problems:
    columns = template.get("columns")
    yield from count_within(columns, COLUMNS, f"{where}.columns")
    known = [column for column in columns if isinstance(column, Mapping)] if isinstance(columns, list) else []
    for at, column in enumerate(known):
        here = f"{where}.columns[{at}]"
        yield from _check_panel(column, here, (COLUMN_TEXT, COLUMN_TEXT_BESIDE), COLUMN_ACTIONS)
    if len({len(column["actions"]) for column in known if isinstance(column.get("actions"), list)}) > 1:
        yield Problem("all columns must have the same number of actions", f"{where}.columns")
    for name in ("title", "thumbnailImageUrl"):
        if len({column.get(name) is None for column in known}) > 1:
            yield Problem(f"all columns or none must have {name}", f"{where}.columns")


def _check_image_carousel(template: Mapping[str, Any], where: str) -> Problems:
    columns = template.get("columns")
    yield from count_within(columns, COLUMNS, f"{where}.columns")
    for at, column in enumerate(columns if isinstance(columns, list) else ()):
        if isinstance(column, Mapping):
            here = f"{where}.columns[{at}]"
            yield from check_https(column.get("imageUrl"), f"{here}.imageUrl", IMAGE_URL)
            yield from check_action(column.get("action"), IMAGE_CAROUSEL, f"{here}.action")


def _check_panel(panel: Mapping[str, Any], where: str, texts: tuple[int, int], actions: int) -> Problems:
    """What a buttons template and a carousel's column have in common."""
    alone, beside = texts
    has_company = panel.get("title") is not None or panel.get("thumbnailImageUrl") is not None
    yield from graphemes_within(panel.get("title"), TITLE, f"{where}.title")
    yield from graphemes_within(panel.get("text"), beside if has_company else alone, f"{where}.text")
    yield from check_https(panel.get("thumbnailImageUrl"), f"{where}.thumbnailImageUrl", IMAGE_URL)
    yield from check_action(panel.get("defaultAction"), TEMPLATE, f"{where}.defaultAction")
    yield from _check_actions(panel, where, 1, actions)


def _check_actions(panel: Mapping[str, Any], where: str, least: int, most: int) -> Problems:
    actions = panel.get("actions")
    yield from count_within(actions, most, f"{where}.actions", least)
    for at, action in enumerate(actions if isinstance(actions, list) else ()):
        yield from check_action(action, TEMPLATE, f"{where}.actions[{at}]")


_CHECKS = {
    "buttons": _check_buttons,
    "confirm": _check_confirm,
    "carousel": _check_carousel,
    "image_carousel": _check_image_carousel,
}
