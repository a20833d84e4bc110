"""Platforms are kept running, and nothing closes before they have caught up."""

import asyncio
from contextlib import suppress

import pytest

from bot import runner
from bot.core.records import Delivery
from bot.errors import ConfigError, UnreachableError
from tests.conftest import World


class DummyPlatform:
    """Counts how often it was asked for, and fails as it was told."""

    name = "console"

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.woken = asyncio.Event()
        self.caught_up = asyncio.Event()
        self.runs = 0

    async def run(self) -> None:
        self.runs += 1
        if self.failures:
            raise self.failures.pop(0)

    async def post(self, delivery: Delivery) -> str:
        raise AssertionError(delivery)

    async def find(self, delivery: Delivery) -> str | None:
        raise AssertionError(delivery)


async def test_what_fails_is_started_again_with_growing_pauses() -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    platform = DummyPlatform(
        UnreachableError("No line."), ValueError("odd"), ConfigError("The token is wrong.")
    )
    with pytest.raises(ConfigError):
        await runner.supervise("console", platform.run, sleep)
    assert platform.runs == 3
    assert pauses == [1.0, 2.0]


async def test_a_platform_that_cannot_work_ends_the_program(world: World) -> None:
    with pytest.raises(ConfigError, match="token is wrong"):
        await runner.serve(world.ports, [DummyPlatform(ConfigError("The token is wrong."))])


@pytest.mark.parametrize("patience", [0.0, 60.0])
async def test_nothing_is_due_before_a_platform_has_caught_up(
    world: World, monkeypatch: pytest.MonkeyPatch, patience: float
) -> None:
    beats: list[str] = []
    beaten = asyncio.Event()

    async def beat(_ports: object, name: str) -> None:
        beats.append(name)
        beaten.set()

    monkeypatch.setattr(runner, "beat", beat)
    monkeypatch.setattr(runner, "PATIENCE_SECONDS", patience)
    platform = DummyPlatform()
    task = asyncio.create_task(runner.work(world.ports, platform))
    await asyncio.sleep(0)
    assert beats == []
    if patience:
        platform.caught_up.set()
    async with asyncio.timeout(10):
        await beaten.wait()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("steps", range(6))
async def test_who_is_woken_and_stopped_at_once_stops(world: World, steps: int) -> None:
    platform = DummyPlatform()
    platform.caught_up.set()
    working = asyncio.create_task(runner.work(world.ports, platform))
    await asyncio.sleep(0.1)
    platform.woken.set()
    for _ in range(steps):
        await asyncio.sleep(0)
    working.cancel()
    done, _ = await asyncio.wait([working], timeout=2)
    working.cancel()
    assert done == {working}
    assert working.cancelled()
