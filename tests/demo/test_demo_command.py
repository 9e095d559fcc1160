"""`madoguchi demo` as a person starts it: it says where to look and what to try, and leaves nothing running."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from bot.demo.data_files import demo_cards

pytestmark = pytest.mark.process


def test_it_opens_says_what_to_try_and_leaves_nothing_running(tmp_path: Path) -> None:
    demo = subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", "--library", "kyoto", "--port", "0", "--folder", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert demo.stdout is not None
    said: list[str] = []
    for line in demo.stdout:
        said.append(line)
        if "Ctrl-C" in line:
            break
    [address] = [word for line in said if "Open" in line for word in line.split() if word.startswith("http")]
    with urlopen(address, timeout=20) as page:  # noqa: S310  # Loopback.
        assert page.status == 200
        assert "京都府立図書館" in page.read().decode(), "the account is called by the library's name"
    private = [tmp_path / "serve.log", tmp_path / "madoguchi-demo.sqlite3"]
    assert {path.stat().st_mode & 0o077 for path in private} == {0}
    shown = "".join(said)
    for card in demo_cards("kyoto")[:8]:
        assert card.card_number in shown
        assert (card.password or card.temporary_password) in shown
    [console] = [line.split()[-1] for line in said if "Staff console" in line]
    with urlopen(console, timeout=20) as page:  # noqa: S310  # Loopback.
        assert "サインイン" in page.read().decode()
    assert '"event"' not in shown, "logs go to a file"
    demo.send_signal(signal.SIGTERM)  # It is taken as Ctrl-C.
    rest, _ = demo.communicate(timeout=60)
    assert demo.returncode == 0
    assert "おわります" in rest
    assert "workers stopped" in (tmp_path / "serve.log").read_text()
    with pytest.raises(OSError, match="refused"):
        urlopen(address, timeout=5)  # noqa: S310  # Loopback.
