"""One database a library for all conversations, begun anew for each: SQLAlchemy compiles its statements once."""

from collections.abc import Iterator

import pytest

from tests.dialogue.flows.player import Databases


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Databases with the record that all conversations begin with."""
    databases = Databases(tmp_path_factory.mktemp("conversations"))
    yield databases
    databases.close()
