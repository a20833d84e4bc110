"""Platforms are kept running, and each is told at once what it should say."""

import asyncio

import pytest

from bot import runner
from bot.core.intents import Notice, Outgoing
from bot.core.ports import Delivery
from bot.errors import ConfigError
from tests.conftest import World
from tests.samples import CHANNEL


class DummyPlatform:
    """Notes what it posts; its run is whatever a test wants."""

    name = "console"

    def __init__(self, *, fails: Exception | None = None) -> None:
        self.woken = asyncio.Event()
        self.posted: asyncio.Queue[str] = asyncio.Queue()
        self.fails = fails

    async def run(self) -> None:
        if self.fails:
            raise self.fails
        await asyncio.Event().wait()

    async def post(self, delivery: Delivery) -> str:
        await self.posted.put(delivery.outgoing.marker)
        return delivery.outgoing.marker

    async def find(self, delivery: Delivery) -> str | None:
        raise AssertionError(delivery)


async def test_what_is_queued_is_posted_as_soon_as_the_platform_is_woken(world: World) -> None:
    platform = DummyPlatform()
    serving = asyncio.create_task(runner.serve(world.ports, [platform]))
    for marker in ("a", "b"):
        notice = Notice(text=marker)
        await world.store.messages.queue(Outgoing(marker=marker, channel=CHANNEL, intent=notice))
        platform.woken.set()
        assert await asyncio.wait_for(platform.posted.get(), runner.HEARTBEAT_SECONDS) == marker
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving


async def test_settings_that_cannot_work_end_everything_with_their_sentence(world: World) -> None:
    platforms = [DummyPlatform(), DummyPlatform(fails=ConfigError("The token is refused."))]
    with pytest.raises(ConfigError, match="The token is refused"):
        await runner.serve(world.ports, platforms)


async def test_whatever_fails_is_started_again_with_growing_pauses() -> None:
    pauses: list[float] = []
    outcomes = [RuntimeError("parser"), None, OSError("network"), ConfigError("revoked")]

    async def run() -> None:
        outcome = outcomes.pop(0)
        if outcome:
            raise outcome

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    with pytest.raises(ConfigError, match="revoked"):
        await runner.supervise("console", run, sleep)
    assert pauses == [1.0, 2.0, 4.0]
