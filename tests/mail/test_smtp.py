"""Letters through a real SMTP server: encryption, login, refusals and their reasons, connections."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from ssl import SSLContext, SSLError

import pytest
import structlog
from smtp_server import PostOffice, certificate, post_office

from bot.clock import StoppedClock
from bot.mail import Letter, MailDelivery, MailOutcome, Refusal
from bot.mail.answers import refusal_of
from bot.mail.composing import Sender
from bot.mail.smtp import LETTERS_A_CONNECTION, SmtpMailer, SmtpServer

CLOCK = StoppedClock(datetime(2026, 11, 24, 3, 0, tzinfo=UTC))
ACCEPTED = MailOutcome(MailDelivery.ACCEPTED)
NOT_REACHED = MailOutcome(MailDelivery.NOT_REACHED)
TRY_LATER = MailOutcome(MailDelivery.TRY_LATER)
OTHER_HOST = "127.0.0.2"
"""This machine under an address for which encryption is demanded."""


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as found:
        yield found


def mailer_at(url: str, trusted: SSLContext | None = None) -> SmtpMailer:
    return SmtpMailer(SmtpServer.at(url), CLOCK, Sender("central@library-mito.jp", "水戸市立図書館"), trusted)


def a_letter(to: str = "hanako@example.jp", key: str = "1") -> Letter:
    return Letter(to, "パスワードの登録について", "水戸市立図書館です。", key)


def sent(mailer: SmtpMailer, *letters: Letter) -> list[MailOutcome]:
    with mailer.round() as one_round:
        return [one_round.send(letter) for letter in letters or (a_letter(),)]


def test_what_is_no_address_is_refused_and_nothing_leaves(office: PostOffice) -> None:
    assert sent(mailer_at(office.url), a_letter("a@b.jp\nBcc: c@d.jp")) == [
        MailOutcome(MailDelivery.REFUSED, Refusal.NO_ADDRESS)
    ]
    assert office.connections == 0


def test_an_old_mobile_address_is_reached(office: PostOffice) -> None:
    assert sent(mailer_at(office.url), a_letter("a..b.@docomo.ne.jp")) == [ACCEPTED]
    assert office.recipients == ["a..b.@docomo.ne.jp"]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("550 5.1.1 no such user", MailOutcome(MailDelivery.REFUSED, Refusal.UNKNOWN_MAILBOX)),
        ("550 no such mailbox", MailOutcome(MailDelivery.REFUSED, Refusal.UNKNOWN_MAILBOX)),
        ("450 4.2.1 greylisted, come again", TRY_LATER),
    ],
)
def test_an_answer_to_a_recipient_is_kept_and_the_next_letter_goes_on(
    office: PostOffice, answer: str, outcome: MailOutcome
) -> None:
    office.refused["taro@example.jp"] = answer
    letters = a_letter("taro@example.jp", "1"), a_letter("hanako@example.jp", "2")
    assert sent(mailer_at(office.url), *letters) == [outcome, ACCEPTED]
    assert office.connections == 1
    assert office.recipients == ["hanako@example.jp"]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("451 later please", TRY_LATER),
        ("421 going down", TRY_LATER),
        ("552 5.2.2 full", MailOutcome(MailDelivery.REFUSED, Refusal.MAILBOX_FULL)),
        ("554 5.7.1 looks like spam", MailOutcome(MailDelivery.REFUSED, Refusal.NOT_WANTED)),
    ],
)
def test_an_answer_to_a_letter_is_kept_and_the_next_letter_goes_on(
    office: PostOffice, answer: str, outcome: MailOutcome
) -> None:
    office.answers.append(answer)
    assert sent(mailer_at(office.url), a_letter(key="1"), a_letter(key="2")) == [outcome, ACCEPTED]


@pytest.mark.parametrize(
    ("code", "text", "refusal"),
    [
        (550, b"5.1.10 null MX", Refusal.UNKNOWN_MAILBOX),
        (550, b"5.2.1 mailbox disabled", Refusal.UNKNOWN_MAILBOX),
        (550, b"5.7.26 no SPF", Refusal.NOT_WANTED),
        (552, b"5.3.4 too big", Refusal.OTHER),
        (552, b"too much", Refusal.MAILBOX_FULL),
        (553, b"bad name", Refusal.UNKNOWN_MAILBOX),
        (554, "だめです", Refusal.NOT_WANTED),
        (571, b"\xff\xfe", Refusal.OTHER),
    ],
)
def test_a_refusal_has_its_reason(code: int, text: bytes | str, refusal: Refusal) -> None:
    assert refusal_of(code, text) is refusal


def test_a_server_that_takes_no_letters_of_ours_refuses_no_letter(office: PostOffice) -> None:
    office.sender_answer = "550 5.7.1 you may not send as that"
    assert sent(mailer_at(office.url)) == [NOT_REACHED]


def test_a_server_that_is_not_there_is_not_reached() -> None:
    with post_office() as office:
        url = office.url
    assert sent(mailer_at(url)) == [NOT_REACHED]


def test_many_letters_share_a_connection(office: PostOffice) -> None:
    letters = [a_letter(key=str(number)) for number in range(LETTERS_A_CONNECTION + 5)]
    assert set(sent(mailer_at(office.url), *letters)) == {ACCEPTED}
    assert office.connections == 2


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_login_is_taken_from_the_setting_and_its_failure_is_no_letters_fault() -> None:
    with post_office(login=True) as office:
        host = office.url.removeprefix("smtp://")
        assert sent(mailer_at(f"smtp://library:p%40ss%2Fword@{host}")) == [ACCEPTED]
        assert sent(mailer_at(f"smtp://library:guess@{host}")) == [NOT_REACHED]
        assert len(office.letters) == 1


@pytest.mark.parametrize("starttls", [True, False])
def test_letters_and_passwords_go_over_an_encrypted_line(tmp_path: Path, starttls: bool) -> None:
    tls, trusted = certificate(tmp_path, OTHER_HOST)
    with post_office(login=starttls, host=OTHER_HOST, tls=tls, starttls=starttls) as office:
        user = "library:p%40ss%2Fword@" if starttls else ""
        url = office.url.replace("://", f"://{user}")
        mailer = mailer_at(url, trusted)
        mailer.reach()
        assert sent(mailer) == [ACCEPTED]
        assert office.encrypted == [True]


@pytest.mark.parametrize("starttls", [True, False])
def test_a_server_whose_certificate_nobody_vouches_for_gets_nothing(tmp_path: Path, starttls: bool) -> None:
    tls, _ = certificate(tmp_path, OTHER_HOST)
    with post_office(host=OTHER_HOST, tls=tls, starttls=starttls) as office:
        assert sent(mailer_at(office.url)) == [NOT_REACHED]
        with pytest.raises(SSLError):
            mailer_at(office.url).reach()
        assert office.letters == []


def test_a_server_elsewhere_that_offers_no_encryption_gets_nothing() -> None:
    with post_office(host=OTHER_HOST) as office:
        assert sent(mailer_at(office.url)) == [NOT_REACHED]
        assert office.letters == []


def test_no_log_line_names_anybody(office: PostOffice) -> None:
    office.sender_answer = "550 5.7.1 hanako@example.jp may not"
    with structlog.testing.capture_logs() as lines:
        sent(mailer_at(office.url))
    assert lines
    assert "hanako" not in str(lines)


@pytest.mark.parametrize(
    "url", ["http://u:secret@example.jp", "smtp://", "smtp://u:secret@h:notaport", "secret"]
)
def test_setting_that_names_no_server_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ValueError, match=r"must look like|has a port") as refused:
        SmtpServer.at(url)
    assert "secret" not in str(refused.value)


def test_password_of_the_server_is_not_shown() -> None:
    assert "secret" not in repr(SmtpServer.at("smtps://u:secret@mail.example.jp"))
