"""The processes of the product, joined from their parts: `serve` alone, `serve` beside workers, and `worker`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from flask import Flask
from sqlalchemy import Engine

from bot import metrics, wiring
from bot.clock import Clock
from bot.config import ConfigError, Settings
from bot.jobs.account import LOOK_EVERY as ACCOUNT_LOOK_EVERY
from bot.jobs.account import AccountLook
from bot.jobs.follow_ups import FollowUpRunner
from bot.jobs.mails import MailSender
from bot.jobs.queue import WEB_SECONDS, WORKER_SECONDS, QueueError, Waker, WakingThread, open_broker
from bot.jobs.quota import LOOK_EVERY, QuotaLook
from bot.jobs.retention import Retention
from bot.jobs.rich_menu_links import MenuLinks
from bot.jobs.sender import Sender
from bot.jobs.spread import SpreadWorkers
from bot.jobs.sweeper import Aside, Seldom
from bot.jobs.tokens import RENEW_EVERY
from bot.jobs.turns import TurnRunner
from bot.jobs.workers import Workers
from bot.mail import NobodyMails
from bot.policies import Policy
from bot.storage.accepting import accept
from bot.storage.engine import open_engine
from bot.storage.migrate import is_current
from webhooks.app import AppParts, create_app
from webhooks.health import Check
from webhooks.line import Store
from webhooks.staff import create_staff_app
from webhooks.staff.mount import WithConsole

MOVE_DATES_EVERY: Final = timedelta(minutes=10)
"""How often dates that came into a closure since it was entered are moved out of it."""


class _Process:
    """What every process has: settings, policy, clock, a database, and what must be let go of at its end."""

    def __init__(self, settings: Settings, policy: Policy, clock: Clock) -> None:
        self._settings = settings
        self._policy = policy
        self._clock = clock
        self._mailer = wiring.build_mailer(settings, policy, clock)
        self._ending: list[Callable[[], None]] = []

    def stop(self) -> None:
        """Finish what is in hand and let go of everything, the last first."""
        while self._ending:
            self._ending.pop()()

    def _open_engine(self, patience_ms: int | None = None) -> Engine:
        settings = self._settings
        engine = open_engine(
            settings.database_url, patience_ms=patience_ms, pool_size=settings.database_pool_size
        )
        self._ending.append(engine.dispose)
        return engine

    def _open_broker(self, seconds: float) -> Any:
        try:
            broker = open_broker(self._settings.redis_url or "", seconds)
        except QueueError as error:
            raise ConfigError(f"wrong setting: REDIS_URL {error}") from None
        self._ending.append(broker.client.close)
        return broker

    def _parts(self, engine: Engine) -> "_Parts":
        """What does the work, wherever it is done."""
        settings, policy, clock = self._settings, self._policy, self._clock
        tokens = wiring.channel_tokens(settings, engine, clock)
        line = wiring.line_client(settings, tokens)
        self._ending.append(line.close)
        also: list[Callable[[], None]] = [Seldom(QuotaLook(engine, line, clock).look, clock, LOOK_EVERY)]
        also.append(Seldom(AccountLook(engine, line, clock).look, clock, ACCOUNT_LOOK_EVERY))
        if tokens is not None:
            also.append(Seldom(tokens.renew, clock, RENEW_EVERY))
        also.append(
            FollowUpRunner(engine, clock, lambda session: wiring.open_library(session, policy, clock)).sweep
        )
        also.append(Seldom(lambda: wiring.move_dates(engine, policy, clock), clock, MOVE_DATES_EVERY))
        menu_line = wiring.rich_menu_client(settings, tokens)
        self._ending.append(menu_line.close)
        letters = MailSender(engine, self._mailer or NobodyMails(), clock)
        notices = wiring.notice_work(settings, policy, clock, engine, line)
        announcements = wiring.announcement_work(settings, policy, clock, engine, line)
        also.append(Seldom(announcements.insight.look, clock, LOOK_EVERY))
        self._ending += [notices.sender.close, announcements.sender.close]
        return _Parts(
            wiring.turn_runner(settings, policy, clock, engine),
            Sender(engine, line, clock, settings.public_url),
            Retention(engine, policy, clock),
            engine,
            clock,
            also=(
                Aside("aside", tuple(also)),
                Aside("letters", (letters.sweep,), everywhere=True),
                Aside("menus", (MenuLinks(engine, menu_line, clock).sweep,)),
                Aside("notices", (notices.schedule.look,)),
                Aside("notice-send", (notices.sender.send_some,), everywhere=True),
                Aside("announcements", (announcements.schedule.look,)),
                Aside("announcement-send", (announcements.sender.send_some,), everywhere=True),
            ),
        )


class Server(_Process):
    """`serve`: the web application with the staff console, and without Redis everything else too.

    `staff_port`: the port of the socket by which the console alone is reached; None: it is beside the patrons' pages.
    Raises ConfigError where a setting can't be used.
    """

    def __init__(
        self, settings: Settings, policy: Policy, clock: Clock, *, staff_port: int | None = None
    ) -> None:
        super().__init__(settings, policy, clock)
        self._staff_port = staff_port

    def start(self) -> Flask:
        """Open the database and LINE, start the workers if they are here, and return the application."""
        settings, policy, clock = self._settings, self._policy, self._clock
        engine, webhook_engine = self._open_engine(), self._open_engine(wiring.WEBHOOK_PATIENCE_MS)
        work = self._elsewhere(webhook_engine) if settings.redis_url else self._here(engine, webhook_engine)
        numbers = metrics.registry(engine, clock)
        app = create_app(
            AppParts(
                link=wiring.link_services(settings, policy, clock, engine),
                card=wiring.card_services(policy, clock, engine),
                mail=wiring.mail_services(settings, policy, clock, engine),
                secret_key=wiring.secret(settings.secret_key),
                channel_secrets=settings.channel_secrets(),
                store=work.store,
                wake=work.wake,
                checks={
                    "database": lambda: is_current(engine),
                    "library": lambda: wiring.library_answers(engine, policy, clock),
                    **work.checks,
                },
                metrics=lambda: metrics.text(numbers),
                metrics_token=wiring.secret(settings.metrics_token),
                metrics_open=settings.is_on_loopback(),
            )
        )
        console = create_staff_app(wiring.staff_services(settings, policy, clock, engine))
        app.wsgi_app = WithConsole(app.wsgi_app, console, self._staff_port)  # type: ignore[method-assign]
        return app

    def _here(self, engine: Engine, webhook_engine: Engine) -> "_Work":
        """In this process, by threads."""
        workers = self._parts(engine).in_threads()
        workers.start()
        self._ending.append(workers.stop)
        return _Work(
            wiring.inbox_store(webhook_engine, self._clock), workers.wake, {"workers": workers.are_alive}
        )

    def _elsewhere(self, webhook_engine: Engine) -> "_Work":
        """By workers, which are woken through Redis by the ids of rows."""
        waker = Waker(self._open_broker(WEB_SECONDS))
        waking = WakingThread(waker)
        waking.start()
        self._ending.append(waking.stop)

        def store(events: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
            return tuple(map(str, accept(webhook_engine, self._clock, events).values()))

        def wake(inbox_ids: Iterable[str]) -> None:
            waking.turns(map(int, inbox_ids))

        return _Work(store, wake, {"queue": waker.answers})


class WorkerProcess(_Process):
    """`worker`: turns and sending, beside any number of others. Raises ConfigError."""

    def start(self, threads: int) -> None:
        """Begin; returns at once."""
        engine = self._open_engine()
        broker = self._open_broker(WORKER_SECONDS)
        workers = self._parts(engine).spread(broker, threads)
        workers.start()
        self._ending.append(workers.stop)

    def serve_metrics(self, host: str, port: int) -> None:
        """Numbers of this process for Prometheus. Raises OSError where it can't listen there."""
        from prometheus_client import start_http_server

        server, thread = start_http_server(port, host, metrics.registry(self._open_engine(), self._clock))
        self._ending += [thread.join, server.server_close, server.shutdown]


@dataclass(frozen=True, slots=True)
class _Work:
    """How the webhook hands over what came."""

    store: Store
    wake: Callable[[Iterable[str]], None]
    checks: Mapping[str, Check]


@dataclass(frozen=True, slots=True)
class _Parts:
    """What does turns and sending."""

    runner: TurnRunner
    sender: Sender
    retention: Retention
    engine: Engine
    clock: Clock
    also: Sequence[Aside] = field(default_factory=tuple)

    def in_threads(self) -> Workers:
        """For the one process."""
        return Workers(self.runner, self.sender, self.retention, self.engine, self.clock, also=self.also)

    def spread(self, broker: Any, threads: int) -> SpreadWorkers:
        """For one of many."""
        return SpreadWorkers(
            self.runner,
            self.sender,
            self.retention,
            self.engine,
            broker,
            self.clock,
            threads=threads,
            also=self.also,
        )
