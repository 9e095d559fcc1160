"""Letters through a real SMTP server: headers, refusals, tries, and what is forgotten afterwards."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from smtp_server import PostOffice, post_office
from sqlalchemy import Engine, select

from bot.clock import StoppedClock
from bot.jobs.mails import ATTEMPT_LIMIT, TRIED_FOR, MailSender
from bot.mail import MailDelivery
from bot.mail.letters import Letter
from bot.mail.smtp import SmtpMailer, SmtpServer
from bot.storage.base import Base
from bot.storage.engine import open_engine, reading, writing
from bot.storage.mails import Mails
from bot.storage.tables.mails import MailRow

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
SENDER = "central@library-mito.jp"


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(NOW)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as found:
        yield found


@pytest.fixture
def engine() -> Iterator[Engine]:
    engine = open_engine("sqlite://")
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


def mailer_at(url: str, clock: StoppedClock) -> SmtpMailer:
    return SmtpMailer(SmtpServer.at(url), clock, sender=SENDER, sender_name="水戸市立図書館")


def a_letter(to: str = "hanako@example.jp") -> Letter:
    return Letter(
        to, "パスワードの登録について", "水戸市立図書館です。\n登録がありました。", "<1@example.jp>"
    )


def written(engine: Engine, clock: StoppedClock, to: str = "hanako@example.jp") -> None:
    with writing(engine) as session:
        Mails(session, clock).add("password_registered", to=to, subject="件名", text="本文")


def states(engine: Engine) -> list[tuple[str, str]]:
    with reading(engine) as session:
        return [(row.state, row.to) for row in session.scalars(select(MailRow).order_by(MailRow.id))]


def test_letter_arrives_with_the_headers_of_a_library(office: PostOffice, clock: StoppedClock) -> None:
    assert mailer_at(office.url, clock).send(a_letter()) is MailDelivery.ACCEPTED
    [letter] = office.letters
    assert letter["From"].addresses[0].addr_spec == SENDER
    assert letter["From"].addresses[0].display_name == "水戸市立図書館"
    assert letter["To"] == "hanako@example.jp"
    assert letter["Subject"] == "パスワードの登録について"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Message-ID"] == "<1@example.jp>"
    assert letter["Date"].datetime == NOW
    assert letter.get_content().splitlines() == ["水戸市立図書館です。", "登録がありました。"]


@pytest.mark.parametrize("to", ["", "hanako", "a@b.jp\nBcc: c@d.jp", "花 子@example.jp", "a@b.jp, c@d.jp"])
def test_what_is_no_single_address_is_refused_and_nothing_leaves(
    to: str, office: PostOffice, clock: StoppedClock
) -> None:
    assert mailer_at(office.url, clock).send(a_letter(to)) is MailDelivery.REFUSED
    assert office.letters == []


def test_unknown_mailbox_is_refused_for_good(office: PostOffice, clock: StoppedClock) -> None:
    office.refused.add("hanako@example.jp")
    assert mailer_at(office.url, clock).send(a_letter()) is MailDelivery.REFUSED


def test_busy_server_is_tried_later_and_a_final_no_is_final(office: PostOffice, clock: StoppedClock) -> None:
    office.answers += ["451 later please", "554 never"]
    mailer = mailer_at(office.url, clock)
    assert mailer.send(a_letter()) is MailDelivery.TRY_LATER
    assert mailer.send(a_letter()) is MailDelivery.REFUSED


def test_server_that_is_not_there_is_tried_later(clock: StoppedClock) -> None:
    with post_office() as office:
        url = office.url
    assert mailer_at(url, clock).send(a_letter()) is MailDelivery.TRY_LATER


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_login_is_taken_from_the_setting_and_its_failure_is_ours(clock: StoppedClock) -> None:
    with post_office(login=True) as office:
        host = office.url.removeprefix("smtp://")
        right = mailer_at(f"smtp://library:p%40ss%2Fword@{host}", clock)
        wrong = mailer_at(f"smtp://library:guess@{host}", clock)
        assert right.send(a_letter()) is MailDelivery.ACCEPTED
        assert wrong.send(a_letter()) is MailDelivery.TRY_LATER
        assert len(office.letters) == 1


@pytest.mark.parametrize(
    "url", ["http://u:secret@example.jp", "smtp://", "smtp://u:secret@h:notaport", "secret"]
)
def test_setting_that_names_no_server_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ValueError, match=r"must look like|has a port") as refused:
        SmtpServer.at(url)
    assert "secret" not in str(refused.value)


def test_password_of_the_server_is_not_shown() -> None:
    assert "secret" not in repr(SmtpServer.at("smtps://u:secret@mail.example.jp"))


def test_letter_is_sent_once_and_then_forgotten(
    engine: Engine, office: PostOffice, clock: StoppedClock
) -> None:
    written(engine, clock)
    sender = MailSender(engine, mailer_at(office.url, clock), clock)
    sender.sweep()
    sender.sweep()
    assert len(office.letters) == 1
    assert states(engine) == [("sent", "")]


def test_letter_waits_longer_after_each_failure_until_it_is_given_up(
    engine: Engine, office: PostOffice, clock: StoppedClock
) -> None:
    written(engine, clock)
    office.answers += ["451 later"] * 1000
    sender = MailSender(engine, mailer_at(office.url, clock), clock, jitter=lambda: 0.0)
    tries = 0
    while states(engine) == [("waiting", "hanako@example.jp")] and tries < 500:
        before = len(office.answers)
        sender.sweep()
        tries += before - len(office.answers)
        clock.advance(timedelta(minutes=10))
    assert states(engine) == [("given_up", "")]
    assert clock.now() - NOW >= TRIED_FOR
    assert 40 < tries < 70


def test_attempt_cut_short_is_made_again_under_the_same_message_id(
    engine: Engine, office: PostOffice, clock: StoppedClock
) -> None:
    class Killed(BaseException):
        pass

    class Cut:
        def send(self, letter: Letter) -> MailDelivery:
            mailer_at(office.url, clock).send(letter)
            raise Killed

    written(engine, clock)
    with pytest.raises(Killed):
        MailSender(engine, Cut(), clock).sweep()
    again = MailSender(engine, mailer_at(office.url, clock), clock)
    again.sweep()
    assert len(office.letters) == 1
    clock.advance(ATTEMPT_LIMIT)
    again.sweep()
    assert len(office.letters) == 2
    assert len({letter["Message-ID"] for letter in office.letters}) == 1


def test_what_is_over_is_removed_after_its_days(
    engine: Engine, office: PostOffice, clock: StoppedClock
) -> None:
    written(engine, clock)
    MailSender(engine, mailer_at(office.url, clock), clock).sweep()
    clock.advance(timedelta(days=8))
    with writing(engine) as session:
        Mails(session, clock).forget_old(timedelta(days=7))
    assert states(engine) == []
