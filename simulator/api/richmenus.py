"""Rich menus: create, image, default, per-user links, bulk links, batches, aliases."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, Response, g, jsonify, request
from linebot.v3.messaging import models

from simulator.api.bodies import json_body, must_be_user_id, raw_json
from simulator.api.errors import LineError, invalid, not_found
from simulator.limits import check_image, check_rich_menu
from simulator.limits.richmenus import ALIAS
from simulator.platform import Platform
from simulator.richmenus import MenuNotUsable, NoSuchMenu, RichMenus

IMAGE_TYPES = frozenset({"image/png", "image/jpeg"})
BULK = 500


@contextmanager
def _told() -> Iterator[None]:
    """What the menus raise, as LINE's errors."""
    try:
        yield
    except NoSuchMenu:
        raise not_found() from None
    except MenuNotUsable as error:
        raise LineError(400, str(error)) from None


def add_to(blueprint: Blueprint, platform: Platform) -> None:
    """Add the calls to the blueprint."""
    for add in (_add_menus, _add_images, _add_default, _add_links, _add_bulk, _add_batch, _add_aliases):
        add(blueprint, platform.rich_menus)


def _checked_menu() -> dict[str, Any]:
    body = raw_json()
    if problems := check_rich_menu(body):
        raise invalid(problems)
    return body


def _add_menus(blueprint: Blueprint, menus: RichMenus) -> None:
    @blueprint.post("/v2/bot/richmenu")
    def create_menu() -> Response:
        body = _checked_menu()
        with _told():
            return jsonify(richMenuId=menus.create(body))

    @blueprint.post("/v2/bot/richmenu/validate")
    def validate_menu() -> Response:
        _checked_menu()
        return jsonify({})

    @blueprint.get("/v2/bot/richmenu/list")
    def list_menus() -> Response:
        return jsonify(richmenus=menus.all())

    @blueprint.get("/v2/bot/richmenu/<menu_id>")
    def get_menu(menu_id: str) -> Response:
        with _told():
            return jsonify(menus.get(menu_id))

    @blueprint.delete("/v2/bot/richmenu/<menu_id>")
    def delete_menu(menu_id: str) -> Response:
        with _told():
            menus.delete(menu_id)
        return jsonify({})


def _add_images(blueprint: Blueprint, menus: RichMenus) -> None:
    @blueprint.post("/v2/bot/richmenu/<menu_id>/content")
    def set_image(menu_id: str) -> Response:
        if request.mimetype not in IMAGE_TYPES:
            raise LineError(415, "The content type must be image/jpeg or image/png")
        image = request.get_data()
        with _told():
            if mistake := check_image(image, menus.get(menu_id)):
                raise LineError(400, mistake)
            menus.set_image(menu_id, image, request.mimetype)
        return jsonify({})

    @blueprint.get("/v2/bot/richmenu/<menu_id>/content")
    def get_image(menu_id: str) -> Response:
        with _told():
            image, content_type = menus.image(menu_id)
        return Response(image, content_type=content_type)


def _add_default(blueprint: Blueprint, menus: RichMenus) -> None:
    @blueprint.post("/v2/bot/user/all/richmenu/<menu_id>")
    def set_default(menu_id: str) -> Response:
        with _told():
            menus.set_default(menu_id)
        return jsonify({})

    @blueprint.get("/v2/bot/user/all/richmenu")
    def get_default() -> Response:
        if not menus.default_id:
            raise not_found()
        return jsonify(richMenuId=menus.default_id)

    @blueprint.delete("/v2/bot/user/all/richmenu")
    def clear_default() -> Response:
        menus.set_default("")
        return jsonify({})


def _add_links(blueprint: Blueprint, menus: RichMenus) -> None:
    @blueprint.post("/v2/bot/user/<user_id>/richmenu/<menu_id>")
    def link(user_id: str, menu_id: str) -> Response:
        must_be_user_id(user_id, "userId")
        with _told():
            menus.link([user_id], menu_id)
        return jsonify({})

    @blueprint.get("/v2/bot/user/<user_id>/richmenu")
    def get_link(user_id: str) -> Response:
        must_be_user_id(user_id, "userId")
        with _told():
            return jsonify(richMenuId=menus.linked(user_id))

    @blueprint.delete("/v2/bot/user/<user_id>/richmenu")
    def unlink(user_id: str) -> Response:
        must_be_user_id(user_id, "userId")
        menus.unlink([user_id])
        return jsonify({})


