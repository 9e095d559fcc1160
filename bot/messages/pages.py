"""The wording of the link pages: texts by key, in the library's own words.

The texts are in `texts/pages.toml`. What depends on the library (its word for the card number, its rule for
passwords, what it says about mail) is filled in or chosen here, from the policy.
"""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import cache
from importlib.resources import files
from math import ceil
from typing import Any

from bot.policies import Branch, Policy

_LONGEST_WAIT_TOLD = timedelta(hours=2)
"""Beyond it nobody waits in front of a page: the counter is named instead."""


class PageTexts:
    """The texts of the pages for one library. Called with a key, it returns the text."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._values = _values(policy)

    def __call__(self, key: str, **values: str | int) -> str:
        """The text of `key` with its places filled in; raises KeyError for an unknown key."""
        text = _entry(key)
        assert isinstance(text, str)  # noqa: S101  # A list is asked for with `lines`.
        return text.format_map({**self._values, **values})

    def lines(self, key: str) -> list[str]:
        """A text of several lines."""
        return [line.format_map(self._values) for line in _entry(key)]

    def wait(self, wait: timedelta) -> str:
        """How long the next try must wait, or that only the counter helps."""
        if wait > _LONGEST_WAIT_TOLD:
            return self("wait.days")
        return self("wait.minutes", minutes=ceil(wait / timedelta(minutes=1)))

    @property
    def library(self) -> str:
        """The library's name."""
        return self._policy.name

    @property
    def branches(self) -> tuple[Branch, ...]:
        """The branches with their phones."""
        return self._policy.branches

    @property
    def self_registration(self) -> bool:
        """Whether a first password can be registered without going to the counter."""
        return self._policy.password.first_registration == "by_patron"

    @property
    def password_rule(self) -> str:
        """What a new password must be like."""
        mixed = self._policy.password.letters_and_digits
        return self("new_password.rule_mixed" if mixed else "new_password.rule_length")

    @property
    def email_hints(self) -> list[str]:
        """What is said where an address may be given."""
        return [self("new_password.email_hint"), *self._about_mail()]

    @property
    def mail_notes(self) -> list[str]:
        """What is said where an address is confirmed."""
        return [*self._about_mail(), self("mail_confirm.how_to_stop")]

    def mail_kinds(self, kinds: Iterable[str]) -> str:
        """What letters of some kinds are about, for within 「」; in general terms where one has no name of its own."""
        names = _entry("mail_kind")
        return "」「".join(dict.fromkeys(str(names.get(kind, names["other"])) for kind in kinds))

    def _about_mail(self) -> list[str]:
        contact = self._policy.contact
        keys = ["email_allow"]
        keys += ["email_costs"] if contact.mail_costs_are_the_patrons else []
        keys += ["email_library_use"] if contact.address_used_for_library_messages else []
        return [self(f"new_password.{key}") for key in keys]


def _values(policy: Policy) -> dict[str, str | int]:
    return {
        "card": policy.words.card_number,
        "cart": policy.words.cart,
        "library": policy.name,
        "sender": policy.contact.mail_sender,
        "shortest": policy.password.min_length,
        "longest": policy.password.max_length,
        "website": policy.website,
        "place": policy.pickup.place or "窓口",
        "by_form": f"「{form}」により" if (form := policy.password.application_form) else "",
    }


@cache
def _texts() -> Mapping[str, Any]:
    return tomllib.loads(files("bot.messages").joinpath("texts/pages.toml").read_text("utf-8"))


def _entry(key: str) -> Any:
    entry: Any = _texts()
    for part in key.split("."):
        entry = entry[part]
    return entry
