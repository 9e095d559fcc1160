"""What browsers are told about the simulator's own pages."""

from flask import Response

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' https: data: http://127.0.0.1:* http://localhost:*",
        "media-src 'self' https: http://127.0.0.1:* http://localhost:*",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
"""Nothing but our own files; pictures of messages come from https addresses, or from a bot on this machine."""


def protect(response: Response) -> Response:
    """Set the headers; what the bot sends is shown, never run."""
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers.setdefault("Cache-Control", "no-store")
    return response