def _add_bulk(blueprint: Blueprint, menus: RichMenus) -> None:
    @blueprint.post("/v2/bot/richmenu/bulk/link")
    def bulk_link() -> tuple[Response, int]:
        body = json_body(models.RichMenuBulkLinkRequest)
        with _told():
            menus.link(_bulk_ids(body), body["richMenuId"])
        return jsonify({}), 202

    @blueprint.post("/v2/bot/richmenu/bulk/unlink")
    def bulk_unlink() -> tuple[Response, int]:
        menus.unlink(_bulk_ids(json_body(models.RichMenuBulkUnlinkRequest)))
        return jsonify({}), 202


def _add_batch(blueprint: Blueprint, menus: RichMenus) -> None:
    @blueprint.post("/v2/bot/richmenu/batch")
    def batch() -> tuple[Response, int]:
        body = json_body(models.RichMenuBatchRequest)
        with _told_of_batch():
            menus.batch(g.request_id, body["operations"])
        return jsonify({}), 202

    @blueprint.post("/v2/bot/richmenu/validate/batch")
    def validate_batch() -> Response:
        body = json_body(models.RichMenuBatchRequest)
        with _told_of_batch():
            menus.check_batch(body["operations"])
        return jsonify({})

    @blueprint.get("/v2/bot/richmenu/progress/batch")
    def batch_progress() -> Response:
        with _told():
            return jsonify(menus.batch_progress(request.args.get("requestId", "")))


@contextmanager
def _told_of_batch() -> Iterator[None]:
    """A menu that an operation names and that does not exist is a mistake of the body."""
    try:
        with _told():
            yield
    except LineError as error:
        raise LineError(400, error.message) from None


def _bulk_ids(body: dict[str, Any]) -> list[str]:
    user_ids: list[str] = body["userIds"]
    if not 1 <= len(user_ids) <= BULK:
        raise LineError(400, f"The property, userIds, must have 1 to {BULK} user IDs")
    for at, user_id in enumerate(user_ids):
        must_be_user_id(user_id, f"userIds[{at}]")
    return user_ids


def _add_aliases(blueprint: Blueprint, menus: RichMenus) -> None:
    def with_menu(call: Callable[[str], None], menu_id: str) -> Response:
        with _told():
            call(menu_id)
        return jsonify({})

    @blueprint.post("/v2/bot/richmenu/alias")
    def create_alias() -> Response:
        body = json_body(models.CreateRichMenuAliasRequest)
        alias = body["richMenuAliasId"]
        if not ALIAS.fullmatch(alias):
            raise LineError(400, "The richMenuAliasId must be 1 to 32 of a-z, 0-9, _ and -")
        return with_menu(lambda menu_id: menus.set_alias(alias, menu_id, is_new=True), body["richMenuId"])

    @blueprint.post("/v2/bot/richmenu/alias/<alias>")
    def update_alias(alias: str) -> Response:
        body = json_body(models.UpdateRichMenuAliasRequest)
        return with_menu(lambda menu_id: menus.set_alias(alias, menu_id, is_new=False), body["richMenuId"])

    @blueprint.get("/v2/bot/richmenu/alias/<alias>")
    def get_alias(alias: str) -> Response:
        if alias not in menus.aliases:
            raise not_found()
        return jsonify(richMenuAliasId=alias, richMenuId=menus.aliases[alias])

    @blueprint.get("/v2/bot/richmenu/alias/list")
    def list_aliases() -> Response:
        return jsonify(
            aliases=[{"richMenuAliasId": alias, "richMenuId": menu} for alias, menu in menus.aliases.items()]
        )

    @blueprint.delete("/v2/bot/richmenu/alias/<alias>")
    def delete_alias(alias: str) -> Response:
        with _told():
            menus.delete_alias(alias)
        return jsonify({})
