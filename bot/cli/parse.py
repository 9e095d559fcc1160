"""`madoguchi parse`: what a message means, for people and for checks."""

import sys
from collections.abc import Iterator
from datetime import date, datetime

import click

from bot.clock import SystemClock
from bot.intents import load_parser
from bot.intents.command import explain_lines, parse_lines


@click.command()
@click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day that 明日 and the like are counted from. Default: today in Japan.",
)
@click.option(
    "--explain", is_flag=True, help="Add how each reading came about: patterns, classifier, both weighed."
)
def parse(today: datetime | None, explain: bool) -> None:
    r"""Read messages from standard input, one a line, and write one JSON object a line.

    A newline inside a message arrives as \n, a backslash as \\.
    """
    day: date = today.date() if today else SystemClock().today()
    answers = explain_lines if explain else parse_lines
    for line in answers(load_parser(), _lines(), day):
        sys.stdout.buffer.write(line.encode() + b"\n")
        sys.stdout.buffer.flush()


def _lines() -> Iterator[str]:
    """Standard input line by line as it comes; bytes that are no UTF-8 become the replacement character."""
    for raw in iter(sys.stdin.buffer.readline, b""):
        yield raw.decode("utf-8", "replace").rstrip("\r\n")
