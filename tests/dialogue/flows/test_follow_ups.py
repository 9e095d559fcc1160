"""Volumes left to the bot: the next one is reserved once the one before was checked out, and the patron is told."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.accounts import Friends
from bot.ils.embedded.desk import Desk
from bot.ils.embedded.importing import import_folder
from bot.ils.embedded.library import EmbeddedLibrary
from bot.jobs.follow_ups import FollowUpRunner
from bot.library import LibraryUnavailable
from bot.storage.engine import reading, writing
from bot.storage.follow_ups import LOOK_EVERY
from bot.storage.tables.library import ReservationRow
from bot.storage.tables.wishes import FollowUpRow
from tests.dialogue.flows.player import WHO, Databases, Player

RECORD = {
    "loans": [{"loan_id": "lo", "card_number": "jiro", "barcode": "b-norwei2"}],
    "titles": [
        {"title_id": f"r{number}", "title": "竜馬がゆく", "author": "司馬遼太郎", "volume": str(number)}
        for number in (1, 2, 3)
    ],
    "copies": [{"barcode": f"br{number}", "title_id": f"r{number}"} for number in (1, 2, 3)],
}


@pytest.fixture
def player(databases: Databases) -> Player:
    """A patron who waits for 上 and has left 下 to the bot."""
    player = Player({"record": RECORD}, "mito", databases)
    player.say("ノルウェイの森 上巻を東部で予約、連絡は不要")
    player.tap(player.button("上巻を借りてから下巻も申し込む"))
    assert player.say("はい") == ["reserve.done"]
    player.clock.advance(timedelta(minutes=1))
    return player


def _checkout(player: Player, barcode: str = "b-norwei1") -> None:
    with writing(player.database) as session:
        Desk(session, player.rim.policy, player.clock).lending.checkout("hanako", barcode)


def _sweep(player: Player) -> list[str]:
    """What the patron is told, if anything."""
    FollowUpRunner(
        player.database,
        player.clock,
        lambda session: EmbeddedLibrary(session, player.rim.policy, player.clock),
    ).sweep()
    player.rim.engine.heard = ()
    player.rim.run(WHO)
    return [reply.key for reply in player.heard]


def _waiting(player: Player) -> list[str]:
    with reading(player.database) as session:
        return list(session.scalars(select(FollowUpRow.after_title_id)))


def _reserved(player: Player) -> dict[str, tuple[str, str]]:
    rows = player.record()["reservations"].values()
    return {row["title_id"]: (row["state"], row["pickup_branch"]) for row in rows}


def test_nothing_happens_while_the_first_volume_is_awaited(player: Player) -> None:
    assert _sweep(player) == []
    player.clock.advance(LOOK_EVERY)
    assert _sweep(player) == []
    assert _reserved(player) == {"norwei1": ("queued", "tobu")}


def test_a_checkout_at_the_desk_reserves_the_next_volume_at_once_and_tells_it(player: Player) -> None:
    _checkout(player)
    assert _sweep(player) == ["volumes.reserved"]
    assert _reserved(player) == {"norwei1": ("fulfilled", "tobu"), "norwei2": ("queued", "tobu")}
    assert "ノルウェイの森 下" in player.heard_text()
    assert _waiting(player) == []


def test_it_is_done_once(player: Player) -> None:
    _checkout(player)
    _sweep(player)
    player.clock.advance(LOOK_EVERY)
    assert _sweep(player) == []
    assert len(_reserved(player)) == 2


def test_of_several_volumes_each_waits_for_the_one_before(databases: Databases) -> None:
    player = Player({"record": RECORD}, "mito", databases)
    player.say("竜馬がゆく1巻を中央で予約、連絡は不要")
    player.tap(player.button("1巻を借りてから続きも申し込む"))
    player.say("はい")
    _checkout(player, "br1")
    assert _sweep(player) == ["volumes.reserved"]
    assert "続き（3巻）" in player.heard_text()
    assert set(_reserved(player)) == {"r1", "r2"}
    assert _sweep(player) == []
    _checkout(player, "br2")
    assert _sweep(player) == ["volumes.reserved"]
    assert set(_reserved(player)) == {"r1", "r2", "r3"}
    assert _waiting(player) == []


def test_a_refusal_is_told_with_its_reasons_and_ends_it(player: Player) -> None:
    with writing(player.database) as session:
        session.add(
            ReservationRow(
                reservation_id="mine",
                card_number="hanako",
                title_id="norwei2",
                placed_at=player.clock.now(),
                pickup_branch="chuo",
                contact="none",
                state="queued",
                channel="web",
            )
        )
    _checkout(player)
    assert _sweep(player) == ["volumes.refused"]
    assert "順番は、予約一覧で" in player.heard_text()
    assert _waiting(player) == []


def test_where_the_first_volume_is_not_awaited_any_more_it_ends_and_that_is_told(player: Player) -> None:
    with writing(player.database) as session:
        session.execute(update(ReservationRow).values(state="cancelled"))
    player.clock.advance(LOOK_EVERY)
    assert _sweep(player) == ["volumes.ended"]
    assert set(_reserved(player)) == {"norwei1"}
    assert _waiting(player) == []


def test_somebody_elses_checkout_of_it_is_none(player: Player) -> None:
    with writing(player.database) as session:
        Desk(session, player.rim.policy, player.clock).lending.checkout("taro", "b-norwei1")
    player.clock.advance(LOOK_EVERY)
    assert _sweep(player) == []
    assert set(_reserved(player)) == {"norwei1"}


def test_unlinking_forgets_it_and_the_cart(player: Player) -> None:
    player.say("こころをカートに入れて")
    player.say("連携を解除したい")
    player.say("はい")
    assert _waiting(player) == []
    player.rim.link(WHO, "hanako")
    assert player.say("カートを見せて") == ["cart.none"]


def test_whoever_blocked_the_account_is_left_alone(player: Player) -> None:
    with writing(player.database) as session:
        Friends(session, player.clock).blocked(WHO, player.clock.now())
    _checkout(player)
    assert _sweep(player) == []
    assert set(_reserved(player)) == {"norwei1"}


def test_a_library_that_does_not_answer_is_asked_again_later(player: Player) -> None:
    def fails(_session: object) -> EmbeddedLibrary:
        raise LibraryUnavailable

    _checkout(player)
    FollowUpRunner(player.database, player.clock, fails).sweep()
    assert _waiting(player) == ["norwei1"]
    player.clock.advance(LOOK_EVERY)
    assert _sweep(player) == ["volumes.reserved"]


def test_a_question_that_waits_is_not_interrupted(player: Player) -> None:
    assert player.say("こころを予約") == ["reserve.branch"]
    _checkout(player)
    assert _sweep(player) == ["volumes.reserved"]
    assert player.say("中央") == ["reserve.how"]


def test_an_import_raises_a_look_at_once(player: Player, tmp_path: Path) -> None:
    day = player.clock.today().isoformat()
    header = "card_number,barcode,checked_out_on,due_on,renewals,interlibrary"
    (tmp_path / "loans.csv").write_text(f"{header}\nhanako,b-norwei1,{day},2026-12-20,0,\n", "utf-8")
    import_folder(player.database, player.rim.policy, player.clock, tmp_path)
    assert _sweep(player) == ["volumes.reserved"]
    assert _reserved(player)["norwei2"] == ("queued", "tobu")
