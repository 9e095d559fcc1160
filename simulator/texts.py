"""Texts as LINE holds them: whole Unicode. Pure; no I/O."""

from typing import Any


def whole(value: Any) -> Any:
    """JSON without broken halves of surrogate pairs, which a browser can make and no event or page can carry."""
    if isinstance(value, str):
        return (
            value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        )
    if isinstance(value, list):
        return [whole(item) for item in value]
    if isinstance(value, dict):
        return {whole(name): whole(item) for name, item in value.items()}
    return value
