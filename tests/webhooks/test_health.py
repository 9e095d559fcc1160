"""Whether the process lives, and whether what it stands on answers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from line_world import LineWorld, build

from bot.storage.migrate import downgrade


@pytest.fixture
def world(tmp_path: Path) -> Iterator[LineWorld]:
    made = build(tmp_path)
    yield made
    made.close()


def test_it_lives_whatever_the_database_does(world: LineWorld) -> None:
    world.checks["database"] = lambda: False
    response = world.app.test_client().get("/healthz")
    assert (response.status_code, response.text) == (200, "ok")


def test_it_is_ready_while_everything_answers(world: LineWorld) -> None:
    response = world.app.test_client().get("/readyz")
    assert response.status_code == 200
    assert response.json == {"ready": True, "database": True}


def test_it_is_not_ready_with_tables_of_another_version(world: LineWorld) -> None:
    downgrade(world.engine, "base")
    response = world.app.test_client().get("/readyz")
    assert response.status_code == 503
    assert response.json == {"ready": False, "database": False}


def test_what_fails_while_looking_is_not_ready_and_says_which(world: LineWorld) -> None:
    def broken() -> bool:
        raise OSError("at a secret place")

    world.checks["workers"] = broken
    response = world.app.test_client().get("/readyz")
    assert response.status_code == 503
    assert response.json == {"ready": False, "database": True, "workers": False}
    assert "secret" not in response.text


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_only_looked_at(world: LineWorld, path: str) -> None:
    assert world.app.test_client().post(path).status_code == 405
