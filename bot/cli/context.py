"""What the commands share: settings, policy, clock and engine, opened on demand; failures in one line."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import ParamSpec, TypeVar

import click
from sqlalchemy import Engine
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, ProgrammingError

from bot.clock import Clock, SystemClock
from bot.config import ConfigError, Settings, load_settings
from bot.policies import Policy, PolicyError, load_policy
from bot.storage.engine import open_engine

P = ParamSpec("P")
R = TypeVar("R")


class CommandError(Exception):
    """A failure to be told in one line, with exit status 1."""


@dataclass
class Context:
    """Opened lazily, so that `--help` and `parse` need neither settings nor a database."""

    library: str | None = None
    """`--library`, which wins over MADOGUCHI_LIBRARY."""

    @cached_property
    def settings(self) -> Settings:
        """The settings; raises ConfigError."""
        overrides = {} if self.library is None else {"MADOGUCHI_LIBRARY": self.library}
        return load_settings(**overrides)

    @cached_property
    def policy(self) -> Policy:
        """The library's policy; raises PolicyError."""
        return load_policy(self.settings.library)

    @cached_property
    def clock(self) -> Clock:
        """The product's clock."""
        return SystemClock.starting_at(self.settings.now, self.policy.zone)

    @cached_property
    def engine(self) -> Engine:
        """The database; raises ConfigError where DATABASE_URL can't be one."""
        try:
            return open_engine(self.settings.database_url)
        except (ArgumentError, ImportError):
            raise ConfigError(
                "wrong setting: DATABASE_URL is no address of a database that can be used"
            ) from None
        except OSError as error:
            raise ConfigError(f"wrong setting: DATABASE_URL: {error.strerror}: {error.filename}") from None


pass_context = click.make_pass_decorator(Context, ensure=True)


def explains_failures(command: Callable[P, R]) -> Callable[P, R]:
    """Turn the failures a user can mend into one line on standard error and exit status 1."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except (ConfigError, PolicyError, CommandError) as error:
            click.echo(f"madoguchi: {error}", err=True)
            raise SystemExit(1) from None
        except (OperationalError, ProgrammingError) as error:
            click.echo(f"madoguchi: {database_trouble(error)}", err=True)
            raise SystemExit(1) from None
        except TimeoutError as error:
            click.echo(f"madoguchi: the database did not answer in time: {error}; try again", err=True)
            raise SystemExit(1) from None

    return run


def database_trouble(error: DBAPIError) -> str:
    """Why the database did not do its work, in one line; what was read or written is not in it."""
    said = str(error.orig).strip() or type(error).__name__
    return f"the database (DATABASE_URL) can't be used: {said.splitlines()[0]}"
