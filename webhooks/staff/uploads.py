"""Views that take files: they say how large a request may be, before anything of it is read."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from flask import Flask, request

View = TypeVar("View", bound=Callable[..., Any])

_LARGEST: Final = "largest_request"


def takes_files(largest: int) -> Callable[[View], View]:
    """A request to this view may have so many bytes."""

    def mark(view: View) -> View:
        setattr(view, _LARGEST, largest)
        return view

    return mark


def let_files_in(app: Flask) -> None:
    """To be called after who may see what is seen to, and before anything reads a form."""

    @app.before_request
    def _widen() -> None:
        view = app.view_functions.get(request.endpoint or "")
        largest = getattr(view, _LARGEST, None)
        if largest is not None:
            request.max_content_length = largest
