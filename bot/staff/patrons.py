"""What the desk does for one patron besides lending: answering what they wrote, and the LINE links of their card.

Nothing here reads what a patron reads. Each act and its entry in the audit log are one transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.accounts import Friends, Link, Links
from bot.clock import Clock
from bot.library import LibraryReader, Patron
from bot.staff.audit import Action, Audit, Subject, SubjectKind
from bot.staff.model import StaffError
from bot.storage.desk_messages import DeskMessage, DeskMessages
from bot.storage.engine import reading, writing

OpenLibrary: TypeAlias = Callable[[Session], LibraryReader]

LONGEST_ANSWER = 1000
"""Characters."""


class Tell(Protocol):
    """Has patrons told in LINE of what was done, within the transaction in which it is."""

    def desk_answered(self, line_user_id: str, *, number: int) -> None:
        """Their message was answered."""
        ...

    def link_ended(self, line_user_id: str, *, card_number: str) -> None:
        """Their link was ended; what is kept in their chat is forgotten then."""
        ...


OpenTell: TypeAlias = Callable[[Session], Tell]


class NoAnswer(Exception):
    """The message can't be answered; `code` says why, the text says it in English."""

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        super().__init__(text)


@dataclass(frozen=True, slots=True)
class LinkedAccount:
    """A LINE account that is linked to a card, as the desk may know it: not by its id."""

    link: Link
    is_friend: bool
    """False: the library's account is blocked there."""


@dataclass(frozen=True, slots=True)
class CardFound:
    """A card and its links."""

    patron: Patron
    accounts: tuple[LinkedAccount, ...]


def answer(session: Session, clock: Clock, tell: Tell, number: int, text: str) -> DeskMessage:
    """Keep the staff's answer to a message and have it told. Raises NoAnswer."""
    desk = DeskMessages(session, clock)
    known = desk.find(number)
    if known is None:
        raise NoAnswer("gone", "there is no such message: the patron took it back, or its days have passed")
    if not Friends(session, clock).is_friend(known.line_user_id):
        raise NoAnswer("blocked", "the patron has blocked the library's account and can't be told in LINE")
    message = desk.answer(number, text)
    if message is None:
        raise NoAnswer("answered", "this message was answered already")
    tell.desk_answered(message.line_user_id, number=message.number)
    return message


class PatronActs:
    """Opens its own transactions. `actor`: the account's user name."""

    def __init__(self, engine: Engine, clock: Clock, open_library: OpenLibrary, open_tell: OpenTell) -> None:
        self._engine = engine
        self._clock = clock
        self._open_library = open_library
        self._open_tell = open_tell

    def open_messages(self) -> tuple[DeskMessage, ...]:
        """What waits for an answer, oldest first."""
        with reading(self._engine) as session:
            return DeskMessages(session, self._clock).open()

    def message(self, number: int) -> DeskMessage | None:
        """One message, answered or not."""
        with reading(self._engine) as session:
            return DeskMessages(session, self._clock).find(number)

    def answer(self, actor: str, number: int, text: str) -> None:
        """Answer a message. Raises NoAnswer."""
        with writing(self._engine) as session:
            answer(session, self._clock, self._open_tell(session), number, text)
            self._note(session, actor, Action.MESSAGE_ANSWERED, SubjectKind.MESSAGE, str(number))

    def look_up(self, actor: str, card_number: str) -> CardFound | None:
        """A card and its links; None: the library knows no such card. That it was looked up is noted."""
        with writing(self._engine) as session:
            patron = self._open_library(session).find_patron(card_number)
            self._note(session, actor, Action.LINKS_LOOKED_UP, SubjectKind.CARD, card_number)
            if patron is None:
                return None
            friends = Friends(session, self._clock)
            accounts = tuple(
                LinkedAccount(link, friends.is_friend(link.line_user_id))
                for link in Links(session, self._clock).of_card(card_number)
            )
            return CardFound(patron, accounts)

    def cut(self, actor: str, card_number: str, link_id: str) -> bool:
        """End one link (a lost phone); False where it is gone already. Whose it was is told."""
        with writing(self._engine) as session:
            ended = Links(session, self._clock).cut(card_number, link_id)
            if ended is None:
                return False
            self._open_tell(session).link_ended(ended.line_user_id, card_number=card_number)
            self._note(session, actor, Action.LINK_CUT, SubjectKind.CARD, card_number)
            return True

    def cut_all(self, actor: str, card_number: str) -> int:
        """End all links of a card (a lost card); how many there were."""
        with writing(self._engine) as session:
            links, tell = Links(session, self._clock), self._open_tell(session)
            cut = [links.cut(card_number, link.link_id) for link in links.of_card(card_number)]
            for ended in cut:
                if ended is not None:
                    tell.link_ended(ended.line_user_id, card_number=card_number)
            self._note(session, actor, Action.LINKS_CUT, SubjectKind.CARD, card_number)
            return len(cut)

    def move(self, actor: str, card_number: str, to: str) -> int:
        """The card was issued anew under another number: its links go on with that one; how many there were.

        Raises StaffError where the library does not know the new number.
        """
        with writing(self._engine) as session:
            if to == card_number or self._open_library(session).find_patron(to) is None:
                raise StaffError("the library knows no such new card")
            moved = Links(session, self._clock).move(card_number, to)
            self._note(session, actor, Action.LINKS_MOVED, SubjectKind.CARD, card_number)
            return len(moved)

    def _note(self, session: Session, actor: str, action: Action, kind: SubjectKind, subject: str) -> None:
        Audit(session, self._clock).note(actor, action, Subject(kind, subject))
