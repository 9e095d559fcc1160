"""A policy file says what it means, or the product does not start: file, key and reason are named."""

import tomllib
from pathlib import Path

import pytest

from bot.policies import PolicyError, bundled_policy_text, load_policy, parse_policy

MITO = bundled_policy_text("mito")

MISTAKES = [
    ("unknown key", "limit = 1  #", "limit = 1\nlimits = 2  #", "renewal.limits: unknown key"),
    ("unknown section", "[ebooks]", "[e_books]\nx = 1\n[ebooks]", "e_books: unknown key"),
    ("missing setting", "due_soon_days = 3", "# due_soon_days = 3", "renewal.due_soon_days: missing setting"),
    ("text for a number", "period_days = 15", 'period_days = "15"', "renewal.period_days: "),
    ("number for a switch", "refuse_no_gain = true", "refuse_no_gain = 1", "renewal.refuse_no_gain: "),
    ("number out of range", "keep_days = 7", "keep_days = 0", "pickup.keep_days: "),
    (
        "unknown kind",
        '["book", "kamishibai"',
        '["scroll", "kamishibai"',
        "reservation.reservable_materials.0: ",
    ),
    ("unknown zone", '"Asia/Tokyo"', '"Asia/Mito"', "zone: "),
    ("site without https", '"https://www', '"http://www', "website: "),
    ("a sender that is no address", '"central@library-mito.jp"', '"central"', "contact.mail_sender: "),
    ("a header in a sender", "central@library-mito.jp", "a@b.jp\\nBcc: c@d.jp", "contact.mail_sender: "),
    ("answers to nowhere", 'reply_to = ""', 'reply_to = "desk"', "mail.reply_to: "),
    ("no phone", '"029-226-3951"', '"phone us"', "branch.0.phone: "),
    (
        "unknown branch",
        '"chuo", "tobu", ',
        '"chuo", "nowhere", ',
        "pickup.branches: there is no branch nowhere",
    ),
    (
        "main branch unknown",
        'main_branch = "chuo"',
        'main_branch = "honkan"',
        "main_branch: there is no branch",
    ),
    ("day that is none", '"07-20"', '"07-32"', "reservation.contest_season_from: "),
    ("season backwards", '"08-31"', '"07-01"', "reservation.contest_season_until: the season ends before"),
    ("season without days", "contest_season_from", "# contest_season_from", "contest_divisions needs it"),
    ("ready can be cancelled", '["queued"]', '["queued", "ready"]', "cancellation.cancellable_states"),
    ("queued can't be cancelled", '["queued"]', '["in_preparation"]', "queued must be among them"),
    (
        "passwords that can't be",
        "min_length = 8  # Assumption: 8 or more characters.\nmax_length = 72",
        "min_length = 20\nmax_length = 12",
        "password.min_length: it is more than max_length",
    ),
    ("a branch twice", 'code = "tobu"', 'code = "chuo"', "branch.code: chuo stands twice"),
    ("renewing that never helps", "period_days = 15", "period_days = 1", "renewal.period_days: one day"),
    ("offered to nobody", "offered = false", "offered = true", "ebooks.who: it is empty"),
    ("no magazines", '"magazine", "audiovisual"', '"audiovisual"', "reservation.refuse_latest_issue: "),
    (
        "a kind twice",
        '"book", "kamishibai"',
        '"book", "book"',
        "reservation.reservable_materials: book stands twice",
    ),
    ("not TOML", "limit = 15", "limit = = 15", "this is not TOML"),
    *(
        (name, "\n[words]\n", f"\n{text}\n\n[words]\n", told)
        for name, text, told in (
            ("a sixth Thursday", '[calendar]\nclosed_monthly = ["6_thu"]', "calendar.closed_monthly.0"),
            (
                "a monthly day twice",
                '[calendar]\nclosed_monthly = ["15", "15"]',
                "calendar.closed_monthly: 15 stands twice",
            ),
            (
                "a day that no year has",
                '[calendar]\nclosed_yearly = [{from = "02-30", until = "03-01"}]',
                "calendar.closed_yearly.0.from: there is no such day",
            ),
            ("an unknown rule for holidays", '[calendar]\nholidays = "maybe"', "calendar.holidays"),
            (
                "rules of an unknown branch",
                '[calendar.branch.kyoto]\nholidays = "closed"',
                "calendar.branch: there is no branch kyoto",
            ),
            (
                "special days of an unknown branch",
                '[[special_days]]\nbranches = ["kyoto"]\nfrom = 2027-02-01\nuntil = 2027-02-10',
                "special_days.branches: there is no branch kyoto",
            ),
            (
                "special days that end before they begin",
                "[[special_days]]\nfrom = 2027-02-10\nuntil = 2027-02-01",
                "special_days.0: it ends before it begins",
            ),
        )
    ),
    ("an unknown mover of due dates", 'moved_by = "special_days"', 'moved_by = "rain"', "due_dates.moved_by"),
]


