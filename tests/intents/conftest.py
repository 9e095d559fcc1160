"""One parser for all tests of the intents."""

import pytest

from bot.intents import Parser, load_parser


@pytest.fixture(scope="session")
def parser() -> Parser:
    return load_parser()
