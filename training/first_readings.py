"""What the patterns said of each message when it was new to them.

`bot/intents/data/first_readings.csv` was written before anyone tuned a pattern for the message, so it shows how
far patterns can be trusted with messages that nobody has seen. Their readings of today would not: all
messages of the table are read rightly by now.
"""

import csv
from pathlib import Path

from bot.intents import Intent, Reading
from training.messages import FOLDER, Row

FILE = FOLDER.parent / "first_readings.csv"


def read_first_readings(rows: list[Row], file: Path = FILE) -> dict[int, Reading]:
    """The first reading of the messages that have one, by their place in `rows`."""
    place = {row.say: n for n, row in enumerate(rows)}
    with file.open(encoding="utf-8", newline="") as lines:
        return {
            place[raw["message"]]: _reading(raw) for raw in csv.DictReader(lines) if raw["message"] in place
        }


def _reading(raw: dict[str, str]) -> Reading:
    runner_up = Intent(raw["runner_up"]) if raw["runner_up"] else None
    matched = (raw["pattern"],) if raw["pattern"] else ()
    return Reading(Intent(raw["intent"]), {}, float(raw["confidence"]), runner_up, matched)
