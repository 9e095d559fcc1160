"""Every kind of notice as it is sent: within LINE's limits, without a title outside, in any look, and as a letter."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest

from bot.library import (
    Channel,
    Contact,
    Loan,
    Patron,
    RenewalFacts,
    Reservation,
    ReservationState,
    Title,
)
from bot.messages.letters import lay_out_letter
from bot.messages.look import Look, lay_out_unasked, wording_for
from bot.notices.bubbles import Telling
from bot.notices.letters import kind_of, letter_for
from bot.notices.model import Item, KeptNotice, Recipient, in_order
from bot.notices.telling import message_for
from bot.policies import load_policy
from bot.rules.notice_kinds import NoticeKind
from bot.rules.notice_settings import NoticeSettings
from tests.dialogue.sendable import problems_of

TODAY = date(2026, 12, 1)
NOW = datetime(2026, 12, 1, tzinfo=UTC)
LONG = "吾輩は猫である" * 40
TITLE = Title("T1", "こころ", "こころ", "夏目漱石")
OF_LOANS = {NoticeKind.DUE_SOON, NoticeKind.DUE_TODAY, NoticeKind.OVERDUE, NoticeKind.RESERVED_BY_OTHER}
LOOKS = (Look(), Look(is_plain=True), Look(has_easy_words=True), Look(has_easy_words=True, has_readings=True))


def item(kind: NoticeKind, number: int = 1, title: Title | None = TITLE, **facts: str) -> Item:
    """A notice of this kind about a title; None: a request at a counter for something not held."""
    notice = KeptNotice(number, kind, "1001", "", f"S{number}", TODAY, facts, 0)
    if kind is NoticeKind.NEW_ARRIVALS:
        return Item(replace(notice, card_number="", line_user_id="U1"), 0, title)
    if kind in OF_LOANS:
        days = {NoticeKind.DUE_TODAY: 0, NoticeKind.OVERDUE: -3}.get(kind, 3)
        loan = Loan(
            f"S{number}",
            "1001",
            title or TITLE,
            "B1",
            "chuo",
            TODAY - timedelta(days=12),
            TODAY + timedelta(days=days),
        )
        waiting = 1 if kind is NoticeKind.RESERVED_BY_OTHER else 0
        return Item(notice, 0, title, loan=RenewalFacts(Patron("1001", "水戸 花子"), loan, waiting))
    reservation = Reservation(
        f"S{number}",
        "1001",
        title,
        NOW,
        "tobu",
        Contact.LINE,
        ReservationState.READY,
        Channel.LINE,
        ready_on=TODAY,
        pickup_by=TODAY + timedelta(days=7),
        request_text="" if title else "昔の地図",
    )
    return Item(notice, 0, title, reservation=reservation)


FACTS = {
    NoticeKind.DECLINED: {"reason": "破損のため"},
    NoticeKind.CLOSURE_MOVED: {
        "what": "pickup_by",
        "old": "2026-12-07",
        "new": "2026-12-08",
        "branch": "tobu",
        "reason": "台風のため",
    },
}


@pytest.mark.parametrize("library", ["mito", "kyoto"])
@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("kind", NoticeKind)
def test_each_kind_can_be_sent_and_names_no_work_outside(library: str, look: Look, kind: NoticeKind) -> None:
    policy = load_policy(library)
    recipient, say, ids = (
        Recipient("U1", ("1001", "1002"), True, look=look),
        wording_for(policy, look),
        count(),
    )
    telling = Telling(say, policy, TODAY, {"1001": "水戸 花子", "1002": "水戸 一郎"})
    titles = [TITLE, replace(TITLE, title=LONG, author=LONG), None if kind not in OF_LOANS else TITLE]
    for items in (
        [item(kind, title=title, **FACTS.get(kind, {}))]
        if kind is not NoticeKind.NEW_ARRIVALS or title
        else []
        for title in titles
    ):
        if not items:
            continue
        message = message_for(recipient, items, telling)
        sent = lay_out_unasked([message], look, say, readings=None, tap_id=lambda _: f"button-{next(ids)}")
        assert problems_of(sent, ["こころ", "吾輩", "昔の地図", "花子"]) == []
        first_line = str(sent[0].get("text", "")).split("\n", 1)[0]
        assert not any(word in first_line for word in ("こころ", "吾輩", "昔の地図", "花子"))


@pytest.mark.parametrize("kind", NoticeKind)
def test_many_of_a_kind_are_one_message_with_the_rest_by_their_number(kind: NoticeKind) -> None:
    policy = load_policy("mito")
    say = wording_for(policy, Look())
    items = in_order([item(kind, number, **FACTS.get(kind, {})) for number in range(1, 31)])
    message = message_for(Recipient("U1", ("1001",), True), items, Telling(say, policy, TODAY, {}))
    assert len(message.cards) == 10
    assert message.cards[-1].title.startswith("ほかに21件")
    sent = lay_out_unasked([message], Look(), say, readings=None, tap_id=lambda _: "x" * 22)
    assert problems_of(sent) == []


def test_titles_stand_outside_for_whom_wants_them_and_not_more_than_two() -> None:
    policy = load_policy("mito")
    telling = Telling(wording_for(policy, Look()), policy, TODAY, {})
    wanting = Recipient("U1", ("1001",), True, NoticeSettings(titles_outside=True))
    items = [item(NoticeKind.READY, number) for number in (1, 2, 3)]
    assert message_for(wanting, items, telling).alt == (
        "ご予約の資料が3点、ご用意できました：『こころ』『こころ』ほか"
    )


@pytest.mark.parametrize("kind", NoticeKind)
def test_a_letter_tells_the_same_and_names_works_only_where_the_address_is_confirmed(
    kind: NoticeKind,
) -> None:
    policy = load_policy("kyoto")
    telling = Telling(wording_for(policy, Look()), policy, TODAY, {})
    items = [item(kind, **FACTS.get(kind, {}))]
    for is_confirmed in (True, False):
        content = letter_for(items, telling, name="水戸 花子", is_confirmed=is_confirmed)
        letter = lay_out_letter(content, policy)
        assert "こころ" not in letter.subject
        assert ("こころ" in letter.text) is ("こころ" in letter.html) is is_confirmed
        assert ("花子" in letter.text) is is_confirmed
    assert kind_of(items) == kind.value
    assert kind_of([*items, item(NoticeKind.READY, 9), item(NoticeKind.DUE_SOON, 8)]) == "digest"
