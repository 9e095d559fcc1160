"""A first registration of a password is told to the recorded address and to the LINE accounts of the card."""

import pytest
from line_stand_in import LineStandIn
from sqlalchemy import select
from way import CARD, Way

from bot.accounts import Friends, Links, Nonces
from bot.jobs.letters import Letters
from bot.jobs.registered import tell_registered
from bot.storage.engine import reading, writing
from bot.storage.tables.mails import MailRow


def registered(way: Way, *, email_before: str) -> None:
    with writing(way.engine) as session:
        letters = Letters(session, way.clock, way.policy, "https://bot.example.jp")
        tell_registered(session, way.clock, way.policy, letters, card_number=CARD, email_before=email_before)


def letters(way: Way) -> list[MailRow]:
    with reading(way.engine) as session:
        return list(session.scalars(select(MailRow)))


def link(way: Way, line_user_id: str) -> None:
    with writing(way.engine) as session:
        Friends(session, way.clock).met(line_user_id)
        nonce = Nonces(session, way.clock).make(line_user_id, CARD)
        Links(session, way.clock).complete(nonce, line_user_id)


def test_recorded_address_gets_a_letter_that_names_neither_card_nor_holder(way: Way) -> None:
    registered(way, email_before="hanako@example.jp")
    [letter] = letters(way)
    assert letter.to == "hanako@example.jp"
    assert way.policy.counter.phone in letter.text
    for hidden in (CARD, "水戸 花子", "花子"):
        assert hidden not in letter.subject + letter.text


def test_without_a_recorded_address_there_is_no_letter(way: Way) -> None:
    registered(way, email_before="")
    assert letters(way) == []


def test_linked_line_accounts_are_told_by_a_push(way: Way, line: LineStandIn) -> None:
    for line_user_id in ("U1", "U2"):
        link(way, line_user_id)
    registered(way, email_before="")
    way.work()
    assert sorted(to for to, _ in line.pushes) == ["U1", "U2"]
    for _, messages in line.pushes:
        assert "パスワードが登録されました" in messages[0]["altText"]


@pytest.mark.parametrize("is_linked", [True, False])
def test_a_registration_that_is_rolled_back_is_told_to_nobody(way: Way, is_linked: bool) -> None:
    if is_linked:
        link(way, "U1")
    with pytest.raises(RuntimeError), writing(way.engine) as session:
        tell_registered(
            session,
            way.clock,
            way.policy,
            Letters(session, way.clock, way.policy, "https://bot.example.jp"),
            card_number=CARD,
            email_before="hanako@example.jp",
        )
        raise RuntimeError
    way.work()
    assert letters(way) == []
