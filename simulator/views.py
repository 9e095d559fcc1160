"""What a phone shows, as JSON."""

import json
from collections.abc import Collection
from typing import Any

from simulator.clock import millis
from simulator.platform import Platform
from simulator.state import BOT, SYSTEM, Chat, Entry, Person


def overview(platform: Platform, most: int | None = None, also: Collection[int] = ()) -> dict[str, Any]:
    """People with their groups: the first `most` (None: all) and those numbered `also`; and how many there are."""
    state = platform.state
    with state.locked():
        groups = [chat for chat in state.chats.values() if chat.is_group]
        users = [
            {
                "user": person.number,
                "userId": person.user_id,
                "name": person.name,
                "isFriend": person.is_reachable,
                "hasBlocked": person.has_blocked,
                "language": person.language,
                "groups": [
                    {"chat": chat.id, "name": chat.name} for chat in groups if person.user_id in chat.members
                ],
            }
            for person in state.people_numbered(most, also)
        ]
        count = len(state.people)
    return {"account": platform.settings.account_name, "count": count, "users": users}


def received(platform: Platform, containing: str) -> dict[str, int]:
    """How many of the account's messages (whose JSON contains a text) each person has, by user id; none: left out."""
    counts: dict[str, int] = {}
    with platform.state.locked():
        for user_id in platform.state.people:
            said = [entry.message for entry in platform.state.chats[user_id].entries if entry.sender == BOT]
            count = sum(not containing or containing in json.dumps(one, ensure_ascii=False) for one in said)
            if count:
                counts[user_id] = count
    return counts


def chat_view(platform: Platform, person: Person, chat: Chat, since: int) -> dict[str, Any]:
    """A chat as this person sees it; of its messages those that changed after revision `since`."""
    now = millis(platform.clock.now())
    # Asked before the state is locked: the menus have a lock of their own, and two locks need one order.
    menu = None if chat.is_group else platform.rich_menus.shown_to(person.user_id)
    with platform.state.locked():
        fresh = [entry for entry in chat.entries if entry.revision > since]
        for entry in fresh:
            if entry.request:
                platform.statistics.seen(entry.request, entry.seq, person.user_id)
        return {
            "chat": chat.id,
            "revision": platform.state.revision_of(chat),
            "now": now,
            "user": person.number,
            "name": platform.settings.account_name if not chat.is_group else chat.name,
            "isGroup": chat.is_group,
            "hasBot": chat.has_bot,
            "members": [
                {"user": somebody.number, "name": somebody.name}
                for somebody in (platform.state.people[user_id] for user_id in chat.members)
            ],
            "canSend": chat.is_group or person.is_reachable,
            "hasBlocked": person.has_blocked,
            "loadingMs": max(chat.loading_until - now, 0),
            "quickReply": _quick_reply(chat),
            "richMenu": menu,
            "messages": [_entry_view(entry, person, platform) for entry in fresh],
        }


def _entry_view(entry: Entry, person: Person, platform: Platform) -> dict[str, Any]:
    people = platform.state.people
    sender = {BOT: "bot", SYSTEM: "system"}.get(
        entry.sender, "user" if entry.sender == person.user_id else "other"
    )
    return {
        "id": entry.id,
        "from": sender,
        "name": people[entry.sender].name if entry.sender in people else "",
        "at": entry.at,
        "message": entry.message,
        "event": entry.event,
        "hasOwnContent": platform.contents.is_own(entry.id),
        "arrival": entry.arrival,
        "isUnsent": entry.is_unsent,
    }


def _quick_reply(chat: Chat) -> list[dict[str, Any]]:
    """The quick replies of the last message, until one is tapped or any message arrives."""
    if not chat.entries or chat.entries[-1].sender != BOT or chat.used_quick_reply == chat.entries[-1].id:
        return []
    items: list[dict[str, Any]] = chat.entries[-1].message.get("quickReply", {}).get("items", [])
    return items
