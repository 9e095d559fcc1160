"""Commands set up logging for their process; here many share one, so each test puts it back."""

import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.logs import OURS


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in ("", *OURS)]
    before = [(logger, logger.handlers[:], logger.level) for logger in loggers]
    yield
    structlog.reset_defaults()
    for logger, handlers, level in before:
        logger.handlers = handlers
        logger.setLevel(level)
