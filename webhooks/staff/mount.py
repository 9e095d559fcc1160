"""Where the console is reached: under `/staff/` of the patrons' address, or at one of its own and nowhere else."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug.exceptions import NotFound
from werkzeug.utils import redirect

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX = "/staff"


class WithConsole:
    """Both applications as one. `port`: where the console alone is reached; None: beside the patrons' pages.

    The port is that of the socket that the request came in by, which no request can forge.
    """

    def __init__(self, public: "WSGIApplication", console: "WSGIApplication", port: int | None) -> None:
        self._public = public
        self._console = console
        self._port = port

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """As WSGI wants it."""
        path = environ.get("PATH_INFO", "")
        is_consoles = path == PREFIX or path.startswith(f"{PREFIX}/")
        if self._port is None:
            return (self._shown if is_consoles else self._public)(environ, start_response)
        if environ.get("SERVER_PORT") != str(self._port):
            return self._public(environ, start_response)
        if is_consoles:
            return self._shown(environ, start_response)
        answer = redirect(f"{PREFIX}/") if path in ("", "/") else NotFound().get_response(environ)
        return answer(environ, start_response)

    def _shown(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """The console, which thinks itself at the root."""
        below = environ["PATH_INFO"].removeprefix(PREFIX)
        inner = environ | {"SCRIPT_NAME": environ.get("SCRIPT_NAME", "") + PREFIX, "PATH_INFO": below or "/"}
        return self._console(inner, start_response)
