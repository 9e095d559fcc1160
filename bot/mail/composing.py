"""A letter as an e-mail of the library, with correct headers. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Any, Final

from bot.mail.letters import Letter

_NEVER_ENCODED: Final = frozenset({"message-id", "list-unsubscribe"})
_USUAL: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_CARELESS: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}")
_DOMAIN: Final = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")


class _HeadersPolicy(EmailPolicy):
    """The standard library's, which would break a long address into encoded words; no receiver reads those there."""

    def fold(self, name: str, value: Any) -> str:
        """As the parent's, with the headers that hold ids and addresses as they are."""
        if name.lower() in _NEVER_ENCODED:
            return f"{name}: {value}".replace(", ", f",{self.linesep} ") + self.linesep
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The same in bytes."""
        if name.lower() in _NEVER_ENCODED:
            return self.fold(name, value).encode("ascii")
        return super().fold_binary(name, value)


_POLICY: Final = _HeadersPolicy(linesep="\r\n", cte_type="7bit")


@dataclass(frozen=True, slots=True)
class Sender:
    """In whose name letters are written."""

    address: str
    name: str
    reply_to: str = ""
    """Where answers go; empty: to `address`."""
    stop_address: str = ""
    """A mailbox that the library reads, where one may write to get no more letters; empty: none."""

    @property
    def domain(self) -> str:
        """Of the address: what receivers look up (SPF, DKIM, DMARC)."""
        return self.address.rpartition("@")[2]


def composed(letter: Letter, sender: Sender, at: datetime) -> EmailMessage:
    """The letter as an e-mail. Raises ValueError for a recipient that is no single address.

    `Auto-Submitted` keeps holiday answers away (RFC 3834); the unsubscribe headers are RFC 2369's and 8058's.
    """
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(_one_line(sender.name), addr_spec=sender.address)
    message["To"] = mailbox(letter.to)
    message["Subject"] = _one_line(letter.subject)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{letter.key}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    if sender.reply_to:
        message["Reply-To"] = Address(_one_line(sender.name), addr_spec=sender.reply_to)
    if letter.unsubscribe_url:
        _say_how_to_stop(message, letter.unsubscribe_url, sender.stop_address)
    message.set_content(letter.text, charset="utf-8", cte="base64")
    if letter.html:
        message.add_alternative(letter.html, subtype="html", charset="utf-8", cte="base64")
    return message


def mailbox(text: str) -> str:
    """The one address that stands in `text`, as servers take it.

    Old addresses of Japan's mobile carriers have a dot at either end or two in a row; they must be quoted:
    `"a..b."@docomo.ne.jp`. Raises ValueError, which does not repeat it, for what is no single address.
    """
    name, _, domain = text.rpartition("@")
    if not _CARELESS.fullmatch(name) or not _DOMAIN.fullmatch(domain):
        raise ValueError("this is no e-mail address")
    return text if _USUAL.fullmatch(name) else f'"{name}"@{domain}'


def _say_how_to_stop(message: EmailMessage, url: str, stop_address: str) -> None:
    ways = [f"<{url}>"]
    if stop_address:
        ways.append(f"<mailto:{stop_address}?subject=unsubscribe>")
    message["List-Unsubscribe"] = ", ".join(ways)
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _one_line(text: str) -> str:
    """What would end a header early, or hide in it, is a space."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
