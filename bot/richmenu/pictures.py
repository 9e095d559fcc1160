"""The pictures of the menus, drawn beforehand, so that no font is needed where the product runs."""

from importlib.resources import files
from importlib.resources.abc import Traversable

from bot.richmenu.layout import Menu


class PictureMissing(Exception):
    """A menu was changed and not drawn anew; the text says what to do."""


def picture_of(menu: Menu) -> bytes:
    """The PNG of a menu. Raises PictureMissing."""
    try:
        return folder().joinpath(menu.picture_file).read_bytes()
    except FileNotFoundError:
        raise PictureMissing(
            f"the menu {menu.key} has no picture {menu.picture_file}: draw it by"
            " `python scripts/draw_menus.py --policy FILE` (`make menus` for the bundled libraries)"
        ) from None


def folder() -> Traversable:
    """Where they are kept."""
    return files("bot.richmenu").joinpath("pictures")
