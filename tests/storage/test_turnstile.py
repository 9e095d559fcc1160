"""Writers of one database go through in the order in which they came, and nobody waits for ever."""

import threading
from pathlib import Path

import pytest

from bot.storage.engine import open_engine, writing
from bot.storage.turnstile import Turnstile


def test_writers_go_through_in_the_order_in_which_they_came() -> None:
    turnstile, order = Turnstile(), []
    threads = []

    def go(number: int) -> None:
        with turnstile.passed(10):
            order.append(number)

    with turnstile.passed(10):
        for number in range(5):
            thread = threading.Thread(target=go, args=[number])
            thread.start()
            threads.append(thread)
            while len(turnstile._queue) <= number:
                pass
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3, 4]


def test_who_waited_long_enough_is_told_and_leaves_the_queue() -> None:
    turnstile = Turnstile()
    with turnstile.passed(1):
        with pytest.raises(TimeoutError, match="busy"), turnstile.passed(0.01):
            pass
        assert not turnstile._queue
    with turnstile.passed(0):
        pass


def test_failure_inside_lets_the_next_one_in() -> None:
    turnstile = Turnstile()
    with pytest.raises(ValueError, match="inside"), turnstile.passed(0):
        raise ValueError("inside")
    with turnstile.passed(0):
        pass


def test_two_engines_of_one_file_share_its_turnstile(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/shared.sqlite3"
    engine, hasty = open_engine(url), open_engine(url, patience_ms=20)
    with writing(engine), pytest.raises(TimeoutError), writing(hasty):
        pass
    engine.dispose()
    hasty.dispose()
