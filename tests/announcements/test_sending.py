"""How announcements go out: batches, keys, what LINE answers, what becomes of it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from announcement_world import CONTENT, EVERYONE, NOON, AnnouncementWorld, build_world, user
from sqlalchemy import select

from bot.accounts import Friends
from bot.accounts.watches import Watches
from bot.announcements import Audience, AudienceKind, Layout, LeftOut, State
from bot.jobs.announcements import AnnouncementInsight, AnnouncementSender
from bot.line.api import Delivery, Insight, SendResult
from bot.storage.announcement_batches import AnnouncementBatches
from bot.storage.announcements import Announcements
from bot.storage.engine import reading, writing
from bot.storage.tables.announcements import AnnouncementBatchRow

BUSY = SendResult(Delivery.TRY_LATER, 429)
LOST = "lost"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[AnnouncementWorld]:
    world = build_world(tmp_path)
    yield world
    world.engine.dispose()


def test_everyone_is_reached_once_in_batches_of_five_hundred(world: AnnouncementWorld) -> None:
    world.friends(1201)
    number = world.write()
    assert world.send() == 3
    assert [(kind, people) for kind, people, _ in world.line.calls] == [
        ("multicast", 500),
        ("multicast", 500),
        ("multicast", 201),
    ]
    assert set(world.line.reached.values()) == {1}
    assert len(world.line.reached) == 1201
    assert world.find(number).state is State.DONE
    assert world.progress(number).sent == 1201


def test_a_call_bears_the_unit_by_which_it_is_counted(world: AnnouncementWorld) -> None:
    world.friends(1)
    number = world.write()
    world.send()
    assert world.line.calls == [("multicast", 1, f"announcement_{number}")]


def test_whom_it_went_to_is_forgotten_once_a_batch_is_over(world: AnnouncementWorld) -> None:
    world.friends(3)
    world.write()
    world.send()
    with reading(world.engine) as session:
        rows = session.execute(select(AnnouncementBatchRow.recipients, AnnouncementBatchRow.messages)).all()
    assert [tuple(row) for row in rows] == [(None, None)]


def test_who_blocked_us_or_turned_announcements_off_is_left_out_and_counted(world: AnnouncementWorld) -> None:
    world.friends(4)
    with writing(world.engine) as session:
        friends = Friends(session, world.clock)
        friends.blocked(user(0), NOON + timedelta(seconds=1))
        friends.set_setting(user(1), "announcements", False)
    number = world.write()
    world.send()
    assert set(world.line.reached) == {user(2), user(3)}
    assert world.find(number).left_out == {LeftOut.BLOCKED: 1, LeftOut.OPTED_OUT: 1}


def test_a_busy_line_is_asked_again_later_under_the_same_key(world: AnnouncementWorld) -> None:
    world.friends(2)
    number = world.write()
    world.line.results = [BUSY]
    assert world.send() == 1
    assert world.progress(number).waiting == 2
    world.clock.advance(timedelta(seconds=2))
    world.send()
    assert set(world.line.reached.values()) == {1}
    assert world.find(number).state is State.DONE


def test_an_answer_that_was_lost_reaches_nobody_twice(world: AnnouncementWorld) -> None:
    world.friends(2)
    number = world.write()
    world.line.results = [LOST]
    world.send()
    world.clock.advance(timedelta(seconds=2))
    world.send()
    assert set(world.line.reached.values()) == {1}
    assert world.progress(number).sent == 2


def test_a_process_that_dies_in_a_call_is_followed_by_another(world: AnnouncementWorld) -> None:
    world.friends(2)
    number = world.write()
    world.schedule.look()
    with writing(world.engine) as session:
        batch = AnnouncementBatches(session, world.clock).take()
    assert batch is not None
    world.line.multicast(batch.recipients, batch.messages, retry_key=batch.retry_key, unit="x")
    assert world.send() == 0, "the attempt may still be under way"
    world.clock.advance(timedelta(seconds=15))
    world.send()
    assert set(world.line.reached.values()) == {1}
    assert world.progress(number).sent == 2


def test_what_is_in_doubt_when_line_forgets_the_key_is_shown_and_not_repeated(
    world: AnnouncementWorld,
) -> None:
    world.friends(2)
    number = world.write()
    world.line.results = [LOST]
    world.send()
    world.clock.advance(timedelta(hours=24))
    world.send()
    assert world.progress(number).in_doubt == 2
    assert len(world.line.calls) == 1


def test_what_certainly_did_not_arrive_in_a_day_has_failed(world: AnnouncementWorld) -> None:
    world.friends(2)
    number = world.write()
    world.line.results = [BUSY]
    world.send()
    world.clock.advance(timedelta(hours=24))
    world.send()
    assert world.progress(number).failed == 2


def test_one_bad_id_costs_nobody_else_the_announcement(world: AnnouncementWorld) -> None:
    world.friends(500)
    world.line.bad = frozenset({user(77)})
    number = world.write()
    world.send()
    assert len(world.line.reached) == 499
    assert set(world.line.reached.values()) == {1}
    progress = world.progress(number)
    assert (progress.sent, progress.failed) == (499, 1)
    assert len(world.line.calls) < 20


def test_messages_that_line_refuses_are_not_tried_on_each_recipient(world: AnnouncementWorld) -> None:
    world.friends(500)
    number = world.write()
    world.line.results = [SendResult(Delivery.REFUSED, 400, blamed="messages")]
    assert world.send() == 1
    assert world.progress(number).failed == 500


def test_a_wrong_access_token_is_waited_for(world: AnnouncementWorld) -> None:
    world.friends(2)
    number = world.write()
    world.line.results = [SendResult(Delivery.REFUSED, 403)]
    world.send()
    assert world.progress(number).waiting == 2


@pytest.mark.parametrize(
    ("layout", "hour", "goes"),
    [
        (Layout.CLOSURE, 12, True),
        (Layout.CLOSURE, 21, False),
        (Layout.CLOSURE, 3, False),
        (Layout.URGENT, 3, True),
    ],
)
def test_in_the_quiet_hours_only_what_is_urgent_goes(
    world: AnnouncementWorld, layout: Layout, hour: int, goes: bool
) -> None:
    world.friends(1)
    world.clock.instant = NOON + timedelta(hours=hour - 12)
    world.write(replace(CONTENT, layout=layout))
    assert bool(world.send()) is goes


def test_it_waits_for_its_time(world: AnnouncementWorld) -> None:
    world.friends(1)
    world.write(send_at=NOON + timedelta(hours=1))
    assert world.send() == 0
    world.clock.advance(timedelta(hours=1))
    assert world.send() == 1


def test_only_what_is_urgent_goes_to_all_friends(world: AnnouncementWorld) -> None:
    world.friends(3)
    with writing(world.engine) as session:
        Friends(session, world.clock).set_setting(user(1), "announcements", False)
    number = world.write(replace(CONTENT, layout=Layout.URGENT))
    world.send()
    assert world.line.calls == [("broadcast", 0, "")]
    assert world.progress(number).sent == 3
    assert world.find(number).is_broadcast


@pytest.mark.parametrize(("watchers", "reached"), [(19, 0), (20, 20)])
def test_an_audience_by_what_is_watched_is_never_small(
    world: AnnouncementWorld, watchers: int, reached: int
) -> None:
    world.friends(30)
    with writing(world.engine) as session:
        watches = Watches(session, world.clock)
        for at in range(watchers):
            watches.add(user(at), "subject", "料理", most=10)
    world.write(audience=Audience(AudienceKind.WATCH, "料理"))
    world.send()
    assert len(world.line.reached) == reached


@pytest.mark.parametrize("opened", [None, 40])
def test_what_line_counts_is_kept_and_what_it_withholds_is_not_made_up(
    world: AnnouncementWorld, opened: int | None
) -> None:
    world.friends(1)
    number = world.write()
    world.send()
    world.line.insight = Insight(opened, None)
    insight = AnnouncementInsight(world.engine, world.line, world.policy, world.clock)
    insight.look()
    insight.look()
    found = world.find(number)
    assert (found.opened, found.clicked, found.insight_at) == (opened, None, NOON)
    assert world.line.calls[1:] == [("insight", 0, f"announcement_{number}")], "asked again too early"


def test_a_cancelled_announcement_goes_to_nobody(world: AnnouncementWorld) -> None:
    from bot.announcements import Move

    world.friends(1)
    number = world.write(audience=EVERYONE)
    with writing(world.engine) as session:
        Announcements(session, world.clock).move(number, Move.CANCEL)
    assert world.send() == 0


@dataclass
class Stopping:
    """A pace that hears of refusals."""

    refusals: int = 0

    def allow(self, wanted: int) -> int:
        return 0 if self.refusals else wanted

    def refused(self) -> None:
        self.refusals += 1

    def is_shut(self) -> bool:
        return self.refusals > 0

    def close(self) -> None:
        """There is nothing open."""


def test_after_a_429_nobody_who_keeps_the_same_pace_calls(world: AnnouncementWorld) -> None:
    world.friends(501)
    world.write()
    world.schedule.look()
    world.line.results = [BUSY]
    pace = Stopping()
    one, another = (AnnouncementSender(world.engine, world.line, world.clock, pace=pace) for _ in range(2))
    assert one.send_some()
    assert pace.refusals == 1
    assert not another.send_some()
    assert len(world.line.calls) == 1
