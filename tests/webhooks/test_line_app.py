"""The whole application: headers for every answer, kind words where something fails, logs without addresses."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from line_world import LineWorld, build, event, webhook
from sqlalchemy import text
from structlog.testing import capture_logs

from bot.storage.engine import writing

A_BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
TOKEN = "NMZTNuVrPTqlr2IF8Bnymkb7rXfYv5EY"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[LineWorld]:
    made = build(tmp_path)
    yield made
    made.close()


def break_link_pages(world: LineWorld) -> None:
    """Take a table away from under them."""
    with writing(world.engine) as session:
        session.execute(text("DROP TABLE link_tokens"))


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/readyz", "/link", "/link/static/link.css", "/line/webhook"]
)
def test_every_answer_keeps_out_of_frames_caches_and_guesses(world: LineWorld, path: str) -> None:
    with world.app.test_client().get(path) as response:
        headers = response.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "max-age=" in headers["Strict-Transport-Security"]


def test_a_page_that_is_not_there_is_told_kindly(world: LineWorld) -> None:
    response = world.app.test_client().get("/no/such/<page>", headers=A_BROWSER)
    assert response.status_code == 404
    assert response.mimetype == "text/html"
    assert "ページが見つかりません" in response.text
    assert "水戸市立" in response.text
    assert "no/such" not in response.text


def test_a_machine_gets_a_line_of_text(world: LineWorld) -> None:
    response = world.app.test_client().get("/no/such/page", headers={"Accept": "*/*"})
    assert (response.status_code, response.mimetype, response.text) == (404, "text/plain", "Not Found")


def test_a_failure_is_told_kindly_and_without_a_trace(world: LineWorld) -> None:
    break_link_pages(world)
    response = world.app.test_client().get(f"/link?linkToken={TOKEN}", headers=A_BROWSER)
    assert response.status_code == 500
    assert "しばらくたってから" in response.text
    for technical in ("Traceback", "link_tokens", "sqlalchemy", "Error", TOKEN):
        assert technical not in response.text


def test_a_failure_is_logged_by_kind_and_place(world: LineWorld) -> None:
    break_link_pages(world)
    with capture_logs() as logs:
        world.app.test_client().get(f"/link?linkToken={TOKEN}")
    [failure] = [entry for entry in logs if entry["log_level"] == "error"]
    assert failure["error"] == "OperationalError"
    assert failure["where"][-1].startswith("sqlalchemy/")
    assert any("link_tokens.py" in place for place in failure["where"])


def test_a_request_is_logged_by_its_rule_and_never_by_its_address(world: LineWorld) -> None:
    client = world.app.test_client()
    with capture_logs() as logs:
        client.get(f"/link?linkToken={TOKEN}")
        client.get(f"/{TOKEN}")
        client.get("/healthz")
        world.send(webhook(event()))
    seen = [(entry["method"], entry["rule"], entry["status"]) for entry in logs if entry["event"] == "http"]
    assert seen == [("GET", "/link", 403), ("GET", "none", 404), ("POST", "/line/webhook", 200)]
    assert TOKEN not in json.dumps(logs)


@pytest.mark.parametrize(
    ("public_url", "address"),
    [("https://bot.example.jp", "203.0.113.9"), ("http://127.0.0.1:8000", "127.0.0.1")],
)
def test_the_last_address_of_the_proxy_counts_where_there_is_a_proxy(
    tmp_path: Path, public_url: str, address: str
) -> None:
    world = build(tmp_path, public_url=public_url)
    seen: list[str | None] = []

    @world.app.get("/address")
    def _address() -> str:
        from flask import request

        seen.append(request.remote_addr)
        return ""

    world.app.test_client().get("/address", headers={"X-Forwarded-For": "198.51.100.7, 203.0.113.9"})
    assert seen == [address]
    world.close()
