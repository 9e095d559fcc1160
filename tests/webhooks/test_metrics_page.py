"""`/metrics`: for those who may see it; for everybody else there is no such page."""

import pytest
from flask import Flask

from webhooks.metrics import metrics_blueprint


def status(authorization: str | None, *, token: str = "a-token", is_open: bool = False) -> int:  # noqa: S107  # Made up.
    """What a request with this header is answered."""
    app = Flask("test")
    app.register_blueprint(metrics_blueprint(lambda: b"madoguchi 1\n", token=token, is_open=is_open))
    headers = {} if authorization is None else {"Authorization": authorization}
    return app.test_client().get("/metrics", headers=headers).status_code


@pytest.mark.parametrize("authorization", ["Bearer a-token", "bearer a-token"])
def test_it_is_shown_to_who_has_the_token(authorization: str) -> None:
    assert status(authorization) == 200


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer another", "Basic a-token", "Bearer ä"])
def test_it_is_hidden_from_everybody_else(authorization: str | None) -> None:
    assert status(authorization) == 404


@pytest.mark.parametrize("authorization", [None, "Bearer", "Bearer "])
def test_without_a_token_nobody_sees_it(authorization: str | None) -> None:
    assert status(authorization, token="") == 404


def test_on_ones_own_machine_it_is_open() -> None:
    assert status(None, token="", is_open=True) == 200
