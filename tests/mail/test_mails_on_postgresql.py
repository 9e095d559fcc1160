"""On a database with several writers, letters and what their links do come out as on one with a single writer."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from smtp_server import post_office
from sqlalchemy import Engine

from bot.accounts.addresses import Addresses
from bot.accounts.mail_tokens import MailTokens, Stopping
from bot.clock import StoppedClock
from bot.jobs.mails import MailSender
from bot.mail.composing import Sender
from bot.mail.smtp import SmtpMailer, SmtpServer
from bot.policies import load_policy
from bot.storage.engine import open_engine, reading, writing
from bot.storage.mails import Mails

pytestmark = pytest.mark.postgres

CLOCK = StoppedClock(datetime(2026, 12, 1, 1, 0, tzinfo=UTC))
MITO = load_policy("mito")


@pytest.fixture
def engine(postgres_url: str) -> Iterator[Engine]:
    engine = open_engine(postgres_url)
    yield engine
    engine.dispose()


def test_senders_side_by_side_send_each_letter_once(engine: Engine) -> None:
    count = 120
    with writing(engine) as session:
        for number in range(count):
            Mails(session, CLOCK).add("ready", to=f"p{number}@example.jp", subject="件名", text="本文")
    with post_office() as office:
        mailer = SmtpMailer(SmtpServer.at(office.url), CLOCK, Sender("central@library-mito.jp", "図書館"))
        senders = [MailSender(engine, mailer, CLOCK) for _ in range(3)]

        def send_all(sender: MailSender) -> None:
            while sender.sweep():
                pass

        with ThreadPoolExecutor(len(senders)) as pool:
            list(pool.map(send_all, senders))
        assert sorted(office.recipients) == sorted(f"p{number}@example.jp" for number in range(count))


def test_stops_at_the_same_moment_are_all_kept(engine: Engine) -> None:
    kinds = [f"kind{number}" for number in range(8)]
    with writing(engine) as session:
        tokens = [MailTokens(session, CLOCK, MITO).to_stop("1", "a@example.jp", kind) for kind in kinds]

    def stop(token: str) -> Stopping | None:
        with writing(engine) as session:
            return MailTokens(session, CLOCK, MITO).stop(token)

    with ThreadPoolExecutor(4) as pool:
        stopped = list(pool.map(stop, tokens))
    assert all(one and one.is_stopped for one in stopped)
    with reading(engine) as session:
        address = Addresses(session, CLOCK).of("1", "a@example.jp")
    assert address
    assert address.stopped == set(kinds)


def test_first_letters_to_an_address_at_the_same_moment_share_its_row(engine: Engine) -> None:
    def ask(_number: int) -> bool:
        with writing(engine) as session:
            return MailTokens(session, CLOCK, MITO).to_confirm("1", "a@example.jp") is not None

    with ThreadPoolExecutor(4) as pool:
        assert any(pool.map(ask, range(4)))
