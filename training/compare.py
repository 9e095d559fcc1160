"""The two others in the comparison: a plain character n-gram classifier, and hassil with templates.

Both see what the parser sees: the messages that may be learnt from, never the ones that measure.
"""

import time
from collections.abc import Sequence
from pathlib import Path

import yaml
from hassil import Intents, recognize_best
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from bot.intents import Intent, Reading
from training.figures import Read
from training.messages import Row

TEMPLATES = Path(__file__).parent / "hassil_templates.yaml"
_LONGEST_FOR_TEMPLATES = 60
"""Characters: hassil tries every way to fill its wildcards, and no template is for a letter."""


def by_ngrams(learn: Sequence[Row], ask: Sequence[Row]) -> tuple[list[Read], float]:
    """What character n-grams alone make of the messages, and the seconds it took; it knows no slots."""
    model = make_pipeline(
        TfidfVectorizer(analyzer="char", ngram_range=(1, 4), sublinear_tf=True),
        LogisticRegression(C=30.0, max_iter=200),
    )
    model.fit([row.say for row in learn], [str(row.intent) for row in learn])
    started = time.perf_counter()
    likely = [model.predict_proba([row.say])[0] for row in ask]
    seconds = time.perf_counter() - started
    best = [(Intent(str(model.classes_[one.argmax()])), float(one.max())) for one in likely]
    read = [Read(row, Reading(i, {}, sure, None, ())) for row, (i, sure) in zip(ask, best, strict=True)]
    return read, seconds


def by_templates(ask: Sequence[Row]) -> tuple[list[Read], float]:
    """What hassil makes of the messages; what fits no template is out of scope."""
    intents = Intents.from_dict(yaml.safe_load(TEMPLATES.read_text(encoding="utf-8")))
    started = time.perf_counter()
    read = [Read(row, _recognize(row.say, intents)) for row in ask]
    return read, time.perf_counter() - started


def _recognize(say: str, intents: Intents) -> Reading:
    if len(say) > _LONGEST_FOR_TEMPLATES:
        return Reading(Intent.OUT_OF_SCOPE, {}, 0.0, None, ())
    found = recognize_best(say, intents)
    if found is None:
        return Reading(Intent.OUT_OF_SCOPE, {}, 0.0, None, ())
    slots = {name: str(entity.value).strip("『』「」 ") for name, entity in found.entities.items()}
    return Reading(Intent(found.intent.name), slots, 1.0, None, ())
