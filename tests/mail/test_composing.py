"""A letter as an e-mail: headers that every program reads, whatever stands in them, and nothing smuggled in."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.mail import Letter
from bot.mail.composing import Sender, composed, mailbox

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
MITO = Sender("central@library-mito.jp", "水戸市立図書館")
STOP = "https://madoguchi.library.example.ac.jp/some/prefix/mail/unsubscribe?token=" + "x" * 43


def a_letter(**changed: str) -> Letter:
    usual = {"to": "hanako@example.jp", "subject": "件名", "text": "本文", "key": "a-key"}
    return Letter(**{**usual, **changed})


def read(letter: Letter, sender: Sender = MITO) -> EmailMessage:
    """As it arrives and is read by another program."""
    raw = composed(letter, sender, NOW).as_bytes()
    assert max(map(len, raw.split(b"\r\n"))) <= 200
    assert raw.isascii()
    return cast(EmailMessage, message_from_bytes(raw, policy=default))


def test_a_letter_has_the_headers_of_a_library() -> None:
    found = read(a_letter(subject="パスワードの登録について", text="水戸市立図書館です。\n二行目"))
    assert found["From"].addresses[0].addr_spec == "central@library-mito.jp"
    assert found["From"].addresses[0].display_name == "水戸市立図書館"
    assert found["To"] == "hanako@example.jp"
    assert found["Subject"] == "パスワードの登録について"
    assert found["Date"].datetime == NOW
    assert found["Message-ID"] == "<a-key@library-mito.jp>"
    assert found["Auto-Submitted"] == "auto-generated"
    assert found["Reply-To"] is None
    assert found["List-Unsubscribe"] is None
    assert found.get_content_type() == "text/plain"
    assert found.get_content().splitlines() == ["水戸市立図書館です。", "二行目"]


def test_a_letter_in_two_forms_offers_the_richer_one_last() -> None:
    found = read(a_letter(html="<p>本文</p>"))
    assert found.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in found.iter_parts()] == ["text/plain", "text/html"]
    html = found.get_body(("html",))
    assert html is not None
    assert html.get_content().strip() == "<p>本文</p>"


@pytest.mark.parametrize(
    "subject",
    [
        "【京都府立図書館】ご予約の資料が1点、ご用意できました",
        "長い件名です。" * 40,
        "Mixed 英語 and 日本語 " * 12,
        "🐈の本 " * 20,
        "x" * 150,
    ],
)
def test_any_subject_arrives_as_it_was_written(subject: str) -> None:
    found = composed(a_letter(subject=subject), MITO, NOW).as_bytes()
    lines = found.split(b"\r\n\r\n")[0].split(b"\r\n")
    assert max(map(len, lines)) <= 160
    assert str(message_from_bytes(found, policy=default)["Subject"]) == subject.strip()


@given(subject=st.text(), to=st.text() | st.emails() | st.from_regex(r"[ -~]{1,20}@[ -~]{1,20}"))
def test_whatever_stands_in_a_record_a_letter_has_one_recipient_and_its_own_headers(
    subject: str, to: str
) -> None:
    try:
        raw = composed(a_letter(subject=subject, to=to, unsubscribe_url=STOP), MITO, NOW).as_bytes()
    except ValueError:
        return
    found = message_from_bytes(raw, policy=default)
    assert len(found["To"].addresses) == 1
    assert sorted(found.keys()) == sorted(
        [
            *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version"),
            *("List-Unsubscribe", "List-Unsubscribe-Post", "Content-Type", "Content-Transfer-Encoding"),
        ]
    )


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x00", "\x0b", "\u2028", "\x85"])
def test_a_subject_adds_no_header_of_its_own(end: str) -> None:
    found = read(a_letter(subject=f"件名{end}Bcc: c@d.jp{end}{end}<p>"))
    assert found["Bcc"] is None
    assert found["Subject"] == "件名 Bcc: c@d.jp <p>"


@pytest.mark.parametrize(
    "to",
    [
        *("", "hanako", "@example.jp", "hanako@", "a@b.jp\nBcc: c@d.jp", "a@b.jp\r\n", "花 子@example.jp"),
        *("a@b.jp, c@d.jp", "a@b@c.jp", "<a@b.jp>", "a@b.jp>", "a b@c.jp", "a@-", "a@b..jp", "a@b.jp\x00"),
        *(
            "花子@example.jp",
            "a@例え.jp",
            f"{'a' * 65}@example.jp",
            f"a@{'b' * 300}.jp",
            '"a"@b.jp',
            "a@[::1]",
        ),
    ],
)
def test_what_is_no_single_address_makes_no_letter_and_is_not_repeated(to: str) -> None:
    with pytest.raises(ValueError, match="this is no e-mail address") as refused:
        composed(a_letter(to=to), MITO, NOW)
    assert to not in str(refused.value) or not to


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("hanako.mito+library@example.co.jp", "hanako.mito+library@example.co.jp"),
        ("a..b@docomo.ne.jp", '"a..b"@docomo.ne.jp'),
        ("ab.@ezweb.ne.jp", '"ab."@ezweb.ne.jp'),
        (".ab@softbank.ne.jp", '".ab"@softbank.ne.jp'),
    ],
)
def test_old_addresses_of_mobile_carriers_are_quoted(written: str, said: str) -> None:
    assert mailbox(written) == said
    assert read(a_letter(to=written))["To"].addresses[0].domain == written.partition("@")[2]


def test_a_librarys_name_in_two_lines_is_one() -> None:
    found = read(a_letter(), Sender("central@library-mito.jp", "水戸市立\r\nBcc: c@d.jp\n図書館"))
    assert found["From"].addresses[0].display_name == "水戸市立 Bcc: c@d.jp 図書館"
    assert found["Bcc"] is None


def test_the_way_to_stop_stands_in_headers_that_programs_read() -> None:
    raw = composed(a_letter(unsubscribe_url=STOP), MITO, NOW).as_bytes()
    assert f"List-Unsubscribe: <{STOP}>\r\n".encode() in raw
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw


def test_a_mailbox_for_stopping_and_one_for_answers_are_named_where_there_are_any() -> None:
    sender = Sender("a@kyoto.jp", "京都府立図書館", reply_to="desk@kyoto.jp", stop_address="stop@kyoto.jp")
    raw = composed(a_letter(unsubscribe_url=STOP), sender, NOW).as_bytes()
    assert f"List-Unsubscribe: <{STOP}>,\r\n <mailto:stop@kyoto.jp?subject=unsubscribe>\r\n".encode() in raw
    assert message_from_bytes(raw, policy=default)["Reply-To"].addresses[0].addr_spec == "desk@kyoto.jp"
