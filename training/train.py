"""`make train`: writes `bot/intents/data/classifier.bin` anew from the messages and the first readings."""

import sys
import time
from pathlib import Path

import bot.intents
from bot.intents import Intent, Parser, load_parser
from bot.intents.classifier import Classifier, unpack
from bot.intents.weigh import Weigher
from training.first_readings import read_first_readings
from training.learning import Example, Features, Votes, cross_classified, fit_classifier, fit_votes
from training.messages import Row, read_table

TRAINED = Path(bot.intents.__file__).parent / "data" / "classifier.bin"


def untrained_parser() -> Parser:
    """A parser whose classifier knows nothing: for the features, and for what patterns say."""
    knows_nothing = Classifier(tuple(Intent), {}, (0.0,) * len(Intent), 1.0)
    return load_parser(weigher=Weigher(knows_nothing, 1.0, 0.0, {}))


def examples_of(rows: list[Row], features: list[Features]) -> dict[int, Example]:
    """The messages that tell what a vote is worth, by their place in `rows`."""
    first = read_first_readings(rows)
    return {n: Example(rows[n].intent, said, features[n]) for n, said in sorted(first.items())}


def train(rows: list[Row], features: list[Features]) -> tuple[bytes, Votes]:
    """The packed result."""
    intents = [row.intent for row in rows]
    unseen = cross_classified(features, intents)
    examples = examples_of(rows, features)
    votes = fit_votes(list(examples.values()), [unseen[n] for n in examples])
    return fit_classifier(features, intents, votes.header()), votes


def main() -> None:
    """Train and write."""
    started = time.perf_counter()
    rows = read_table()
    parser = untrained_parser()
    features = [parser.features(row.say, today=row.today) for row in rows]
    packed, votes = train(rows, features)
    TRAINED.write_bytes(packed)
    classifier, _ = unpack(packed)
    sys.stdout.write(
        f"{len(rows)} messages, {len(classifier.rows):,} features, {len(packed) / 1e6:.2f} MB, "
        f"{time.perf_counter() - started:.0f} s\nvotes: {votes.header()}\n"
    )


if __name__ == "__main__":
    main()
