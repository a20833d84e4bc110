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

from bot import runner
from bot.core.ports import Ports
from bot.errors import ConfigError
from bot.platforms.discord import platform as platform_module
from bot.platforms.discord.client import Connection
from bot.platforms.discord.desk import Desk
from bot.platforms.discord.platform import Discord
from bot.runner import serve
from tests.conftest import World
from tests.platforms.discord.parts import Interaction, until
from tests.platforms.discord.people import People
from tests.platforms.discord.server import TOKEN, Server, running
from tests.platforms.discord.state import MOD, Json


def texts(message: Json) -> str:
    """Everything that a message shows."""
    parts = [message.get("content") or ""]
    for embed in message.get("embeds") or []:
        parts += [embed.get("title", ""), embed.get("description", "")]
        parts += [f"{each['name']}: {each['value']}" for each in embed.get("fields", ())]
    return "\n".join(parts)


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
        self.admin_roles: frozenset[str] = frozenset()
        self.desk = Desk(self.ports)
        self.task: asyncio.Task[None]

    @asynccontextmanager
    async def bot(self, *, token: str = TOKEN) -> AsyncIterator[None]:
        """The program's own loop, until the block ends."""
        self.desk = Desk(self.ports, admin_roles=self.admin_roles)
        task = self.task = asyncio.create_task(
            serve(self.ports, [Discord(self.desk, token, self.gateway)])
        )
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
            with suppress(asyncio.CancelledError, ConfigError):
                await task

    @property
    def gateway(self) -> str:
        return self.server.gateway_url

    async def answered(self, interaction: Interaction) -> Interaction:
        await until(lambda: interaction.callback, "an answer to the interaction")
        return interaction

    async def start_round(self, **settings: str) -> None:
        """Set the channel up and post today's question."""
        await self.post_now(**settings)
        await until(lambda: self.server.posts(r"/channels/101/messages/\d+/threads"), "the thread")
        await self.stored()

    async def post_now(self, **settings: str) -> None:
        """Set the channel up and ask for today's question."""
        made = await self.people.command(
            MOD, "challenge setup", **{"weekdays": "daily", **settings}
        )
        await until(lambda: made.original, "the settings")
        await self.answered(await self.people.command(MOD, "challenge post-now"))

    async def close(self) -> str:
        """End the round; everything that the closing says."""
        thread = self.people.thread
        await self.people.command(MOD, "challenge close-now")
        locked = self.server.state.channels[thread]["thread_metadata"]
        await until(lambda: locked["locked"], "the end of the round")
        own = [each for each in self.server.state.messages[thread] if each["author"]["bot"]]
        return "\n".join(map(texts, own))

    async def receipt(self, who: int, number: int = 1) -> str:
        """The latest of so many direct messages to a member."""
        inbox = self.server.state.messages[int(self.server.state.direct(who)["id"])]
        await until(lambda: len(inbox) >= number, "a direct message")
        return texts(inbox[-1])

    async def stored(self, questions: int = 1) -> None:
        """Wait until so many posts of questions are noted as posted."""
        async with asyncio.timeout(10):
            found = 0
            while found < questions:
                found = len(await self.ports.store.rounds.open_threads("discord"))
                await asyncio.sleep(0.01)


@pytest.fixture
async def stage(world: World, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    async with running() as server:
        monkeypatch.setattr(Route, "BASE", f"{server.url}/api")
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(server.gateway_url))
        monkeypatch.setattr(platform_module, "Connection", Quick)
        monkeypatch.setattr(runner, "HEARTBEAT_SECONDS", 0.1)
        monkeypatch.setattr(runner, "_FIRST_PAUSE", 0.1)
        yield Stage(world, server)


class Quick(Connection):
    """Waits neither for more servers nor for its turn to identify."""

    def __init__(self, desk: Desk, *, gateway: yarl.URL | None = None) -> None:
        super().__init__(desk, gateway=gateway, ready_after=0.02)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        pass
