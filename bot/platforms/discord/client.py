"""One connection to Discord: what happens is stored or acted upon."""

import asyncio
from collections.abc import Sequence
from typing import Final

import aiohttp
import discord
import structlog
import yarl
from discord import app_commands

from bot.platforms.discord.admin import ChallengeCommands
from bot.platforms.discord.commands import MemberCommands
from bot.platforms.discord.desk import PLATFORM, Desk, Interaction
from bot.platforms.discord.inbound import Inbound
from bot.platforms.discord.permissions import fault
from bot.platforms.discord.posting import Posting
from bot.platforms.discord.presses import Presses
from bot.platforms.discord.sync import sync

_LONGEST_WAIT: Final = 30.0
_TRY_AGAIN_SECONDS: Final = 5.0

_log: Final = structlog.get_logger()


def intents(*, reads: bool) -> discord.Intents:
    """What the bot asks to be told: servers, and messages if it may read them."""
    return discord.Intents(guilds=True, guild_messages=reads, message_content=reads)


class Connection(discord.AutoShardedClient):
    """A client that lives as long as one connection; a new one is made for the next.

    ``gateway`` is used instead of the one that Discord names.
    """

    def __init__(
        self,
        desk: Desk,
        *,
        gateway: yarl.URL | None = None,
        shard_count: int | None = None,
        ready_after: float = 2.0,
    ) -> None:
        super().__init__(
            intents=intents(reads=desk.reads),
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=_LONGEST_WAIT,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            shard_count=shard_count,
            guild_ready_timeout=ready_after,
        )
        self._desk = desk
        self._gateway = gateway
        self._current: set[int] = set()
        self._paused: set[int] = set()
        self._presses = Presses(desk)
        self.inbound: Final = Inbound(desk, self)
        self.posting: Final = Posting(desk, self, self.inbound)
        self.tree: Final = app_commands.CommandTree[discord.AutoShardedClient](
            self,
            allowed_contexts=app_commands.AppCommandContext(guild=True),
            allowed_installs=app_commands.AppInstallationType(guild=True),
        )
        self.tree.add_command(ChallengeCommands(desk))
        MemberCommands(desk).add_to(self.tree)

    async def setup_hook(self) -> None:
        """After the login: make the commands known."""
        try:
            if await sync(self.tree):
                _log.info("commands synced")
        except (discord.HTTPException, app_commands.CommandSyncFailure) as error:
            _log.warning("commands not synced", reason=str(error))

    async def launch_shard(
        self, gateway: yarl.URL, shard_id: int, *, initial: bool = False
    ) -> None:
        """Connect a shard."""
        await super().launch_shard(self._gateway or gateway, shard_id, initial=initial)

    async def on_shard_ready(self, shard_id: int) -> None:
        """A new session: what happened before it is not told again, so it is fetched."""
        self._lose(shard_id)
        guilds = [guild.id for guild in self.guilds if guild.shard_id == shard_id]
        await self._catch_up(guilds)
        self._regain(shard_id)
        await self._say_what_is_missing(shard_id)

    async def on_shard_disconnect(self, shard_id: int) -> None:
        """From now on something may be missed."""
        if shard_id in self._current:
            self._paused.add(shard_id)
        self._lose(shard_id)

    async def on_shard_resumed(self, shard_id: int) -> None:
        """The same session goes on: what was missed is told again."""
        if shard_id in self._paused:
            self._regain(shard_id)

    async def on_message(self, message: discord.Message) -> None:
        """Somebody wrote something."""
        await self.inbound.message(message)

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Somebody changed what they wrote."""
        await self.inbound.message(payload.message)

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """A message is gone."""
        await self.inbound.deleted(payload.guild_id, payload.channel_id, [payload.message_id])

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Several messages are gone."""
        await self.inbound.deleted(payload.guild_id, payload.channel_id, payload.message_ids)

    async def on_interaction(self, interaction: Interaction) -> None:
        """Somebody pressed a button or handed in a form; commands go to the tree."""
        await self._presses.take(interaction)

    async def _catch_up(self, guilds: Sequence[int]) -> None:
        while not self.is_closed():
            try:
                await self.inbound.catch_up(guilds)
            except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
                _log.warning("threads not read yet", reason=str(error))
                await asyncio.sleep(_TRY_AGAIN_SECONDS)
            else:
                return

    async def _say_what_is_missing(self, shard_id: int) -> None:
        """Log the channels where a challenge cannot be held."""
        for challenge in await self._desk.ports.store.challenges.all():
            here = challenge.channel.platform == PLATFORM and challenge.channel.id.isdecimal()
            channel = self.get_channel(int(challenge.channel.id)) if here else None
            if isinstance(channel, discord.TextChannel) and channel.guild.shard_id == shard_id:
                reason = fault(channel, channel.guild.me)
                if reason is not None:
                    _log.warning("permissions missing", reason=reason)

    def _lose(self, shard_id: int) -> None:
        self._current.discard(shard_id)
        self._desk.caught_up.clear()

    def _regain(self, shard_id: int) -> None:
        self._paused.discard(shard_id)
        self._current.add(shard_id)
        if len(self._current) == self.shard_count and not self.is_closed():
            self._desk.caught_up.set()
            self._desk.woken.set()
