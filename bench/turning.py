"""Whole turns, from a webhook to the reply that LINE's stand-in received: at a rate, at most, in a burst; memory."""

from time import sleep

from bench import machine
from bench.stage import Stage

BURST_SPREAD = 37
"""Every so many-th patron writes in a burst: they come from all over the record."""


def turns(stage: Stage, *, rate: float, seconds: float, most: int, at_once: int) -> dict[str, object]:
    """A mix of all flows at a rate; then as many as there can be, so many patrons writing at the same time."""
    database = stage.library("turning", 10_000)
    with stage.product(database) as product:
        product.load("turns_most", turns=60, patrons=4, first=9_000)  # Code is warm.
        steady = product.load(
            "turns_steadily", rate=rate, seconds=seconds, patrons=round(rate * 20), first=1
        ).figures()
        saturated = product.load("turns_most", turns=most, patrons=at_once, first=4_000).figures()
    return {"form": stage.form, "rate": rate, "steady": steady, "at_once": at_once, "saturated": saturated}


def burst(stage: Stage, *, patrons: int, webhooks: int, events: int) -> dict[str, object]:
    """What comes after a broadcast: webhooks of many events, all at once."""
    database = stage.library("bursting", patrons)
    spread = max(1, min(BURST_SPREAD, patrons // (webhooks * events)))
    with stage.product(database) as product:
        product.load("turns_most", turns=60, patrons=4, first=patrons - 100)
        found = product.load(
            "burst", webhooks=webhooks, events=events, at_once=webhooks, first=1, spread=spread
        )
    return {
        "form": stage.form,
        "patrons": patrons,
        "webhooks": webhooks,
        "events_each": events,
    } | found.figures()


def memory(stage: Stage, *, first: int, last: int, at_once: int) -> dict[str, object]:
    """What a worker holds after so many turns, and after many more."""
    database = stage.library("remembering", 20_000)
    with stage.product(database) as product:
        holders = [worker.pid for worker in product.workers] or [product.web.pid]
        product.load("turns_most", turns=first, patrons=at_once, first=1)
        sleep(2)
        early = machine.resident_mb(*holders)
        done, step = first, max(1, min(10_000, last - first))
        while done < last:
            product.load("turns_most", turns=min(step, last - done), patrons=at_once, first=1 + done % 15_000)
            done += min(step, last - done)
        sleep(2)
        late = machine.resident_mb(*holders)
    return {
        "form": stage.form,
        "turns": [first, last],
        "mb": [round(early, 1), round(late, 1)],
        "growth_percent": round((late / early - 1) * 100, 1),
    }
