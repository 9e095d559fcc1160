"""What goes wrong on purpose, and what went over the wire."""

from flask import Blueprint, Response, jsonify, request

from simulator.control.inputs import body
from simulator.platform import Platform
from simulator.traffic import KEPT


def add_to(blueprint: Blueprint, platform: Platform) -> None:
    """Add the calls to the blueprint."""

    @blueprint.get("/misbehaviour")
    def switches() -> Response:
        return jsonify(platform.misbehaviour.as_dict())

    @blueprint.post("/misbehaviour")
    def set_switches() -> Response:
        """Body: switches by name; `{}` resets all."""
        given = body()
        return jsonify(platform.misbehaviour.set(given) if given else platform.misbehaviour.reset())

    @blueprint.get("/traffic")
    def traffic() -> Response:
        """`limit`: so many of the last exchanges, the newest first."""
        limit = request.args.get("limit", KEPT, type=int)
        return jsonify(exchanges=platform.traffic.newest(max(1, min(limit, KEPT))))
