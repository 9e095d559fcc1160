"""The distribution as it is installed elsewhere: everything that the packages read is in it."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("bot", "webhooks", "simulator")
NOT_READ = {".pyc", ".md"}
"""Compiled code, and pages for people."""


@pytest.fixture(scope="module")
def in_wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of the files in a wheel that is built from a copy: building writes into its folder."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    for name in PACKAGES:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, source / name)
    options = ["--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--disable-pip-version-check"]
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", folder, source],
        check=True,
        capture_output=True,
    )
    [wheel] = folder.glob("madoguchi-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.mark.parametrize("package", PACKAGES)
def test_every_file_of_a_package_is_in_the_wheel(in_wheel: set[str], package: str) -> None:
    files = [path for path in (ROOT / package).rglob("*") if path.is_file()]
    wanted = {str(path.relative_to(ROOT)) for path in files if path.suffix not in NOT_READ}
    assert wanted
    assert wanted - in_wheel == set()


def test_nothing_else_is_in_the_wheel(in_wheel: set[str]) -> None:
    places = {name.partition("/")[0] for name in in_wheel}
    assert {place for place in places if not place.startswith("madoguchi-")} == set(PACKAGES)
