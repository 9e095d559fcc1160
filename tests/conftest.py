"""What all tests share: the servers and the browser that some of them need, and how a want of one is told."""

import logging
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, sync_playwright
from servers import (  # noqa: F401  # Fixtures for all tests.
    empty_postgres_url,
    postgres_server,
    postgres_url,
    postgres_with_tables,
    redis_server,
)

from bot.accounts import hashing
from bot.logs import OURS

# A busy machine is no failure.
settings.register_profile("madoguchi", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("madoguchi")

CHROMIUM = "/usr/bin/chromium"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def _has_postgresql() -> bool:
    return any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


NEEDS: dict[str, tuple[str, Callable[[], bool]]] = {
    "browser": ("Chromium", lambda: Path(CHROMIUM).exists()),
    "postgres": ("PostgreSQL", _has_postgresql),
    "redis": ("Redis", lambda: shutil.which("redis-server") is not None),
}
"""Marker, what it needs, and whether it is here."""

_MISSING = " is not installed"
_wanting: set[str] = set()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that start processes take longest; they come first, so that at the end no processor is without work."""
    long = {item.path for item in items if item.get_closest_marker("process") is not None}
    items.sort(key=lambda item: item.path not in long)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test whose server can't be had is skipped by name; with CI set it fails."""
    for marker, (name, is_here) in NEEDS.items():
        if item.get_closest_marker(marker) is None or is_here():
            continue
        if os.environ.get("CI"):
            pytest.fail(f"{name}{_MISSING}")
        pytest.skip(f"{name}{_MISSING}")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Notes what was skipped for want of a server; where several processes test, in the one that reports."""
    if report.skipped and isinstance(report.longrepr, tuple):
        reason = str(report.longrepr[2])
        _wanting.update(name for name, _ in NEEDS.values() if f"{name}{_MISSING}" in reason)


def pytest_unconfigure(config: pytest.Config) -> None:
    """The last line says what could not be tested."""
    if hasattr(config, "workerinput"):
        return
    if _wanting:
        print(f"not tested here, because not installed: {', '.join(sorted(_wanting))}")  # noqa: T201


_QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
_AS_IN_PRODUCTION = hashing._hasher


@pytest.fixture(scope="session", autouse=True)
def _quick_hashing() -> Iterator[None]:
    """Hashing a password is slow on purpose; of the session, so that worlds made once for many tests are quick."""
    hashing._hasher = _QUICK
    yield
    hashing._hasher = _AS_IN_PRODUCTION


@pytest.fixture(autouse=True)
def _real_hashing(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests of the time that hashing takes (`real_hashing`) have it as in production."""
    hashing.nobodys_hash.cache_clear()
    if request.node.get_closest_marker("real_hashing") is not None:
        monkeypatch.setattr(hashing, "_hasher", _AS_IN_PRODUCTION)


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """Commands set up logging for their process; here many tests share one, so it is put back after each."""
    loggers = [logging.getLogger(name) for name in ("", *OURS)]
    before = [(logger, logger.handlers[:], logger.level) for logger in loggers]
    yield
    structlog.reset_defaults()
    for logger, handlers, level in before:
        logger.handlers = handlers
        logger.setLevel(level)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One headless browser for all tests; each opens a context of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()
