"""What the measurements share: servers that run, the product in one of its forms, and what each used."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from bench import machine, record
from bench.outside import Outcome, Outside
from bench.servers import PROCESSES, Postgres, Running, product, settings

SPREAD, ALONE = "spread", "alone"
"""The product's two forms: web processes and a worker over Redis; everything in one process."""


@dataclass(frozen=True)
class Stage:
    """The servers beside the product, and the process outside."""

    postgres: Postgres
    redis_pid: int
    redis_url: str
    outside: Outside
    form: str

    @contextmanager
    def product(self, database: str, *, workers: int = 1) -> Iterator["Product"]:
        """The product on a database, in the form of this bench; 0 workers: it only accepts."""
        spread = self.form == SPREAD
        environment = settings(database, self.redis_url if spread else "", self.outside.line_port)
        arguments = ["serve", "--processes", str(PROCESSES)] if spread else ["serve"]
        with ExitStack() as running:
            web = running.enter_context(product(arguments, environment, web=True))
            beside = [
                running.enter_context(product(["worker"], environment, web=False))
                for _ in range(workers if spread else 0)
            ]
            yield Product(self, web, beside)

    def library(self, name: str, patrons: int) -> str:
        """A new database with a record of so many patrons; returns its URL."""
        url = self.postgres.new_database(name)
        record.fill(url, patrons)
        return url


@dataclass(frozen=True)
class Product:
    """The product while it runs."""

    stage: Stage
    web: Running
    workers: Sequence[Running]

    def pids(self) -> list[int]:
        """Its processes; their children belong to it as well."""
        return [self.web.pid, *(worker.pid for worker in self.workers)]

    def load(self, what: str, **options: object) -> "Measured":
        """Put a load on it and see what it used meanwhile."""
        return measured(
            self.stage, self.pids(), lambda: self.stage.outside.run(what, self.web.port, **options)
        )


@dataclass(frozen=True)
class Measured:
    """What came of a load, and what CPU was used for it, in seconds."""

    outcome: Outcome
    cpu: float
    """Of the product, or of the rival."""
    servers_cpu: float
    """Of PostgreSQL and Redis."""

    def figures(self) -> dict[str, object]:
        """As plain figures, times in milliseconds."""
        outcome = self.outcome
        webhooks, turns = len(outcome.webhook_seconds), len(outcome.turn_seconds)
        done = turns or webhooks
        figures: dict[str, object] = {
            "webhooks": webhooks,
            "webhooks_per_second": round(webhooks / outcome.seconds, 1),
            "webhook_ms": quantiles(outcome.webhook_seconds),
            "failed": outcome.failed,
        }
        if turns:
            figures |= {
                "turns": turns,
                "turns_per_second": round(turns / outcome.seconds, 1),
                "turn_ms": quantiles(outcome.turn_seconds),
                "missing": outcome.missing,
                "doubled": outcome.doubled,
                "disordered": outcome.disordered,
                "pushes": outcome.pushes,
                "said": outcome.said,
            }
        return figures | {
            "cpu_ms_each": {
                "product": round(self.cpu / max(done, 1) * 1000, 2),
                "postgresql_and_redis": round(self.servers_cpu / max(done, 1) * 1000, 2),
                "load_and_line": round(outcome.cpu_seconds / max(done, 1) * 1000, 2),
            }
        }


def measured(stage: Stage, pids: Sequence[int], load: "object") -> Measured:
    """Run `load` and see what CPU the processes used meanwhile."""
    before = machine.cpu_seconds(*pids), machine.cpu_seconds(stage.postgres.pid, stage.redis_pid)
    outcome = load()  # type: ignore[operator]
    after = machine.cpu_seconds(*pids), machine.cpu_seconds(stage.postgres.pid, stage.redis_pid)
    return Measured(outcome, after[0] - before[0], after[1] - before[1])


def quantiles(seconds: Sequence[float]) -> dict[str, float]:
    """p50, p99 and the longest, in milliseconds."""
    ordered = sorted(seconds)
    if not ordered:
        return {}
    places = {"p50": 0.5, "p99": 0.99, "max": 1.0}
    return {
        name: round(ordered[min(len(ordered) - 1, int(len(ordered) * place))] * 1000, 1)
        for name, place in places.items()
    }
