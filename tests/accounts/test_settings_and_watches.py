"""Settings about notices, and watches: kept by LINE user, filled up from the policy, gone with the link."""

import pytest
from sqlalchemy.orm import Session

from bot.accounts import Friends, Links, Nonces
from bot.accounts.settings import Settings
from bot.accounts.watches import Watches
from bot.clock import StoppedClock
from bot.library import Contact
from bot.policies import load_policy
from bot.rules.notice_settings import Notice, NoticeSettings, settings_of

MITO = load_policy("mito")


def link(session: Session, clock: StoppedClock, card_number: str) -> None:
    """Link a card to U1."""
    Friends(session, clock).met("U1")
    Links(session, clock).complete(Nonces(session, clock).make("U1", card_number), "U1")


def test_who_set_nothing_has_what_the_policy_says(session: Session, clock: StoppedClock) -> None:
    assert Settings(session, clock).notices("U1", MITO) == NoticeSettings(
        due=False, hold=True, announcements=True, contact=Contact.LINE
    )
    on = MITO.notices.model_copy(update={"due_reminder_from_the_start": True})
    assert Settings(session, clock).notices("U1", MITO.model_copy(update={"notices": on})).due


def test_what_is_set_holds_and_leaves_the_rest_alone(session: Session, clock: StoppedClock) -> None:
    friends, settings = Friends(session, clock), Settings(session, clock)
    friends.set_setting("U1", "layout", "plain")
    settings.change("U1", {"due": True})
    settings.change("U1", {"contact": "mail"})
    now = settings.notices("U1", MITO)
    assert (now.due, now.hold, now.contact) == (True, True, Contact.MAIL)
    assert now.wants(Notice.DUE)
    assert friends.settings("U1")["layout"] == "plain"


@pytest.mark.parametrize(
    "stored", [{"due": "yes"}, {"contact": "phone"}, {"contact": None}, {"hold": 0}, {"what": True}]
)
def test_what_can_not_be_read_counts_as_not_set(stored: dict[str, object]) -> None:
    assert settings_of(stored, MITO) == settings_of({}, MITO)


def test_a_watch_is_kept_once_and_there_are_only_so_many(session: Session, clock: StoppedClock) -> None:
    Friends(session, clock).met("U1")
    watches = Watches(session, clock)
    assert watches.add("U1", "author", "村上春樹", most=2)
    assert not watches.add("U1", "author", "村上春樹", most=2)
    assert watches.add("U1", "subject", "料理", most=2)
    assert not watches.add("U1", "subject", "歴史", most=2)
    assert {watch.words for watch in watches.all("U1")} == {"村上春樹", "料理"}


def test_nobody_stops_somebody_elses_watch(session: Session, clock: StoppedClock) -> None:
    Friends(session, clock).met("U1")
    watches = Watches(session, clock)
    watches.add("U1", "author", "村上春樹", most=2)
    [watch] = watches.all("U1")
    assert not watches.stop("U2", (watch.watch_id,))
    assert watches.stop("U1", (watch.watch_id,))
    assert watches.all("U1") == ()


def test_settings_and_watches_go_with_the_last_card(session: Session, clock: StoppedClock) -> None:
    link(session, clock, "100")
    link(session, clock, "200")
    Settings(session, clock).change("U1", {"due": True})
    Watches(session, clock).add("U1", "author", "村上春樹", most=2)
    Links(session, clock).unlink("U1", "100")
    assert len(Watches(session, clock).all("U1")) == 1
    Links(session, clock).unlink("U1", "200")
    assert Watches(session, clock).all("U1") == ()
    assert Settings(session, clock).notices("U1", MITO) == settings_of({}, MITO)
