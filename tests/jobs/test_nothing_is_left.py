"""Past the policy's days nothing tells what someone read, wished for or wrote: the whole database file is searched.

Everything is filled through real turns, a mail, a failed event and a form half done. Then each of the policy's days
passes, the nightly job runs, and every table but the library's own record, and at last the file itself with its log,
byte by byte, are searched in all the spellings in which they could stand there.
"""

import json
from pathlib import Path

from sqlalchemy import delete, select, text
from way import CARD, Way
from way import text as message

from bot.accounts import LinkTokens
from bot.jobs.backoff import TURN_TRIES
from bot.jobs.retention import Retention
from bot.storage.base import Base
from bot.storage.engine import empty_the_log, writing
from bot.storage.mails import SENT, Mails
from bot.storage.tables.library import LoanRow, PatronRow, ReservationRow, TitleRow

LIBRARYS_OWN = ("loans", "reservations", "copies", "titles", "patrons", "credentials")
"""The record itself, children first."""
SAID = (
    *(
        "貸出一覧",
        "延長して",
        "はい",
        "「坊っちゃん」を東部で予約、連絡はいらない",
        "はい",
        "予約一覧",
        "坊っちゃんを探して",
    ),
    *("あいうえお謎の文", "壊れて", "やさしい日本語で", "予約を取り消して", "はい"),
)
SECRETS = (
    "こころ",
    "坊っちゃん",
    "花子",
    "水戸 花子",
    "謎の文",
    "壊れて",
    "予約を取り消して",
    "hanako@example.jp",
)


def spellings(secret: str) -> list[bytes]:
    """As text, and as JSON writes it."""
    return [secret.encode(), json.dumps(secret)[1:-1].encode(), secret.encode("utf-16-le")]


def found_in_tables(way: Way, secrets: tuple[str, ...]) -> list[str]:
    """Where the secrets stand outside of the library's own record."""
    found: list[str] = []
    with way.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            if table.name in LIBRARYS_OWN:
                continue
            rows = "\n".join(str(tuple(row)) for row in connection.execute(select(table)))
            found += [f"{secret} in {table.name}" for secret in secrets if secret in rows]
    return found


def found_in_files(way: Way, folder: Path, secrets: tuple[str, ...]) -> list[str]:
    """Where the secrets stand in the database's files."""
    way.engine.dispose()
    return [
        f"{secret} in {file.name}"
        for file in sorted(folder.iterdir())
        for secret in secrets
        if any(spelling in file.read_bytes() for spelling in spellings(secret))
    ]


def live(way: Way) -> None:
    """A patron's days at the counter."""
    way.link("U1")
    for said in SAID:
        way.later(seconds=30)
        way.says("U1", said)
    with writing(way.engine) as session:
        Mails(session, way.clock).add("test", to="hanako@example.jp", subject="水戸 花子", text="こころ")
        LinkTokens(session, way.clock).issued("U1", "token", way.now())
    way.nonce("U1")
    group = message("U1", "坊っちゃんありますか", way.now())
    group["source"] = {"type": "group", "groupId": "C1", "userId": "U1"}
    way.store(group)
    way.work()


def end(way: Way) -> None:
    """The loan comes back, the letter was sent."""
    with writing(way.engine) as session:
        session.get_one(LoanRow, "L1").returned_on = way.clock.today()
        mails = Mails(session, way.clock)
        for taken in mails.take_due(9, way.now()):
            mails.ended(taken.mail_id, SENT)
    way.says("U1", "連携解除")
    way.says("U1", "はい")


def pass_all_days(way: Way) -> None:
    """Every length of the policy's, one after the other, with the nightly job after each."""
    lengths = sorted(
        days for name, days in way.policy.retention.model_dump().items() if name.endswith("_days")
    )
    for _ in range(TURN_TRIES):
        way.later(days=1)
        way.work()
    for days in lengths:
        way.later(days=days, seconds=1)
        Retention(way.engine, way.policy, way.clock).run()


def test_the_search_would_find_what_is_there(way: Way, tmp_path: Path) -> None:
    live(way)
    tables_found = {line.split(" in ")[0] for line in found_in_tables(way, SECRETS)}
    assert {"坊っちゃん", "花子", "壊れて", "hanako@example.jp"} <= tables_found
    assert found_in_files(way, tmp_path, ("謎の文", "壊れて"))


def test_past_its_days_nothing_stands_in_any_table(way: Way) -> None:
    live(way)
    end(way)
    pass_all_days(way)
    assert found_in_tables(way, (*SECRETS, CARD)) == []


def test_past_its_days_nothing_stands_in_the_files_either(way: Way, tmp_path: Path) -> None:
    live(way)
    end(way)
    pass_all_days(way)
    with writing(way.engine) as session:
        # The catalogue and the patrons' own rows bear the same words; without them the rest is what we keep.
        assert session.scalar(select(LoanRow)) is None
        assert session.scalar(select(ReservationRow)) is None
        for name in LIBRARYS_OWN:
            session.execute(delete(Base.metadata.tables[name]))
    empty_the_log(way.engine)
    assert found_in_files(way, tmp_path, SECRETS) == []


def test_a_group_is_not_told_twice_however_long_ago(way: Way) -> None:
    live(way)
    pass_all_days(way)
    again = message("U2", "こんにちは", way.now())
    again["source"] = {"type": "group", "groupId": "C1", "userId": "U2"}
    before = len(way.outbox())
    way.store(again)
    way.work()
    assert len(way.outbox()) == before


def test_a_group_that_was_left_is_forgotten(way: Way) -> None:
    live(way)
    left = {**message("U1", "", way.now()), "type": "leave", "source": {"type": "group", "groupId": "C1"}}
    del left["message"], left["replyToken"]
    way.store(left)
    way.work()
    pass_all_days(way)
    with way.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM conversations WHERE chat_id = 'C1'")) == 0


def test_what_is_open_and_what_the_patron_set_stays(way: Way) -> None:
    live(way)
    pass_all_days(way)
    with writing(way.engine) as session:
        assert session.get_one(LoanRow, "L1").card_number == CARD
        assert session.get_one(PatronRow, CARD).name == "水戸 花子"
        assert session.get_one(TitleRow, "T1").title == "こころ"
    way.says("U1", "もとに戻して")
    assert way.dialogue.heard[-1] == "もとに戻して"
