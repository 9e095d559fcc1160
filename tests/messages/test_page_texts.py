"""The wording of the link pages."""

import tomllib
from datetime import timedelta
from importlib.resources import files
from typing import Any

import pytest

from bot.library import PasswordReason
from bot.messages.pages import PageTexts
from bot.policies import load_policy
from bot.rules.notice_kinds import NoticeKind

LIBRARIES = ("mito", "kyoto")


def entries(table: dict[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    """All texts with their dotted keys."""
    found = []
    for name, value in table.items():
        if isinstance(value, dict):
            found += entries(value, f"{prefix}{name}.")
        else:
            found.append((f"{prefix}{name}", value))
    return found


ALL = entries(tomllib.loads((files("bot.messages") / "texts/pages.toml").read_text("utf-8")))


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize(("key", "entry"), ALL, ids=[key for key, _ in ALL])
def test_every_text_finds_what_it_names(library: str, key: str, entry: Any) -> None:
    texts = PageTexts(load_policy(library))
    lines = (
        texts.lines(key)
        if isinstance(entry, list)
        else [texts(key, title="題", minutes=3, name="水戸 花子", kind="新着のお知らせ", count=2)]
    )
    for line in lines:
        assert line
        assert "{" not in line


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_kind_of_letter_has_a_name_where_it_is_stopped(kind: NoticeKind) -> None:
    texts = PageTexts(load_policy("mito"))
    assert texts.mail_kinds([kind]) != texts.mail_kinds(["no such kind"]) == "図書館からのお知らせ"


@pytest.mark.parametrize("reason", PasswordReason)
def test_every_reason_against_a_password_has_its_words(reason: PasswordReason) -> None:
    assert PageTexts(load_policy("mito"))(f"flaw.{reason}")


def test_the_counters_form_is_named_where_there_is_one() -> None:
    mito, kyoto = (PageTexts(load_policy(library)) for library in LIBRARIES)
    assert "「マイページ利用申込書」により" in kyoto("no_password.counter")
    assert "申込書" not in mito("no_password.counter")


def test_each_library_speaks_its_own_words() -> None:
    mito, kyoto = (PageTexts(load_policy(library)) for library in LIBRARIES)
    assert mito("sign_in.card_number") == "利用者番号"
    assert kyoto("sign_in.card_number") == "図書館カード番号"
    assert "8文字以上" in mito.password_rule
    assert "6文字以上" in kyoto.password_rule
    assert "英字と数字" in kyoto.password_rule


def test_only_kyoto_says_who_pays_and_what_an_address_is_used_for() -> None:
    mito, kyoto = (" ".join(PageTexts(load_policy(library)).email_hints) for library in LIBRARIES)
    assert "central@library-mito.jp" in mito
    assert "ご負担" not in mito
    assert "info@library.pref.kyoto.jp" in kyoto
    assert "ご負担" in kyoto
    assert "図書館からの連絡" in kyoto


@pytest.mark.parametrize(
    ("wait", "said"),
    [
        (timedelta(seconds=1), "1分"),
        (timedelta(seconds=60), "1分"),
        (timedelta(seconds=61), "2分"),
        (timedelta(hours=1), "60分"),
        (timedelta(days=6), "窓口"),
    ],
)
def test_a_wait_is_told_in_whole_minutes_and_a_long_one_leads_to_the_counter(
    wait: timedelta, said: str
) -> None:
    assert said in PageTexts(load_policy("mito")).wait(wait)
