"""Short-lived channel access tokens: issued by the channel's id and secret, verified, revoked.

These calls bear no token themselves. Their errors have OAuth's form.
"""

import hmac
import uuid

from flask import Blueprint, Response, jsonify, request

from simulator.platform import Platform
from simulator.tokens import CHANNEL_TOKEN_LIFE


def oauth_blueprint(platform: Platform) -> Blueprint:
    """The calls below /v2/oauth."""
    blueprint = Blueprint("oauth", __name__)

    @blueprint.after_request
    def identify(response: Response) -> Response:
        response.headers["x-line-request-id"] = str(uuid.uuid4())
        return response

    @blueprint.post("/v2/oauth/accessToken")
    def issue() -> Response:
        if request.form.get("grant_type") != "client_credentials":
            return _error("unsupported_grant_type", "grant_type must be client_credentials")
        settings = platform.settings
        if not _same(request.form.get("client_id"), settings.channel_id) or not _same(
            request.form.get("client_secret"), settings.channel_secret
        ):
            return _error("invalid_client", "invalid client_id or client_secret")
        token = platform.channel_tokens.issue()
        seconds = int(CHANNEL_TOKEN_LIFE.total_seconds())
        return jsonify(access_token=token, expires_in=seconds, token_type="Bearer")  # noqa: S106  # Its kind.

    @blueprint.post("/v2/oauth/verify")
    def verify() -> Response:
        left = platform.channel_tokens.seconds_left(request.form.get("access_token", ""))
        if left is None:
            return _error("invalid_request", "access token expired or unknown")
        return jsonify(client_id=platform.settings.channel_id, expires_in=left, scope="P CM")

    @blueprint.post("/v2/oauth/revoke")
    def revoke() -> Response:
        platform.channel_tokens.revoke(request.form.get("access_token", ""))
        return Response(status=200)

    return blueprint


def _same(given: str | None, expected: str) -> bool:
    return bool(expected) and hmac.compare_digest((given or "").encode(), expected.encode())


def _error(kind: str, description: str) -> Response:
    response = jsonify(error=kind, error_description=description)
    response.status_code = 400
    return response
