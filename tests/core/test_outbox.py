"""Posting what waits: once, later, or never, as the platform answers."""

import pytest

from bot.core import outbox
from bot.core.intents import Notice, Outgoing
from bot.core.ports import Delivery
from bot.errors import PostponedError, RefusedError
from tests.conftest import World
from tests.samples import CHANNEL


class ScriptedPoster:
    """Answers each attempt with the next outcome of a script: a reference or an error."""

    def __init__(self, *outcomes: str | Exception, found: str | None = None) -> None:
        self.outcomes = list(outcomes)
        self.found = found
        self.posted: list[str] = []
        self.looked_up: list[str] = []

    async def post(self, delivery: Delivery) -> str:
        self.posted.append(delivery.outgoing.marker)
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def find(self, delivery: Delivery) -> str | None:
        self.looked_up.append(delivery.outgoing.marker)
        return self.found


def _message(marker: str, under: str | None = None) -> Outgoing:
    return Outgoing(marker=marker, channel=CHANNEL, intent=Notice(text=marker), in_thread_of=under)


async def _deliver(world: World, poster: ScriptedPoster) -> list[str]:
    failures = await outbox.deliver(world.ports, "console", poster)
    return [str(error) for _, error in failures]


async def test_a_message_is_posted_once(world: World) -> None:
    await world.store.messages.queue(_message("a"))
    poster = ScriptedPoster("ref")
    assert await _deliver(world, poster) == []
    assert await _deliver(world, poster) == []
    assert (poster.posted, poster.looked_up) == (["a"], [])


async def test_a_refusal_for_now_is_tried_again_without_looking_it_up(world: World) -> None:
    await world.store.messages.queue(_message("a"))
    poster = ScriptedPoster(PostponedError(-1), "ref")
    assert await _deliver(world, poster) == ["The platform asks to wait -1 s."]
    assert await _deliver(world, poster) == []
    assert (poster.posted, poster.looked_up) == (["a", "a"], [])


async def test_a_refusal_for_good_is_not_tried_again(world: World) -> None:
    await world.store.messages.queue(_message("a"))
    poster = ScriptedPoster(RefusedError("The channel is gone."))
    assert await _deliver(world, poster) == ["The channel is gone."]
    assert await _deliver(world, poster) == []


@pytest.mark.parametrize("found, attempts", [("earlier", 1), (None, 2)])
async def test_an_unclear_outcome_is_looked_up_before_it_is_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch, found: str | None, attempts: int
) -> None:
    monkeypatch.setattr(outbox, "LEASE_SECONDS", -1.0)
    await world.store.messages.queue(_message("a"))
    poster = ScriptedPoster(ConnectionError("dropped"), "ref", found=found)
    assert await _deliver(world, poster) == ["dropped"]
    assert await _deliver(world, poster) == []
    assert (len(poster.posted), poster.looked_up) == (attempts, ["a"])
    assert await _deliver(world, poster) == []


async def test_a_message_waits_for_the_post_that_it_belongs_under(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "_PARENT_SECONDS", -1.0)
    await world.store.messages.queue(_message("child", under="parent"))
    poster = ScriptedPoster("ref-parent", "ref-child")
    assert await _deliver(world, poster) == []
    assert poster.posted == []
    await world.store.messages.queue(_message("parent"))
    await _deliver(world, poster)
    await _deliver(world, poster)
    assert poster.posted == ["parent", "child"]
