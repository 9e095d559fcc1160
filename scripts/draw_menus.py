"""Draws the pictures of the rich menus into `bot/richmenu/pictures`, and removes those that no menu has any more.

.venv/bin/python scripts/draw_menus.py [--policy FILE ...]

Without `--policy` for the bundled libraries; with it for those and for these policy files, too.
"""

import argparse
from pathlib import Path

from bot.policies import load_policy
from bot.richmenu import menus_of
from bot.richmenu.drawing import draw

FOLDER = Path(__file__).parent.parent / "bot" / "richmenu" / "pictures"
BUNDLED = ("mito", "kyoto")


def main() -> None:
    """Draw them."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--policy", action="append", default=[])
    policies = [*BUNDLED, *arguments.parse_args().policy]
    menus = {menu.picture_file: menu for policy in policies for menu in menus_of(load_policy(policy))}
    for old in FOLDER.glob("*.png"):
        if old.name not in menus:
            old.unlink()
    for name, menu in menus.items():
        (FOLDER / name).write_bytes(draw(menu))


if __name__ == "__main__":
    main()
