"""The outbox: what happens to a message when its platform takes it, refuses it or says nothing."""

import pytest

from bot.core.intents import Notice, Outgoing
from bot.core.outbox import deliver
from bot.core.ports import Delivery
from bot.errors import PostponedError, RefusedError
from tests.conftest import World
from tests.samples import CHANNEL


class DummyPoster:
    """Answers with what it was given, message by message."""

    def __init__(self, *answers: str | Exception, known: str | None = None) -> None:
        self.answers = list(answers)
        self.known = known
        self.posted: list[str] = []

    async def post(self, delivery: Delivery) -> str:
        self.posted.append(delivery.outgoing.marker)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def find(self, delivery: Delivery) -> str | None:
        assert delivery.attempts > 1
        return self.known


def message(marker: str, parent: str | None = None) -> Outgoing:
    return Outgoing(
        marker=marker, channel=CHANNEL, intent=Notice(text="Hello."), in_thread_of=parent
    )


async def test_a_message_is_posted_once(world: World) -> None:
    await world.store.messages.queue(message("a"))
    poster = DummyPoster("ref")
    assert await deliver(world.ports, "console", poster) == []
    assert await deliver(world.ports, "console", poster) == []
    assert poster.posted == ["a"]


async def test_everything_that_waits_is_posted_at_once(world: World) -> None:
    for number in range(45):
        await world.store.messages.queue(message(str(number)))
    poster = DummyPoster(*["ref"] * 45)
    await deliver(world.ports, "console", poster)
    assert poster.posted == [str(number) for number in range(45)]


async def test_a_message_waits_for_the_one_that_it_belongs_under(world: World) -> None:
    await world.store.messages.queue(message("child", "parent"))
    poster = DummyPoster()
    assert await deliver(world.ports, "console", poster) == []
    assert poster.posted == []


@pytest.mark.parametrize("error", [PostponedError(0), RefusedError("Never."), OSError("line")])
async def test_what_was_not_posted_is_returned_with_the_reason(
    world: World, error: Exception
) -> None:
    await world.store.messages.queue(message("a"))
    failures = await deliver(world.ports, "console", DummyPoster(error))
    assert [(each.outgoing.marker, reason) for each, reason in failures] == [("a", error)]


async def test_a_postponed_message_comes_again_and_a_refused_one_does_not(world: World) -> None:
    await world.store.messages.queue(message("a"))
    await world.store.messages.queue(message("b"))
    poster = DummyPoster(PostponedError(-1), RefusedError("Never."), "ref")
    await deliver(world.ports, "console", poster)
    assert await deliver(world.ports, "console", poster) == []
    assert poster.posted == ["a", "b", "a"]


async def test_after_an_unclear_outcome_the_platform_is_asked_first(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.core.outbox.LEASE_SECONDS", -1.0)
    await world.store.messages.queue(message("a"))
    poster = DummyPoster(OSError("line"), known="there")
    await deliver(world.ports, "console", poster)
    assert await deliver(world.ports, "console", poster) == []
    assert poster.posted == ["a"]