@pytest.mark.parametrize("library", ["mito", "kyoto"])
def test_bundled_policies_are_read(library: str) -> None:
    policy = load_policy(library)
    assert policy.branch(policy.main_branch) is not None
    assert policy.counter.phone


@pytest.mark.parametrize(
    ("before", "after", "told"), [row[1:] for row in MISTAKES], ids=[row[0] for row in MISTAKES]
)
def test_a_mistake_is_refused_and_named(before: str, after: str, told: str) -> None:
    assert before in MITO
    with pytest.raises(PolicyError) as refused:
        parse_policy(MITO.replace(before, after, 1), "town.toml")
    assert all(line.startswith("town.toml: ") for line in str(refused.value).splitlines())
    assert told in str(refused.value)


def test_all_mistakes_of_a_file_are_told_at_once() -> None:
    text = MITO.replace("period_days = 15", 'period_days = "x"').replace("keep_days = 7", "keep_days = -1")
    with pytest.raises(PolicyError) as refused:
        parse_policy(text.replace('main_branch = "chuo"', 'main_branch = "moon"'), "town.toml")
    told = str(refused.value)
    assert {"renewal.period_days", "pickup.keep_days", "main_branch"} <= {
        line.split(": ")[1] for line in told.splitlines()
    }


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"town\.toml: can't be read"):
        load_policy(str(tmp_path / "town.toml"))


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    file = tmp_path / "town.toml"
    file.write_bytes("name = 水戸".encode("cp932"))
    with pytest.raises(PolicyError, match="not UTF-8"):
        load_policy(str(file))


def test_a_library_may_bring_a_file_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "town.toml"
    file.write_text(MITO.replace("limit = 15", "limit = 20"), encoding="utf-8")
    assert load_policy(str(file)).reservation.limit == 20


SIDE_BY_SIDE = [
    ("renewal.limit", 1, 1),
    ("renewal.period_days", 15, 14),
    ("renewal.first_day_counts", True, False),
    ("renewal.allowed_on_checkout_day", True, False),
    ("renewal.can_be_undone", False, False),
    ("renewal.refuse_no_gain", True, True),
    ("due_dates.moved_by", "special_days", "special_days"),
    ("reservation.limit", 15, 10),
    ("reservation.only_when_all_on_loan", False, True),
    ("reservation.refuse_latest_issue", True, False),
    ("reservation.refuse_long_overdue_single_copy", True, False),
    ("reservation.long_overdue_days", 30, 30),
    ("pickup.notice", "next_open_day", "at_once"),
    ("pickup.keep_days", 7, 7),
    ("pickup.place", "", "1階カウンター"),
    ("contact.mail_sender", "central@library-mito.jp", "info@library.pref.kyoto.jp"),
    ("password.first_registration", "by_patron", "at_counter"),
    ("password.min_length", 8, 6),
    ("password.letters_and_digits", False, True),
    ("notices.due_reminder_days_before", 3, 3),
    ("notices.due_reminder_from_the_start", False, False),
    ("words.card_number", "利用者番号", "図書館カード番号"),
    ("words.reservation", "予約", "貸出待ち登録"),
    ("words.counter", "点", "冊"),
    ("words.pickup_by", "引取期限日", "取り置き期間"),
    ("words.no_contact", "連絡不要", "不要"),
    ("words.renewed", "延長済", "延長済"),
]


@pytest.mark.parametrize(("key", "mito", "kyoto"), SIDE_BY_SIDE)
def test_the_two_libraries_differ_as_their_guides_do(key: str, mito: object, kyoto: object) -> None:
    for library, expected in (("mito", mito), ("kyoto", kyoto)):
        section, _, name = key.partition(".")
        assert tomllib.loads(bundled_policy_text(library))[section][name] == expected


PHONES = {
    "chuo": "029-226-3951",
    "tobu": "029-248-4051",
    "seibu": "029-255-5651",
    "miwa": "029-350-2051",
    "tsunezumi": "029-269-1751",
    "uchihara": "029-291-6451",
}


def test_phones_are_those_of_the_guides() -> None:
    assert {branch.code: branch.phone for branch in load_policy("mito").branches} == PHONES
    assert {branch.phone for branch in load_policy("kyoto").branches} == {"075-762-4655"}


def test_neither_guide_names_opening_hours_so_neither_file_does() -> None:
    assert load_policy("mito").calendar is None
    assert load_policy("kyoto").calendar is None
    assert load_policy("mito").special_days == load_policy("kyoto").special_days == ()
