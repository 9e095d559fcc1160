"""`make train`: writes `bot/intents/data/classifier.bin` anew from the messages and the first readings."""

import random
import sys
import time
from pathlib import Path
from typing import Final

import bot.intents
from bot.intents import Intent, Parser, load_parser
from bot.intents.classifier import Classifier, unpack
from bot.intents.weigh import Weigher
from training.first_readings import read_first_readings
from training.learning import (
    SEED,
    Example,
    Features,
    Variant,
    Votes,
    cross_classified,
    fit_classifier,
    fit_votes,
)
from training.messages import Row, read_table

_VARIANTS: Final = 2
"""Of each message that names a work."""
TRAINED = Path(bot.intents.__file__).parent / "data" / "classifier.bin"


def untrained_parser() -> Parser:
    """A parser whose classifier knows nothing: for the features, and for what patterns say."""
    knows_nothing = Classifier(tuple(Intent), {}, (0.0,) * len(Intent), 1.0)
    return load_parser(weigher=Weigher(knows_nothing, 1.0, 0.0, {}))


def examples_of(rows: list[Row], features: list[Features]) -> dict[int, Example]:
    """The messages that tell what a vote is worth, by their place in `rows`."""
    first = read_first_readings(rows)
    return {n: Example(rows[n].intent, said, features[n]) for n, said in sorted(first.items())}


def variants_of(rows: list[Row], parser: Parser) -> list[Variant]:
    """The messages that name a work without quotes, each with some others: which work it is says nothing."""
    titles = sorted({str(row.slots["title"]) for row in rows if "title" in row.slots})
    chance = random.Random(SEED)  # noqa: S311 -- no secret
    variants = []
    for place, row in enumerate(rows):
        title = str(row.slots.get("title", ""))
        if not title or row.say.count(title) != 1 or f"『{title}』" in row.say or f"「{title}」" in row.say:
            continue
        for other in chance.sample(titles, _VARIANTS):
            say = row.say.replace(title, other)
            variants.append(Variant(place, row.intent, parser.features(say, today=row.today)))
    return variants


def train(rows: list[Row], features: list[Features], variants: list[Variant]) -> tuple[bytes, Votes]:
    """The packed result."""
    intents = [row.intent for row in rows]
    unseen = cross_classified(features, intents, variants)
    examples = examples_of(rows, features)
    votes = fit_votes(list(examples.values()), [unseen[n] for n in examples])
    everything = [*features, *(variant.features for variant in variants)]
    meant = [*intents, *(variant.intent for variant in variants)]
    return fit_classifier(everything, meant, votes.header()), votes


def main() -> None:
    """Train and write."""
    started = time.perf_counter()
    rows = read_table()
    parser = untrained_parser()
    features = [parser.features(row.say, today=row.today) for row in rows]
    variants = variants_of(rows, parser)
    packed, votes = train(rows, features, variants)
    TRAINED.write_bytes(packed)
    classifier, _ = unpack(packed)
    sys.stdout.write(
        f"{len(rows)} messages, {len(variants)} variants, {len(classifier.rows):,} features, "
        f"{len(packed) / 1e6:.2f} MB, {time.perf_counter() - started:.0f} s\nvotes: {votes.header()}\n"
    )


if __name__ == "__main__":
    main()
