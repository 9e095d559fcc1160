"""The account itself: who it is, and its webhook."""

from flask import Blueprint, Response, jsonify

from simulator.clock import iso
from simulator.platform import Platform


def add_to(blueprint: Blueprint, platform: Platform) -> None:
    """Add the calls to the blueprint."""

    @blueprint.get("/v2/bot/info")
    def info() -> Response:
        return jsonify(
            userId=platform.bot_user_id,
            basicId="@simulator",
            displayName=platform.settings.account_name,
            chatMode="bot",
            markAsReadMode="auto",
        )

    @blueprint.get("/v2/bot/channel/webhook/endpoint")
    def endpoint() -> Response:
        return jsonify(endpoint=platform.settings.webhook_url, active=True)

    @blueprint.post("/v2/bot/channel/webhook/test")
    def test() -> Response:
        status = platform.delivery.post_events([])
        is_sound = status in range(200, 300)
        return jsonify(
            success=is_sound,
            timestamp=iso(platform.clock.now()),
            statusCode=status,
            reason="OK" if is_sound else _reason(status),
            detail=str(status) if status else "no answer in time",
        )


def _reason(status: int) -> str:
    return "ERROR_STATUS_CODE" if status else "COULD_NOT_CONNECT"
