"""Letters by e-mail: neutral content in, a plain text and a web page that says the same out. Pure.

The words around the content (greeting, links, who writes and how to stop) are in `texts/letters.toml`, the form of the
page in `letter.html`. The page loads nothing from anywhere: no picture, no style sheet, nothing that tells who read it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template

from bot.messages.wording import Wording
from bot.policies import Policy


@dataclass(frozen=True, slots=True)
class LetterItem:
    """One of the things that a letter is about."""

    title: str
    rows: tuple[tuple[str, str], ...] = ()
    """Label and value: 受取場所, 東部図書館."""


@dataclass(frozen=True, slots=True)
class LetterButton:
    """A link that leads on."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class LetterContent:
    """What a letter says, without greeting and foot."""

    subject: str
    """No title, no name: it shows on a locked screen."""
    paragraphs: tuple[str, ...]
    items: tuple[LetterItem, ...] = ()
    after: tuple[str, ...] = ()
    """Paragraphs after the items and before the buttons."""
    buttons: tuple[LetterButton, ...] = ()
    notes: tuple[str, ...] = ()
    """What should be known besides; after the buttons."""
    name: str = ""
    """Whom it is to; only for an address that was confirmed. Empty: nobody is named."""


@dataclass(frozen=True, slots=True)
class LaidOutLetter:
    """The letter in both forms."""

    subject: str
    text: str
    html: str


def lay_out_letter(content: LetterContent, policy: Policy, *, stop_url: str = "") -> LaidOutLetter:
    """Both forms. `stop_url`: where letters of this kind are stopped; empty: they can't be."""
    say = Wording(policy)
    greeting = say.text("letters.greeting", name=content.name) if content.name else ""
    foot = tuple(_foot(say, policy))
    stop = LetterButton(say.text("letters.stop"), stop_url) if stop_url else None
    text = "\n\n".join(_blocks(content, greeting, foot, stop)) + "\n"
    html = _template().render(
        content=content,
        greeting=greeting,
        foot=foot,
        stop=stop,
        library=policy.name,
        opening=say.text("letters.opening"),
        items=say.text("letters.items"),
    )
    return LaidOutLetter(content.subject, text, html)


def _blocks(
    content: LetterContent, greeting: str, foot: tuple[str, ...], stop: LetterButton | None
) -> Iterator[str]:
    """The plain text, block by block."""
    if greeting:
        yield greeting
    yield from content.paragraphs
    for item in content.items:
        yield "\n".join(
            [f"■ {_in_one_line(item.title)}", *(f"　{label}：{value}" for label, value in item.rows)]
        )
    yield from content.after
    for button in content.buttons:
        yield f"{button.label}\n{button.url}"
    if content.notes:
        yield "\n".join(f"・{note}" for note in content.notes)
    yield "\n".join(("――――――――――", *foot))
    if stop:
        yield f"{stop.label}\n{stop.url}"


def _in_one_line(title: str) -> str:
    """A title from the catalogue can't look like the letter's own words."""
    return " ".join(title.split())


def _foot(say: Wording, policy: Policy) -> Iterator[str]:
    """Who writes, and where to turn."""
    yield say.text("letters.from")
    yield say.text("letters.phone")
    if not policy.mail.reply_to:
        yield say.text("letters.no_reply")


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(files("bot.messages").joinpath("letter.html").read_text("utf-8"))
