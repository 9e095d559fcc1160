"""The picture of the confusion matrix for docs/parser.md."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt

from bot.intents import Intent
from training.figures import Read, confusion

mpl.use("Agg")


def draw(read: Sequence[Read], file: Path) -> None:
    """Draw what each intent was read as, in shares of the row; a number where it is not none."""
    counts = confusion(read)
    intents = list(Intent)
    table = np.array([[counts[truth, got] for got in intents] for truth in intents])
    shares = table / np.maximum(1, table.sum(axis=1, keepdims=True))
    figure, axes = plt.subplots(figsize=(11, 10))
    axes.imshow(np.sqrt(shares), cmap="Blues")
    names = [intent.value for intent in intents]
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=8)
    axes.set_yticks(range(len(names)), names, fontsize=8)
    axes.set_xlabel("read as")
    axes.set_ylabel("meant")
    for row, column in np.argwhere(table > 0):
        dark = shares[row, column] > 0.4
        axes.text(
            column,
            row,
            str(table[row, column]),
            ha="center",
            va="center",
            fontsize=7,
            color="white" if dark else "black",
        )
    figure.tight_layout()
    figure.savefig(file, dpi=100, metadata={"Software": None})
    plt.close(figure)
