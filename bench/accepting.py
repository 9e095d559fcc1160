"""Accepting webhooks, side by side with two rivals: rounds of all three, one after the other, in one run."""

from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

from bench.least import TABLE
from bench.outside import Outcome
from bench.servers import rival, settings
from bench.stage import ALONE, Measured, Product, Stage, measured, quantiles

ECHO_LINE_SECONDS = 0.02
"""What a call of LINE's API takes the echo sample, within the request."""

NAMES = {
    "echo": "(a) the SDK's echo sample",
    "least": "(b) the least that could work",
    "product": "Madoguchi",
}


@dataclass
class _Contender:
    load: Callable[..., Measured]
    line_delay: float = 0.0
    rounds: list[Measured] = field(default_factory=list)

    def rate(self) -> float:
        """Webhooks a second, the median of its rounds."""
        return median(len(found.outcome.webhook_seconds) / found.outcome.seconds for found in self.rounds)


def accepting(stage: Stage, *, rounds: int, seconds: float, connections: int) -> dict[str, object]:
    """Each one's most, and the product's delay at half of its most. No worker takes up what was accepted."""
    database = stage.library("accepting", 1000)
    stage.postgres.run(TABLE, "accepting")
    environment = settings(database, stage.redis_url, stage.outside.line_port)
    with (
        rival("bench.echo", environment) as echo,
        rival("bench.least", environment) as least,
        stage.product(database, workers=0) as product,
    ):
        contenders = {
            "echo": _Contender(_loading(stage, echo.pid, echo.port), ECHO_LINE_SECONDS),
            "least": _Contender(_loading(stage, least.pid, least.port)),
            "product": _Contender(product.load),
        }
        for contender in contenders.values():
            _most(contender, 1.0, connections)  # Connections are made, code is warm.
        for _ in range(rounds):
            for contender in contenders.values():
                contender.rounds.append(_most(contender, seconds, connections))
        steady = _at_half(product, contenders["product"].rate(), seconds * 2)
    rates = {name: contender.rate() for name, contender in contenders.items()}
    return {
        "form": stage.form + (" (its threads take up what it accepts)" if stage.form == ALONE else ""),
        "rounds": rounds,
        "seconds_each": seconds,
        "connections": connections,
        "most": {NAMES[name]: _summary(contender) for name, contender in contenders.items()},
        "ratio_to_echo": round(rates["product"] / rates["echo"], 2),
        "ratio_to_least": round(rates["product"] / rates["least"], 2),
        "product_at_half_of_its_most": steady.figures(),
    }


def _loading(stage: Stage, pid: int, port: int) -> Callable[..., Measured]:
    def load(what: str, **options: object) -> Measured:
        run: Callable[[], Outcome] = lambda: stage.outside.run(what, port, **options)  # noqa: E731
        return measured(stage, [pid], run)

    return load


def _most(contender: _Contender, seconds: float, connections: int) -> Measured:
    return contender.load(
        "accept_most", seconds=seconds, connections=connections, line_delay=contender.line_delay
    )


def _at_half(product: Product, rate: float, seconds: float) -> Measured:
    return product.load("accept_steadily", rate=rate / 2, seconds=seconds)


def _summary(contender: _Contender) -> dict[str, object]:
    times = [time for found in contender.rounds for time in found.outcome.webhook_seconds]
    figures = contender.rounds[-1].figures()
    rates = [len(found.outcome.webhook_seconds) / found.outcome.seconds for found in contender.rounds]
    return {
        "webhooks_per_second": round(contender.rate(), 1),
        "of_each_round": [round(rate, 1) for rate in rates],
        "webhook_ms": quantiles(times),
        "failed": sum(found.outcome.failed for found in contender.rounds),
        "cpu_ms_each": figures["cpu_ms_each"],
    }
