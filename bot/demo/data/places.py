"""Sample addresses (見本), made up: the libraries' guides name none but, here and there, a phone."""

import json
from urllib.parse import quote

from bot.policies import load_policy


def with_sample_places(text: str, library: str) -> str:
    """The text of a policy file with a sample address and a search on a map for each branch."""
    for number, branch in enumerate(load_policy(library).branches, start=1):
        address = f"（見本）○○市○○町{number}丁目1番1号"
        map_url = f"https://www.openstreetmap.org/search?query={quote(branch.full_name)}"
        lines = "".join(
            f"{key} = {json.dumps(value, ensure_ascii=False)}\n"
            for key, value in (("address", address), ("map_url", map_url))
        )
        code = f'\ncode = "{branch.code}"\n'
        text = text.replace(code, f"{code}{lines}", 1)
    return text
