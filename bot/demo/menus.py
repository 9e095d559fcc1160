"""The demo's rich menus: put in place at the simulator, as `madoguchi richmenu deploy` does at LINE."""

from collections.abc import Mapping

from bot import wiring
from bot.clock import SystemClock
from bot.config import load_settings
from bot.demo.world import World
from bot.policies import load_policy
from bot.storage.engine import open_engine


def put_menus_in_place(world: World, environment: Mapping[str, str]) -> None:
    """Deploy the menus, by the settings of the counter's process. Raises LineUnavailable."""
    settings = load_settings(**{name: value for name, value in environment.items() if value})
    policy = load_policy(str(world.policy_file))
    clock = SystemClock.starting_at(settings.now, policy.zone)
    engine = open_engine(world.database_url)
    try:
        with wiring.rich_menu_deployment(settings, policy, clock, engine, lambda _step: None) as deployment:
            deployment.deploy()
    finally:
        engine.dispose()
