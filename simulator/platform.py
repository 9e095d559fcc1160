"""The parts of the simulator, joined."""

from dataclasses import dataclass

from simulator.clock import Clock
from simulator.contents import Contents
from simulator.delivery import Delivery
from simulator.ids import new_user_id
from simulator.misbehaviour import Misbehaviour
from simulator.narrowcasts import Narrowcasts
from simulator.people import People
from simulator.rates import Rates
from simulator.richmenus import RichMenus
from simulator.sending import Sending
from simulator.settings import Settings
from simulator.state import State
from simulator.statistics import Statistics
from simulator.tokens import ChannelTokens, LinkTokens, ReplyTokens, RetryKeys
from simulator.traffic import Traffic

FIRST_NAMES = ("さくら", "たろう")
"""The phones that are there from the beginning; neither is a friend yet."""


@dataclass(frozen=True, slots=True)
class Platform:
    """One simulated channel with its people. All parts may be used from any thread."""

    settings: Settings
    clock: Clock
    bot_user_id: str
    state: State
    misbehaviour: Misbehaviour
    delivery: Delivery
    people: People
    sending: Sending
    rich_menus: RichMenus
    link_tokens: LinkTokens
    channel_tokens: ChannelTokens
    contents: Contents
    statistics: Statistics
    narrowcasts: Narrowcasts
    rates: Rates
    traffic: Traffic

    def stop(self) -> None:
        """Send no more events, and let the open streams end."""
        self.delivery.stop()
        self.state.close()


def build(settings: Settings, clock: Clock) -> Platform:
    """A channel with two people who have not added it yet."""
    bot_user_id = new_user_id()
    state = State(clock)
    misbehaviour = Misbehaviour()
    reply_tokens, link_tokens = ReplyTokens(clock), LinkTokens(clock)
    traffic, contents, statistics = Traffic(clock), Contents(), Statistics(clock)
    delivery = Delivery(settings, bot_user_id, reply_tokens, misbehaviour, traffic)
    sending = Sending(state, statistics, reply_tokens, RetryKeys(clock), settings.monthly_quota)
    for name in FIRST_NAMES:
        state.add_person(name)
    return Platform(
        settings=settings,
        clock=clock,
        bot_user_id=bot_user_id,
        state=state,
        misbehaviour=misbehaviour,
        delivery=delivery,
        people=People(state, clock, delivery, reply_tokens, link_tokens, contents, statistics),
        sending=sending,
        rich_menus=RichMenus(state, clock),
        link_tokens=link_tokens,
        channel_tokens=ChannelTokens(clock),
        contents=contents,
        statistics=statistics,
        narrowcasts=Narrowcasts(clock, sending),
        rates=Rates(clock),
        traffic=traffic,
    )
