"""The second look in a running program: beside everything else, never in its way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import pytest

from bot import runner
from bot.core import admin, answers
from bot.core.intents import Receipt
from bot.core.ports import Ports
from bot.core.records import Delivery
from bot.core.scheduler import beat
from tests.conftest import World
from tests.core.dummies import DummyRefiner
from tests.core.test_refining import OPEN, QUOTE
from tests.samples import CHANNEL, incoming


class _Quiet:
    """A platform that only notes what it is to post."""

    name = "console"

    def __init__(self) -> None:
        self.woken = asyncio.Event()
        self.caught_up = asyncio.Event()
        self.caught_up.set()
        self.posted: asyncio.Queue[Receipt] = asyncio.Queue()

    async def run(self) -> None:
        await asyncio.Event().wait()

    async def post(self, delivery: Delivery) -> str:
        if isinstance(delivery.outgoing.intent, Receipt):
            self.posted.put_nowait(delivery.outgoing.intent)
        return f"ref-{delivery.id}"

    async def find(self, delivery: Delivery) -> str | None:
        raise AssertionError(delivery)


@asynccontextmanager
async def _serving(ports: Ports, platform: _Quiet) -> AsyncIterator[None]:
    task = asyncio.create_task(runner.serve(ports, [platform], lookers=2))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _next(platform: _Quiet) -> Receipt:
    return await asyncio.wait_for(platform.posted.get(), 10)


async def test_a_model_that_hangs_delays_no_receipt(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "_LOOK_SECONDS", 0.01)
    refiner = DummyRefiner(QUOTE)
    refiner.gate = asyncio.Event()
    ports, platform = replace(world.ports, refiner=refiner), _Quiet()
    await admin.create(ports, CHANNEL, {}, "test")
    world.clock.advance(hours=1)
    await beat(ports, "console")
    async with _serving(ports, platform):
        for number in range(5):
            await answers.receive(ports, incoming(f"{OPEN} Take {number}.", message_id=str(number)))
            platform.woken.set()
            receipt = await _next(platform)
            assert receipt.revision == number + 1
            assert not any("language model judged" in remark for remark in receipt.remarks)
        refiner.gate.set()
        refined = [await _next(platform) for _ in range(5)]
    assert {receipt.revision for receipt in refined} == {1, 2, 3, 4, 5}
    assert all("The language model judged 1 of 4" in each.remarks[0] for each in refined)


async def test_one_look_that_fails_does_not_end_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "_LOOK_SECONDS", 0.01)
    calls = 0

    async def fails_once(_ports: Ports) -> bool:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise RuntimeError
        if calls == 3:
            raise asyncio.CancelledError
        return False

    monkeypatch.setattr(runner, "take_one", fails_once)
    with suppress(asyncio.CancelledError):
        await runner.refine(world.ports, [])
    assert calls == 3
