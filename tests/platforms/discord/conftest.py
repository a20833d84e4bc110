"""A running bot against the suite's own Discord, over real sockets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.core.ports import Ports
from bot.platforms.discord import platform as platform_module
from bot.platforms.discord.client import Connection
from bot.platforms.discord.desk import Desk
from bot.platforms.discord.platform import Discord
from bot.runner import serve
from tests.conftest import World
from tests.platforms.discord.people import People
from tests.platforms.discord.server import TOKEN, Interaction, Server, running, until
from tests.platforms.discord.state import MOD


class MovedClock:
    """Real time, moved by as much as a test says."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(datetime.now(UTC).timestamp() + self.ahead, UTC)


class Stage:
    """A bot on the wire, its Discord and its people."""

    def __init__(self, world: World, server: Server) -> None:
        self.world = world
        self.server = server
        self.people = People(server)
        self.clock = MovedClock()
        self.ports: Ports = replace(world.ports, clock=self.clock)
        self.desk = Desk(self.ports)

    @asynccontextmanager
    async def bot(self, *, token: str = TOKEN) -> AsyncIterator[None]:
        """The program's own loop, until the block ends."""
        self.desk = Desk(self.ports)
        task = asyncio.create_task(serve(self.ports, [Discord(self.desk, token, self.gateway)]))
        try:
            waiting = asyncio.create_task(self.desk.caught_up.wait())
            await asyncio.wait({task, waiting}, timeout=15, return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            if task.done():
                task.result()
            assert self.desk.caught_up.is_set()
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    @property
    def gateway(self) -> str:
        return self.server.gateway_url

    async def answered(self, interaction: Interaction) -> Interaction:
        await until(lambda: interaction.callback, "an answer to the interaction")
        return interaction

    async def start_round(self, **settings: str) -> None:
        """Set the channel up and post today's question."""
        made = await self.people.command(
            MOD, "challenge setup", **{"weekdays": "daily", "length": "8h", **settings}
        )
        await until(lambda: made.original, "the settings")
        await self.people.command(MOD, "challenge post-now")
        await until(lambda: self.server.posts(r"/channels/101/messages/\d+/threads"), "the thread")
        await self.stored()

    async def stored(self) -> None:
        """Wait until everything that was posted is noted as posted."""
        async with asyncio.timeout(10):
            while not await self.ports.store.rounds.open_threads("discord"):
                await asyncio.sleep(0.01)


@pytest.fixture
async def stage(world: World, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    async with running() as server:
        monkeypatch.setattr(Route, "BASE", f"{server.url}/api")
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(server.gateway_url))
        monkeypatch.setattr(platform_module, "Connection", _quick)
        yield Stage(world, server)


def _quick(desk: Desk, *, gateway: yarl.URL | None = None) -> Connection:
    """A connection that waits for no more servers once it knows one."""
    return Connection(desk, gateway=gateway, ready_after=0.05)
