"""What members write in the rounds' threads: stored as it arrives, and fetched after an absence."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from datetime import timedelta
from typing import Final

import aiohttp
import discord
import structlog

from bot.core import answers
from bot.core.ports import Ports
from bot.core.records import EventKind, State, Thread, Via
from bot.platforms.discord import ids
from bot.platforms.discord.desk import PLATFORM, Desk
from bot.platforms.discord.translate import (
    FORM,
    deletion,
    from_message,
    is_answer,
    to_channel,
)

_CLOSED_WITHIN: Final = timedelta(days=2)
_AT_ONCE: Final = 5

_log: Final = structlog.get_logger()


class Inbound:
    """The incoming half of a connection, as far as messages go."""

    def __init__(self, desk: Desk, client: discord.Client) -> None:
        self._desk = desk
        self._client = client

    async def message(self, message: discord.Message) -> None:
        """Store a message, or what it says now that it was edited."""
        if message.guild is None or not self._desk.reads or not is_answer(message):
            return
        if not self._may_be_thread(message.guild.id, message.channel.id):
            return
        async with self._desk.turns.of(message.channel.id):
            thread = await self._thread(message.guild.id, message.channel.id)
            if thread is not None:
                await self._receive(message, thread)
        self._desk.woken.set()

    async def deleted(
        self, guild_id: int | None, channel_id: int, message_ids: Iterable[int]
    ) -> None:
        """Withdraw what deleted messages said."""
        if guild_id is None or not self._may_be_thread(guild_id, channel_id):
            return
        async with self._desk.turns.of(channel_id):
            thread = await self._thread(guild_id, channel_id)
            if thread is not None:
                for message_id in message_ids:
                    await self._withdraw(thread, str(message_id))
        self._desk.woken.set()

    async def catch_up(self, guilds: Iterable[int]) -> None:
        """Fetch what was written meanwhile in the threads of some servers."""
        wanted = {str(guild_id) for guild_id in guilds}
        since = self._desk.ports.clock.now() - _CLOSED_WITHIN
        found = await self._desk.ports.store.rounds.open_threads(PLATFORM, since)
        turns = asyncio.Semaphore(_AT_ONCE)

        async def one(thread: Thread) -> None:
            async with turns:
                await self._try_to_catch_up(thread)

        mine = [thread for thread in found if thread.round.channel.workspace in wanted]
        await asyncio.gather(*map(one, mine))

    async def _try_to_catch_up(self, thread: Thread) -> None:
        try:
            await self.catch_up_thread(thread)
        except (discord.DiscordException, aiohttp.ClientError, OSError):
            raise
        except Exception:  # noqa: BLE001 - what the SDK cannot read must not stop the others
            _log.exception("thread not read", thread=thread.reference)

    async def catch_up_thread(self, thread: Thread) -> None:
        """Store every message of a thread, and withdraw those that are gone."""
        if not self._desk.reads:
            return
        async with self._desk.turns.of(int(thread.reference)):
            try:
                present = [message async for message in self._history(thread)]
            except (discord.NotFound, discord.Forbidden) as error:
                channel = "/".join(thread.round.channel.key)
                _log.warning("thread not read", channel=channel, reason=error.text)
                return
            for message in filter(is_answer, present):
                await self._receive(message, thread)
            await self._withdraw_missing(thread, {str(message.id) for message in present})
        self._desk.woken.set()

    def _history(self, thread: Thread) -> AsyncIterator[discord.Message]:
        channel = self._client.get_partial_messageable(
            int(thread.reference), guild_id=int(thread.round.channel.workspace)
        )
        return channel.history(limit=None, oldest_first=True)

    async def _receive(self, message: discord.Message, thread: Thread) -> None:
        incoming = from_message(message, thread)
        self._desk.places.keep(incoming.message_id, int(thread.reference))
        store = self._desk.ports.store.answers
        if incoming.kind is EventKind.ANSWER and await store.received(
            incoming.channel, incoming.message_id
        ):
            return
        await answers.receive(self._desk.ports, incoming)

    async def _withdraw(self, thread: Thread, message_id: str) -> None:
        ports = self._desk.ports
        first = await ports.store.answers.received(thread.round.channel, message_id)
        if first is not None:
            await answers.receive(ports, deletion(first, ports.clock.now()))

    async def _withdraw_missing(self, thread: Thread, present: set[str]) -> None:
        """Only while the round is open: afterwards nobody knows when a message went."""
        if thread.round.state is not State.OPEN:
            return
        for known in await self._desk.ports.store.answers.in_thread(thread.round.id):
            here = known.question_id == thread.question_id and known.version != FORM
            if here and known.via is Via.THREAD and known.message_id not in present:
                await self._withdraw(thread, known.message_id)

    def _may_be_thread(self, guild_id: int, channel_id: int) -> bool:
        """False for what is known to be an ordinary channel."""
        guild = self._client.get_guild(guild_id)
        known = guild.get_channel_or_thread(channel_id) if guild else None
        return known is None or isinstance(known, discord.Thread)

    async def _thread(self, guild_id: int, channel_id: int) -> Thread | None:
        """The question that a thread belongs to, if it is one of ours."""
        channel = await find_thread(self._client, guild_id, channel_id)
        if channel is None:
            return None
        where = to_channel(str(guild_id), channel.parent_id)
        found = await self._desk.ports.store.rounds.thread(where, str(channel_id))
        if found is None and channel.owner_id == getattr(self._client.user, "id", None):
            return await self._by_buttons(channel)
        return found

    async def _by_buttons(self, channel: discord.Thread) -> Thread | None:
        """What the post's own buttons say: its id may not be stored yet."""
        parent = self._client.get_partial_messageable(channel.parent_id)
        try:
            post = await parent.fetch_message(channel.id)
        except discord.NotFound:
            return None
        for press in map(ids.parse, button_ids(post)):
            if press.action == ids.RESULT and press.argument(1) == "round":
                round_ = await self._desk.ports.store.rounds.get(int(press.argument(0)))
                if round_ is not None and round_.channel.id == str(channel.parent_id):
                    question_id = press.argument(3)
                    reference = str(channel.id)
                    return Thread(round=round_, question_id=question_id, reference=reference)
        return None


async def find_thread(
    client: discord.Client, guild_id: int, channel_id: int
) -> discord.Thread | None:
    """A thread by its id, from memory or asked for."""
    guild = client.get_guild(guild_id)
    found = guild.get_channel_or_thread(channel_id) if guild else None
    if found is None:
        with suppress(discord.NotFound, discord.Forbidden, discord.InvalidData):
            fetched = await client.fetch_channel(channel_id)
            return fetched if isinstance(fetched, discord.Thread) else None
    return found if isinstance(found, discord.Thread) else None


async def threads_of(ports: Ports, round_id: int) -> list[Thread]:
    """The threads of a round: of its question, and of those that were replaced."""
    round_ = await ports.store.rounds.get(round_id)
    since = round_.closes_at if round_ else None
    found = await ports.store.rounds.open_threads(PLATFORM, since)
    return [thread for thread in found if thread.round.id == round_id]


def button_ids(message: discord.Message) -> list[str]:
    """The ids of a message's buttons."""
    return [
        item.custom_id
        for row in message.components
        if isinstance(row, discord.ActionRow)
        for item in row.children
        if isinstance(item, discord.Button) and item.custom_id
    ]
