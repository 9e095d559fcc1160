"""Letters from the table to a real SMTP server: once, tried again, given up, and forgotten afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from smtp_server import PostOffice, post_office
from sqlalchemy import Engine, select

from bot.clock import StoppedClock
from bot.jobs.mails import ATTEMPT_LIMIT, REST, SWEEP_LIMIT, TAKEN_AT_ONCE, MailSender
from bot.mail import Letter, MailOutcome, NobodyMails, Refusal
from bot.mail.composing import Sender
from bot.mail.smtp import SmtpMailer, SmtpServer
from bot.storage.base import Base
from bot.storage.engine import open_engine, reading, writing
from bot.storage.mails import GIVEN_UP, REFUSED, SENT, TRIED_FOR, WAITING, MailFate, Mails
from bot.storage.tables.mails import MailRow

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
HANAKO = "hanako@example.jp"


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
    return SmtpMailer(SmtpServer.at(url), clock, Sender("central@library-mito.jp", "水戸市立図書館"))


def written(
    engine: Engine, clock: StoppedClock, to: str = HANAKO, given_up_at: datetime | None = None
) -> int:
    with writing(engine) as session:
        return Mails(session, clock).add(
            "ready",
            to=to,
            subject="件名",
            text="本文",
            html="<p>本文</p>",
            unsubscribe_url="https://bot.example.jp/mail/unsubscribe?token=t",
            given_up_at=given_up_at,
        )


def fate(engine: Engine, clock: StoppedClock, mail_id: int) -> MailFate | None:
    with reading(engine) as session:
        return Mails(session, clock).fate(mail_id)


def rows(engine: Engine) -> list[MailRow]:
    with reading(engine) as session:
        return list(session.scalars(select(MailRow).order_by(MailRow.id)))


def test_letter_is_sent_once_whole_and_then_forgotten(
    engine: Engine, office: PostOffice, clock: StoppedClock
) -> None:
    mail_id = written(engine, clock)
    assert fate(engine, clock, mail_id) == MailFate(WAITING)
    sender = MailSender(engine, mailer_at(office.url, clock), clock)
    sender.sweep()
    sender.sweep()
    [letter] = office.letters
    assert letter["To"] == HANAKO
    assert letter["List-Unsubscribe"] == "<https://bot.example.jp/mail/unsubscribe?token=t>"
    assert [part.get_content_type() for part in letter.iter_parts()] == ["text/plain", "text/html"]
    assert fate(engine, clock, mail_id) == MailFate(SENT, None, NOW)
    [row] = rows(engine)
    assert {row.to, row.subject, row.text, row.html, row.unsubscribe_url} == {""}


def test_refusal_is_kept_with_its_reason_and_the_others_go_on(
    engine: Engine, office: PostOffice, clock: StoppedClock
) -> None:
    office.refused["taro@example.jp"] = "550 5.1.1 no such user"
    refused, wrong, fine = (written(engine, clock, to) for to in ("taro@example.jp", "none", HANAKO))
    MailSender(engine, mailer_at(office.url, clock), clock).sweep()
    with reading(engine) as session:
        assert Mails(session, clock).fates([refused, wrong, fine, 99]) == {
            refused: MailFate(REFUSED, Refusal.UNKNOWN_MAILBOX, NOW),
            wrong: MailFate(REFUSED, Refusal.NO_ADDRESS, NOW),
            fine: MailFate(SENT, None, NOW),
        }
        assert len(Mails(session, clock).fates(range(40_000))) == 3
    assert {row.to for row in rows(engine)} == {""}


def test_without_a_mail_server_letters_end_at_once_and_what_they_tell_can_go_on(
    engine: Engine, clock: StoppedClock
) -> None:
    mail_id = written(engine, clock)
    MailSender(engine, NobodyMails(), clock).sweep()
    assert fate(engine, clock, mail_id) == MailFate(REFUSED, Refusal.NO_SERVER, NOW)
    assert rows(engine)[0].to == ""


def test_letter_waits_longer_after_each_failure_until_it_is_given_up(
    engine: Engine, office: PostOffice, clock: StoppedClock
) -> None:
    mail_id = written(engine, clock, given_up_at=NOW + timedelta(hours=6))
    office.answers += ["451 later"] * 1000
    sender = MailSender(engine, mailer_at(office.url, clock), clock, jitter=lambda: 0.0)
    tried_at = []
    while fate(engine, clock, mail_id) == MailFate(WAITING):
        before = len(office.answers)
        sender.sweep()
        if len(office.answers) < before:
            tried_at.append((clock.now() - NOW) // timedelta(minutes=1))
        clock.advance(timedelta(minutes=1))
    assert tried_at == [0, 1, 3, 7, 15, 31, 63, 123, 183, 243, 303]
    assert fate(engine, clock, mail_id) == MailFate(GIVEN_UP, None, NOW + timedelta(hours=6))
    assert rows(engine)[0].to == ""


def test_letter_is_tried_for_two_days_unless_its_writer_says_otherwise(
    engine: Engine, clock: StoppedClock
) -> None:
    written(engine, clock)
    assert rows(engine)[0].given_up_at == NOW + TRIED_FOR


def test_letter_that_would_come_too_late_is_given_up(
    engine: Engine, office: PostOffice, clock: StoppedClock
) -> None:
    office.answers += ["451 later"] * 10
    mail_id = written(engine, clock, given_up_at=NOW + timedelta(minutes=5))
    sender = MailSender(engine, mailer_at(office.url, clock), clock, jitter=lambda: 0.0)
    for _ in range(6):
        sender.sweep()
        clock.advance(timedelta(minutes=1))
    found = fate(engine, clock, mail_id)
    assert found is not None
    assert (found.state, found.ended_at) == (GIVEN_UP, NOW + timedelta(minutes=5))
    assert office.letters == []


def test_many_letters_share_a_connection_and_more_are_looked_for_at_once(
    engine: Engine, office: PostOffice, clock: StoppedClock
) -> None:
    count = TAKEN_AT_ONCE + 10
    for number in range(count):
        written(engine, clock, f"p{number}@example.jp")
    sender = MailSender(engine, mailer_at(office.url, clock), clock)
    assert [sender.sweep(), sender.sweep()] == [True, False]
    assert office.recipients == [f"p{number}@example.jp" for number in range(count)]
    assert office.connections == 2
    assert {row.state for row in rows(engine)} == {SENT}


def test_while_the_server_is_away_one_letter_is_tried_and_all_wait(
    engine: Engine, clock: StoppedClock
) -> None:
    with post_office() as gone:
        url = gone.url
    for _ in range(3):
        written(engine, clock)
    away = MailSender(engine, mailer_at(url, clock), clock)
    away.sweep()
    away.sweep()
    assert sorted(row.attempts for row in rows(engine)) == [0, 0, 1]
    clock.advance(REST)
    away.sweep()
    assert sorted(row.attempts for row in rows(engine)) == [0, 1, 1]


def test_whoever_is_to_stop_waits_for_no_slow_server(
    engine: Engine, office: PostOffice, clock: StoppedClock
) -> None:
    class Slow:
        def send(self, letter: Letter) -> MailOutcome:
            clock.advance(SWEEP_LIMIT / 2)
            return one_round.send(letter)

        @contextmanager
        def round(self) -> Iterator["Slow"]:
            yield self

    for _ in range(5):
        written(engine, clock)
    with mailer_at(office.url, clock).round() as one_round:
        slow = MailSender(engine, Slow(), clock)
        assert slow.sweep()
        assert [row.state for row in rows(engine)] == [SENT] * 2 + [WAITING] * 3
        assert [row.attempts for row in rows(engine)] == [1, 1, 0, 0, 0]
        slow.sweep()
        slow.sweep()
    assert len(office.letters) == 5


def test_attempt_cut_short_is_made_again_under_the_same_message_id(
    engine: Engine, office: PostOffice, clock: StoppedClock
) -> None:
    class Killed(BaseException):
        pass

    class Cut:
        def send(self, letter: Letter) -> MailOutcome:
            with mailer_at(office.url, clock).round() as one_round:
                one_round.send(letter)
            raise Killed

        @contextmanager
        def round(self) -> Iterator["Cut"]:
            yield self

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


def test_two_senders_send_each_letter_once(engine: Engine, office: PostOffice, clock: StoppedClock) -> None:
    written(engine, clock)
    with writing(engine) as session:
        assert len(Mails(session, clock).take_due(9, NOW + ATTEMPT_LIMIT)) == 1
    MailSender(engine, mailer_at(office.url, clock), clock).sweep()
    assert office.letters == []


def test_what_is_over_is_removed_after_its_days_and_what_nobody_sends_too(
    engine: Engine, office: PostOffice, clock: StoppedClock
) -> None:
    written(engine, clock)
    MailSender(engine, mailer_at(office.url, clock), clock).sweep()
    written(engine, clock)
    clock.advance(timedelta(days=8))
    with writing(engine) as session:
        Mails(session, clock).forget_old(timedelta(days=7))
    [row] = rows(engine)
    assert row.state == WAITING
    clock.advance(timedelta(days=2))
    with writing(engine) as session:
        Mails(session, clock).forget_old(timedelta(days=7))
    assert rows(engine) == []
