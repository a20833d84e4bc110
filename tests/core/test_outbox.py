"""Posting: what an unclear outcome, a refusal and a pause lead to."""

import asyncio
from dataclasses import dataclass, field

import pytest

from bot.core.intents import Notice, Outgoing
from bot.core.outbox import deliver
from bot.core.records import Delivery
from bot.errors import PostponedError, RefusedError
from tests.conftest import World
from tests.samples import CHANNEL


@dataclass
class Poster:
    """Does what it was told, and notes what it was asked."""

    outcomes: list[str | Exception]
    found: list[str | Exception | None] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    async def post(self, delivery: Delivery) -> str:
        self.asked.append(f"post {delivery.outgoing.marker}")
        return _result(self.outcomes.pop(0))

    async def find(self, delivery: Delivery) -> str | None:
        self.asked.append(f"find {delivery.outgoing.marker}")
        outcome = self.found.pop(0)
        return None if outcome is None else _result(outcome)


def _result(outcome: str | Exception) -> str:
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


@pytest.fixture
def _no_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    """An attempt with an unclear outcome may be repeated at once."""
    monkeypatch.setattr("bot.core.outbox.LEASE_SECONDS", -1.0)


async def _queue(world: World, marker: str = "a", thread: str | None = None) -> None:
    notice = Notice(text=marker)
    outgoing = Outgoing(marker=marker, channel=CHANNEL, intent=notice, in_thread_of=thread)
    await world.store.messages.queue(outgoing)


async def _deliver(world: World, poster: Poster) -> list[str]:
    failures = await deliver(world.ports, "console", poster)
    return [str(error) for _, error in failures]


async def test_what_is_posted_is_not_posted_again(world: World) -> None:
    poster = Poster(["ref"])
    await _queue(world)
    assert await _deliver(world, poster) == []
    assert await _deliver(world, poster) == []
    assert poster.asked == ["post a"]


async def test_everything_that_waits_is_posted_at_once(world: World) -> None:
    markers = [str(number) for number in range(45)]
    for marker in markers:
        await _queue(world, marker)
    poster = Poster(["ref"] * len(markers))
    assert await _deliver(world, poster) == []
    assert poster.asked == [f"post {marker}" for marker in markers]


@pytest.mark.usefixtures("_no_lease")
async def test_an_unclear_outcome_is_looked_up_before_it_is_repeated(world: World) -> None:
    poster = Poster([ConnectionError("gone"), "ref"], [None])
    await _queue(world)
    assert await _deliver(world, poster) == ["gone"]
    assert await _deliver(world, poster) == []
    assert poster.asked == ["post a", "find a", "post a"]


@pytest.mark.usefixtures("_no_lease")
async def test_what_is_found_is_not_repeated(world: World) -> None:
    poster = Poster([ConnectionError("gone")], ["ref"])
    await _queue(world)
    await _deliver(world, poster)
    await _deliver(world, poster)
    assert await _deliver(world, poster) == []
    assert poster.asked == ["post a", "find a"]


@pytest.mark.usefixtures("_no_lease")
async def test_a_look_up_that_has_to_wait_leaves_the_outcome_unclear(world: World) -> None:
    poster = Poster([ConnectionError("gone")], [PostponedError(1), "ref"])
    await _queue(world)
    for _ in range(3):
        await _deliver(world, poster)
    assert poster.asked == ["post a", "find a", "find a"]


async def test_a_refusal_is_final_and_a_pause_is_kept(world: World) -> None:
    poster = Poster([RefusedError("never"), PostponedError(60)])
    await _queue(world, "a")
    await _queue(world, "b")
    assert len(await _deliver(world, poster)) == 2
    assert await _deliver(world, poster) == []


@pytest.mark.usefixtures("_no_lease")
async def test_after_a_pause_nothing_has_to_be_looked_up(world: World) -> None:
    poster = Poster([PostponedError(-1), "ref"])
    await _queue(world)
    await _deliver(world, poster)
    assert await _deliver(world, poster) == []
    assert poster.asked == ["post a", "post a"]


async def test_a_reply_waits_for_the_message_that_it_belongs_under(world: World) -> None:
    poster = Poster(["ref"])
    await _queue(world, "child", thread="parent")
    assert await _deliver(world, poster) == []
    assert poster.asked == []


async def test_a_channel_that_hangs_holds_up_no_other_and_keeps_its_order(world: World) -> None:
    elsewhere = CHANNEL.model_copy(update={"id": "other"})
    notice = Notice(text="x")
    for marker, channel in (("slow", CHANNEL), ("slow next", CHANNEL), ("quick", elsewhere)):
        await world.store.messages.queue(Outgoing(marker=marker, channel=channel, intent=notice))
    posted: list[str] = []
    quick = asyncio.Event()

    class Hanging(Poster):
        async def post(self, delivery: Delivery) -> str:
            marker = delivery.outgoing.marker
            if marker == "slow":
                await asyncio.wait_for(quick.wait(), 5)
            posted.append(marker)
            quick.set()
            return marker

    assert await _deliver(world, Hanging([])) == []
    assert posted == ["quick", "slow", "slow next"]
