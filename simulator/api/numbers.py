"""Numbers: the quota and what was used of it, messages by day, aggregation units, insight."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, jsonify, request

from simulator.api.errors import LineError
from simulator.clock import line_day
from simulator.platform import Platform

UNITS_A_PAGE = 100
LONGEST_SPAN = timedelta(days=30)

_DAY = re.compile(r"\d{8}")
_INSIGHT_NAMES = {
    "apiBroadcast": "broadcast",
    "apiPush": "push",
    "apiMulticast": "multicast",
    "apiNarrowcast": "narrowcast",
    "apiReply": "reply",
}


def add_to(blueprint: Blueprint, platform: Platform) -> None:
    """Add the calls to the blueprint."""
    for add in (_add_quota, _add_deliveries, _add_units, _add_insight):
        add(blueprint, platform)


def _add_quota(blueprint: Blueprint, platform: Platform) -> None:
    @blueprint.get("/v2/bot/message/quota")
    def quota() -> Response:
        limit = platform.settings.monthly_quota
        return jsonify(type="none") if limit is None else jsonify(type="limited", value=limit)

    @blueprint.get("/v2/bot/message/quota/consumption")
    def consumption() -> Response:
        return jsonify(totalUsage=platform.statistics.used())


def _add_deliveries(blueprint: Blueprint, platform: Platform) -> None:
    @blueprint.get("/v2/bot/message/delivery/<any(reply, push, multicast, broadcast):kind>")
    def delivered(kind: str) -> Response:
        day = _day("date")
        if day > _today(platform):
            return jsonify(status="unready")
        return jsonify(status="ready", success=platform.statistics.sent_on(kind, day))

    @blueprint.get("/v2/bot/insight/message/delivery")
    def deliveries() -> Response:
        day = _day("date")
        if day > _today(platform):
            return jsonify(status="unready")
        counts = {name: platform.statistics.sent_on(kind, day) for name, kind in _INSIGHT_NAMES.items()}
        return jsonify(status="ready", **{name: count for name, count in counts.items() if count})


def _add_units(blueprint: Blueprint, platform: Platform) -> None:
    @blueprint.get("/v2/bot/message/aggregation/info")
    def usage() -> Response:
        return jsonify(numOfCustomAggregationUnits=len(platform.statistics.units()))

    @blueprint.get("/v2/bot/message/aggregation/list")
    def names() -> Response:
        limit = request.args.get("limit", UNITS_A_PAGE, type=int)
        if not 1 <= limit <= UNITS_A_PAGE:
            raise LineError(400, f"The limit must be 1 to {UNITS_A_PAGE}")
        return jsonify(page(platform.statistics.units(), limit, "customAggregationUnits"))


def _add_insight(blueprint: Blueprint, platform: Platform) -> None:
    @blueprint.get("/v2/bot/insight/followers")
    def followers_now() -> Response:
        """As they are now: the simulator keeps no history of its people."""
        with platform.state.locked():
            people = list(platform.state.people.values())
        friends = sum(person.is_friend for person in people)
        blocks = sum(person.has_blocked for person in people)
        return jsonify(status="ready", followers=friends, targetedReaches=friends - blocks, blocks=blocks)

    @blueprint.get("/v2/bot/insight/message/event")
    def of_request() -> Response:
        found = platform.statistics.of_request(request.args.get("requestId", ""))
        if found is None:
            raise LineError(400, "The requestId is of no broadcast and no narrowcast")
        return jsonify(found)

    @blueprint.get("/v2/bot/insight/message/event/aggregation")
    def of_unit() -> Response:
        first, last = _day("from"), _day("to")
        if not first <= last <= first + LONGEST_SPAN:
            raise LineError(
                400, f"from must not be after to, nor more than {LONGEST_SPAN.days} days before it"
            )
        return jsonify(
            platform.statistics.of_unit(request.args.get("customAggregationUnit", ""), first, last)
        )


def page(items: Sequence[str], limit: int, name: str) -> dict[str, Any]:
    """A page of a list, from the request's `start`, with the start of the next one where there is more."""
    start = request.args.get("start", "0")
    if not (start.isascii() and start.isdigit()):
        raise LineError(400, "Invalid start")
    end = int(start) + limit
    more = {"next": str(end)} if end < len(items) else {}
    return {name: list(items[int(start) : end]), **more}


def _day(name: str) -> date:
    text = request.args.get(name, "")
    if _DAY.fullmatch(text):
        try:
            return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007  # A day, not an instant.
        except ValueError:
            pass
    raise LineError(400, f"The query parameter, {name}, must be a day as yyyyMMdd")


def _today(platform: Platform) -> date:
    return line_day(platform.clock.now())
