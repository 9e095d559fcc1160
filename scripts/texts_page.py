"""Writes `docs/texts.md`: every text a patron can see, by situation, for librarians to read through.

.venv/bin/python scripts/texts_page.py > docs/texts.md
"""

import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from bot.policies import Policy, load_policy

HEAD = """# 利用者が目にする文

`bot/messages/texts/` から `scripts/texts_page.py` が作りました。文を直すときは、そちらの TOML を直してください。
このページが古くなると、テストが知らせます。

- 〔 〕の中には、その場の値が入ります。
- 館ごとに決めた言葉は「水戸／京都」の順です（`bot/policies/` の `[words]`）。
- ひとつの欄に文がいくつかあるものは、同じ文が続かないように、かわるがわる使います。
- 「やさしい日本語」の欄が空いているものは、左の文をそのまま使います。
- `alt` は、スマートフォンの画面が消えているときの通知に出る文です。題名や名前は入れません。
"""
LIBRARIES = ("mito", "kyoto")
NAMES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
SITUATIONS: Mapping[str, str] = NAMES["situations"]
PLACES: Mapping[str, str] = NAMES["places"]

Flat = dict[str, tuple[str, ...]]


def page() -> str:
    """The whole page."""
    policies = [load_policy(name) for name in LIBRARIES]
    folder = files("bot.messages").joinpath("texts")
    names = {item.name.removesuffix(".toml") for item in folder.iterdir() if item.name.endswith(".toml")}
    order = [*(name for name in SITUATIONS if name in names), *sorted(names - set(SITUATIONS))]
    sections = [_section(folder, name, policies) for name in order]
    return "\n".join([HEAD, *sections])


def _section(folder: Traversable, name: str, policies: list[Policy]) -> str:
    easy = folder.joinpath("easy", f"{name}.toml")
    easier = _read(easy) if easy.is_file() else {}
    heading = SITUATIONS.get(name, name)
    head = [f"## {heading}", "", f"`{name}.toml`", "", "| | 文 | やさしい日本語 |", "| --- | --- | --- |"]
    rows = [
        f"| `{key}` | {_cell(texts, policies)} | {_cell(easier.get(key, ()), policies)} |"
        for key, texts in _read(folder.joinpath(f"{name}.toml")).items()
    ]
    return "\n".join([*head, *rows, ""])


def _read(file: Traversable) -> Flat:
    return dict(_entries(tomllib.loads(file.read_text("utf-8")), ""))


def _entries(table: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _entries(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", tuple(value) if isinstance(value, list) else (value,)


def _cell(texts: tuple[str, ...], policies: list[Policy]) -> str:
    said = [_readable(text, policies) for text in texts]
    return said[0] if len(said) == 1 else "<br>".join(f"・{text}" for text in said)


def _readable(text: str, policies: list[Policy]) -> str:
    """The text with the libraries' words in it and its places named."""

    def said(found: re.Match[str]) -> str:
        place = found[1]
        if not place.startswith("w."):
            return f"〔{PLACES.get(place, place)}〕"
        words = dict.fromkeys(str(getattr(policy.words, place.removeprefix("w."))) for policy in policies)
        return "／".join(words)

    shown = re.sub(r"\{([\w.]+)\}", said, text)
    return shown.replace("|", "\\|").replace("\n", "<br>")


if __name__ == "__main__":
    sys.stdout.write(page())
