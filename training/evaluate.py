"""`make eval`: what the parser reaches, on the held-out messages and, cross-validated, on those it learns from.

The texts of held-out messages are never printed, so that nobody tunes for them; the worst errors shown are of
the cross-validation.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click
import numpy as np

from bot.intents import Reading, load_parser
from training import figures
from training.compare import by_ngrams, by_templates
from training.costs import measure
from training.figures import Read
from training.learning import FOLDS, SEED, cross_classified, fit_votes
from training.messages import HELD_OUT, Row, read_table
from training.picture import draw
from training.train import examples_of, untrained_parser, variants_of

PICTURE: Final = Path(__file__).parents[1] / "docs" / "images" / "parser-confusion.png"
_WORST: Final = 40
_LIKELIEST: Final = 25


@click.command()
@click.option("--cross/--no-cross", default=True, help="Cross-validate too (a minute).")
@click.option("--others/--no-others", default=True, help="Compare with n-grams alone and with hassil.")
@click.option("--picture/--no-picture", default=False, help="Draw docs/images/parser-confusion.png anew.")
def main(cross: bool, others: bool, picture: bool) -> None:
    """Print the figures of the parser."""
    learn, ask = read_table(), read_table(HELD_OUT)
    parser = load_parser()
    read = [Read(row, parser.parse(row.say, today=row.today)) for row in ask]
    _report(f"Held out: {len(ask)} messages", read)
    costs = measure(parser, ask)
    _say(
        f"\ntime {costs.parse_seconds * 1e6:.0f} µs a message, Sudachi alone {costs.sudachi_seconds * 1e6:.0f} µs: "
        f"{costs.times_sudachi:.1f} times; memory above Sudachi {costs.memory_mb:.0f} MB; "
        f"start {costs.start_seconds:.2f} s"
    )
    if others:
        for name, (theirs, seconds) in {
            "character n-grams alone": by_ngrams(learn, ask),
            "hassil with templates": by_templates(ask),
        }.items():
            _say(f"{name}: {_summary(theirs)}; {seconds / len(ask) * 1e6:.0f} µs a message")
    if cross:
        unseen = cross_validated(learn)
        _report(f"Cross-validated: {len(unseen)} messages, patterns as they were before the message", unseen)
        _worst(unseen)
    if picture:
        draw(read, PICTURE)


def cross_validated(rows: list[Row]) -> list[Read]:
    """The messages with a first reading, weighed against classifiers and votes that have not seen them.

    Only intents are read so: slots are those of the parser of today, where the intent is right.
    """
    parser = untrained_parser()
    features = [parser.features(row.say, today=row.today) for row in rows]
    classifiers = cross_classified(features, [row.intent for row in rows], variants_of(rows, parser))
    examples = examples_of(rows, features)
    places = list(examples)
    fold = np.random.default_rng(SEED).integers(0, FOLDS, len(places))
    trained = load_parser()
    read: dict[int, Read] = {}
    for n in range(FOLDS):
        others = [place for place, of in zip(places, fold, strict=True) if of != n]
        votes = fit_votes([examples[p] for p in others], [classifiers[p] for p in others])
        for place in (p for p, of in zip(places, fold, strict=True) if of == n):
            example, row = examples[place], rows[place]
            likely = votes.weigher(classifiers[place]).weigh(example.said, example.features).likelihoods
            slots = trained.parse(row.say, today=row.today).slots if likely[0][0] is row.intent else {}
            read[place] = Read(row, Reading(likely[0][0], slots, likely[0][1], likely[1][0], ()))
    return [read[place] for place in places]


def _report(title: str, read: Sequence[Read]) -> None:
    _say(f"\n## {title}\n\n{_summary(read)}\n")
    _say("| intent | messages | found | right of those said |\n| --- | --- | --- | --- |")
    for intent, count, recall, precision in figures.by_intent(read):
        _say(f"| {intent} | {count} | {recall:.1%} | {precision:.1%} |")
    _say("\n| slot | messages | precision | recall |\n| --- | --- | --- | --- |")
    for name, count, precision, recall in figures.by_slot(read):
        _say(f"| {name} | {count} | {precision:.1%} | {recall:.1%} |")
    _say("\n| confidence | messages | mean | right |\n| --- | --- | --- | --- |")
    for low, high, count, mean, right in figures.calibration(read):
        _say(f"| {low:.2f}-{high:.2f} | {count} | {mean:.2f} | {right:.2f} |")
    wrong = [(n, *pair) for pair, n in figures.confusion(read).items() if pair[0] is not pair[1]]
    _say(
        "\nmeant -> read: "
        + ", ".join(f"{a} -> {b} {n}" for n, a, b in sorted(wrong, reverse=True)[:_LIKELIEST])
    )


def _summary(read: Sequence[Read]) -> str:
    wrong, of = figures.dangers(read)
    return (
        f"intent {figures.accuracy(read):.1%}, slots given the intent {figures.slot_accuracy(read):.1%}, "
        f"read as a change against their meaning {wrong} of {of}"
    )


def _worst(read: Sequence[Read]) -> None:
    """Wrong and sure of it."""
    wrong = sorted((r for r in read if not r.has_intent), key=lambda r: -r.reading.confidence)
    _say("\n| sure | meant | read | message |\n| --- | --- | --- | --- |")
    for r in wrong[:_WORST]:
        said = " ".join(r.row.say.split())[: _LIKELIEST * 2]
        _say(f"| {r.reading.confidence:.2f} | {r.row.intent} | {r.reading.intent} | {said} |")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
