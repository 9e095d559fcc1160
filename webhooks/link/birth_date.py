"""A birth date as people write it: 1950-04-01, 1950/4/1, 19500401, 1950年4月1日, 昭和25年4月1日, S25.4.1."""

import re
import unicodedata
from datetime import date

_YEAR_BEFORE_ERA = {
    "明治": 1867, "M": 1867,
    "大正": 1911, "T": 1911,
    "昭和": 1925, "S": 1925,
    "平成": 1988, "H": 1988,
    "令和": 2018, "R": 2018,
}  # fmt: skip
"""The year 0 of each era (元号), by name and initial; a person's years in an era are added to it."""

_SEPARATED = re.compile(
    r"(?P<era>明治|大正|昭和|平成|令和|[MTSHR])?(?P<year>\d{1,4}|元)[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})")
_HYPHENS = str.maketrans(dict.fromkeys("‐‑‒–—―−ー", "-"))


def parse_birth_date(written: str, today: date) -> date | None:
    """The day that is meant; None for what is no date, or none that someone alive was born on."""
    text = unicodedata.normalize("NFKC", written).translate(_HYPHENS)
    text = "".join(text.split())
    match = _COMPACT.fullmatch(text) or _SEPARATED.fullmatch(text)
    if match is None:
        return None
    parts = match.groupdict()
    year = 1 if parts["year"] == "元" else int(parts["year"])
    era = parts.get("era")
    if year < 1 or (era is None and len(parts["year"]) != 4):
        return None
    year += _YEAR_BEFORE_ERA[era.upper()] if era else 0
    try:
        day = date(year, int(parts["month"]), int(parts["day"]))
    except ValueError:
        return None
    return day if date(1868, 1, 1) <= day <= today else None
