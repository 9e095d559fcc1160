"""A thread outlives whatever breaks in it: what broke is logged, and the sweeper comes by again."""

from collections.abc import Callable

import structlog

from bot.logs import what_broke

_log = structlog.get_logger("bot.jobs.workers")


def guarded(task: Callable[[], object], what: str) -> None:
    """Do the task; what breaks in it is logged by its kind and place."""
    try:
        task()
    except Exception as error:
        _log.error("worker broke", what=what, **what_broke(error))
