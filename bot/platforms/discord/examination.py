"""What ``interview-bot doctor`` finds out about Discord."""

from collections.abc import Sequence
from typing import Final

import aiohttp
import discord

from bot.core.people import Channel
from bot.errors import ConfigError
from bot.platforms.discord.permissions import fault, invitation
from bot.platforms.discord.platform import REFUSED, unreachable
from bot.platforms.discord.render import NO_CONTENT

_MOST_CHANNELS: Final = 100
"""Each takes three requests, and whoever asks is waiting."""


async def examine(token: str, *, reads: bool, channels: Sequence[Channel] = ()) -> str:
    """Try to log in, and say how the bot would run; ``channels`` are those with a challenge.

    Raises:
        ConfigError: it would not, or not as it is set up.
    """
    try:
        async with discord.Client(intents=discord.Intents.none()) as client:
            await client.login(token)
            await client.http.get_bot_gateway()
            await _check_channels(client, channels[:_MOST_CHANNELS])
            return _described(client, reads=reads)
    except discord.LoginFailure:
        raise ConfigError(REFUSED) from None
    except (discord.HTTPException, discord.GatewayNotFound, aiohttp.ClientError, OSError) as error:
        raise ConfigError(unreachable(error)) from None


def _described(client: discord.Client, *, reads: bool) -> str:
    application = client.application
    if application is None or client.user is None:
        raise ConfigError(REFUSED)
    flags = application.flags
    if reads and not (flags.gateway_message_content or flags.gateway_message_content_limited):
        raise ConfigError(
            f"the token is good, but {client.user.name} may not read messages. {NO_CONTENT}"
            " Or set DISCORD_MESSAGE_CONTENT=false to do without."
        )
    how = "answers in threads and by button" if reads else "answers by button only"
    return f"{client.user.name} can log in; {how}; invite it with {invitation(str(application.id))}"


async def _check_channels(client: discord.Client, channels: Sequence[Channel]) -> None:
    faults = [await _fault(client, channel) for channel in channels]
    found = [each for each in faults if each is not None]
    if found:
        raise ConfigError(f"the token is good, but: {' '.join(found)}")


async def _fault(client: discord.Client, channel: Channel) -> str | None:
    try:
        guild = await client.fetch_guild(int(channel.workspace), with_counts=False)
        found = await guild.fetch_channel(int(channel.id))
        me = await guild.fetch_member(client.user.id if client.user else 0)
    except (discord.NotFound, discord.Forbidden):
        return (
            f"I cannot see channel {channel.id} of server {channel.workspace}: invite me there"
            " again, or end its challenge with interview-bot challenge remove."
        )
    return None if isinstance(found, discord.Thread) else fault(found, me)
