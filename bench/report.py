"""A bench's figures as a table for people."""

from collections.abc import Iterator, Mapping
from typing import Any

WIDTH = 62


def table(results: Mapping[str, Any]) -> str:
    """All figures, a line each, under the name of their measurement."""
    lines: list[str] = []
    for subject, figures in results.items():
        lines += ["", subject.upper(), "-" * len(subject)]
        lines += [f"{name:<{WIDTH}} {value}" for name, value in _flat(figures)]
    return "\n".join(lines)


def _flat(figures: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if not isinstance(figures, Mapping):
        yield path, str(figures)
        return
    for name, value in figures.items():
        if name != "said":  # What was answered is in the JSON.
            yield from _flat(value, f"{path}, {name}" if path else str(name))
