"""A bot on a small Slack, by Socket Mode or HTTP."""

import asyncio
import inspect
import socket
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import TypeVar

import pytest
from pydantic import SecretStr

from bot.config import Settings
from bot.core import admin
from bot.core.people import Channel
from bot.platforms.slack.client import SlackPlatform
from bot.runner import serve
from tests.conftest import World
from tests.platforms.slack.server import SECRET, Json, Slack

_T = TypeVar("_T")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def eventually(holds: Callable[[], _T], what: str = "", seconds: float = 10) -> _T:
    """What ``holds`` returns as soon as that is true of it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := holds():
            return found
        await asyncio.sleep(0.005)
    pytest.fail(f"never came true: {what or inspect.getsource(holds).strip()}")


async def nth(found: Sequence[_T], number: int = 1) -> _T:
    """The n-th of what is recorded, waited for."""
    await eventually(lambda: len(found) >= number, f"{number} of {found}")
    return found[number - 1]


class Bot:
    """The running bot, the Slack that it is in, and the world behind it."""

    def __init__(self, world: World, slack: Slack, mode: str, **settings: object) -> None:
        self.world = world
        self.slack = slack
        self.mode = mode
        self.port = free_port()
        half: dict[str, object] = (
            {"slack_app_token": SecretStr(slack.app_token)}
            if mode == "socket"
            else {"slack_signing_secret": SecretStr(SECRET), "slack_port": self.port}
        )
        whole = {"slack_bot_token": SecretStr(slack.bot_token), "slack_api_url": slack.api_url}
        self.settings = Settings.model_validate({**whole, **half, **settings})
        self.platform = SlackPlatform(world.ports, self.settings, ping_seconds=0.2)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self.platform = SlackPlatform(self.world.ports, self.settings, ping_seconds=0.2)
        before = self.slack.connections
        self._task = asyncio.create_task(serve(self.world.ports, [self.platform]))
        if self.mode == "socket":
            await eventually(lambda: self.slack.connections > before, "a connection")
        else:
            self.slack.http_url = f"http://127.0.0.1:{self.port}/slack/events"
            await eventually(lambda: is_listening(self.port), "a listening port")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def challenge(self, channel: str = "C1", **texts: str) -> None:
        """A challenge whose question is on the channel."""
        await self.begin(channel, **texts)
        await eventually(lambda: self.slack.posts(channel), "a question")
        await self.known(channel)

    async def begin(self, channel: str = "C1", **texts: str) -> None:
        """A challenge whose hour has come."""
        self.slack.room(channel)
        soon = self.world.clock.now() + timedelta(hours=1)
        settings = {"time": f"{soon:%H:%M}", **texts}
        await admin.create(self.world.ports, self.where(channel), settings, "test")
        self.world.clock.advance(hours=1)
        self.platform.woken.set()

    async def close(self, user: str = "UADA") -> list[Json]:
        """End the round a minute later; what is posted then, pointer last."""
        before = len(self.slack.posts())
        self.world.clock.advance(minutes=1)
        await self.slack.command(user, "/challenge", "close-now")
        await eventually(lambda: len(self.slack.posts()) == before + 2, "the close")
        return self.slack.posts()[before:]

    def where(self, channel: str = "C1") -> Channel:
        return Channel(platform="slack", workspace=self.slack.team, id=channel, name="")

    async def known(self, channel: str = "C1") -> None:
        """Wait until the last question's post is on record."""
        reference = self.question(channel)["ts"]
        for _ in range(2000):
            if await self.world.store.rounds.thread(self.where(channel), reference):
                return
            await asyncio.sleep(0.005)
        pytest.fail("the question's post is not on record")

    def question(self, channel: str = "C1") -> Json:
        """The post of the day."""
        return [each for each in self.slack.posts(channel) if not each.get("thread_ts")][-1]

    def button(self, message: Json, action_id: str) -> Json:
        """A button of a message."""
        return next(
            element
            for block in message["blocks"]
            if block["type"] == "actions"
            for element in block["elements"]
            if element["action_id"] == action_id
        )


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def shown(message: Json) -> str:
    """All the text of a message's blocks."""
    return "\n".join(_texts(message["blocks"]))


def _texts(part: object) -> list[str]:
    if isinstance(part, list | tuple):
        return [text for each in part for text in _texts(each)]
    if isinstance(part, dict):
        if isinstance(part.get("text"), str):
            return [part["text"]]
        return [text for value in part.values() for text in _texts(value)]
    return []


@pytest.fixture
async def slack(world: World) -> AsyncIterator[Slack]:
    server = Slack(now=world.clock.now)
    for user, name in (("UADA", "Ada"), ("UBOB", "Bob"), ("UEVE", "Eve")):
        server.person(user, name)
    server.room()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture(params=["socket", "http"])
async def bot(world: World, slack: Slack, request: pytest.FixtureRequest) -> AsyncIterator[Bot]:
    bot = Bot(world, slack, request.param)
    await bot.start()
    yield bot
    await bot.stop()


@pytest.fixture
async def socket_bot(world: World, slack: Slack) -> AsyncIterator[Bot]:
    bot = Bot(world, slack, "socket")
    await bot.start()
    yield bot
    await bot.stop()


@pytest.fixture
async def http_bot(world: World, slack: Slack) -> AsyncIterator[Bot]:
    bot = Bot(world, slack, "http")
    await bot.start()
    yield bot
    await bot.stop()


@pytest.fixture
def _short_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    """An attempt whose outcome is unclear may be repeated soon."""
    monkeypatch.setattr("bot.core.outbox.LEASE_SECONDS", 0.05)
    monkeypatch.setattr("bot.runner.HEARTBEAT_SECONDS", 0.1)
