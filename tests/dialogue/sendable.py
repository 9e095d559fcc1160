"""Whether messages can be sent: the SDK's models and LINE's limits hold, and no locked screen tells a title."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from linebot.v3.messaging import Message

from bot.messages.replies import CARD_URL, LINK_URL
from simulator.limits.messages import check_messages

MOST = 5


def problems_of(messages: Sequence[Mapping[str, Any]], secrets: Sequence[str] = ()) -> list[str]:
    """What is wrong with the messages of a turn; `secrets` must not stand in any alternative text."""
    # The sender puts the address in before anything leaves.
    text = json.dumps(messages).replace(LINK_URL, "https://bot.example.jp/link?linkToken=abc")
    sent = json.loads(
        re.sub(re.escape(CARD_URL) + r"[0-9a-z]+\}", "https://bot.example.jp/card?key=abc", text)
    )
    found = [str(problem) for problem in check_messages(sent)] if sent else []
    found += [f"{len(sent)} messages"] if len(sent) > MOST else []
    for message in sent:
        if Message.from_dict(message) is None:
            found.append("LINE's models do not know it")
        alt = message.get("altText", "")
        found += [f"altText tells {secret}" for secret in secrets if secret in alt]
    return found
