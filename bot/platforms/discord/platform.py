"""The Discord platform: kept connected by whoever runs it, and asked to post."""

import asyncio
from typing import Final

import aiohttp
import discord
import structlog
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.core.outbox import LEASE_SECONDS
from bot.core.records import Delivery
from bot.errors import ConfigError, PostponedError, UnreachableError
from bot.platforms.discord.client import Connection
from bot.platforms.discord.desk import PLATFORM, Desk
from bot.platforms.discord.render import NO_CONTENT

_NOT_YET_SECONDS: Final = 2.0
_LONGEST_SECONDS: Final = 0.8 * LEASE_SECONDS
"""No attempt outlives its lease, so that none begins while another may still succeed."""

REFUSED: Final = (
    "Discord refuses DISCORD_TOKEN. Copy the bot's token anew from the Bot page of its application"
    " at https://discord.com/developers/applications; making a new one ends the old one."
)

_log: Final = structlog.get_logger()


def point_at(api_url: str | None, gateway_url: str | None) -> None:
    """Use other addresses than Discord's own: a proxy or a test server."""
    if api_url:
        Route.BASE = api_url.rstrip("/")
    if gateway_url:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)


def unreachable(error: Exception) -> str:
    """The sentence for a Discord that does not answer."""
    reason = str(error) or type(error).__name__
    return (
        f"Discord does not answer at {Route.BASE} ({reason}). Check the network, and"
        " DISCORD_API_URL and DISCORD_GATEWAY_URL if they are set."
    )


class Discord:
    """Implements ``Platform``."""

    name: Final = PLATFORM

    def __init__(self, desk: Desk, token: str, gateway_url: str | None = None) -> None:
        self._desk = desk
        self._token = token
        self._gateway = yarl.URL(gateway_url) if gateway_url else None
        self._connection: Connection | None = None

    @property
    def woken(self) -> asyncio.Event:
        """Set whenever something was stored that should not wait for the next heartbeat."""
        return self._desk.woken

    @property
    def caught_up(self) -> asyncio.Event:
        """Set while nothing that members did can be missing from the inbox."""
        return self._desk.caught_up

    async def run(self) -> None:
        """Connect, and translate what happens until cancelled.

        Raises:
            ConfigError: Discord refuses the token.
            UnreachableError: Discord does not answer.
        """
        try:
            await self._connect()
        except discord.PrivilegedIntentsRequired:
            self._desk.reads = False
            _log.warning("message content withheld", reason=NO_CONTENT)
            await self._connect()

    async def _connect(self) -> None:
        try:
            async with Connection(self._desk, gateway=self._gateway) as connection:
                self._connection = connection
                await connection.start(self._token)
        except discord.LoginFailure:
            raise ConfigError(REFUSED) from None
        except discord.ConnectionClosed as error:
            if error.code == 4004:  # noqa: PLR2004 - the gateway's number for a refused token
                raise ConfigError(REFUSED) from None
            raise
        except (discord.HTTPException, discord.GatewayNotFound, aiohttp.ClientError, OSError) as e:
            raise UnreachableError(unreachable(e)) from None
        finally:
            self._connection = None
            self._desk.caught_up.clear()

    async def post(self, delivery: Delivery) -> str:
        """Post a message and return its id.

        Raises:
            PostponedError: it was refused for now, or there is no connection yet.
            RefusedError: it will always be refused.
        """
        async with asyncio.timeout(_LONGEST_SECONDS):
            return await self._online().posting.post(delivery)

    async def find(self, delivery: Delivery) -> str | None:
        """The id of the message if an earlier attempt did post it.

        Raises:
            PostponedError: there is no connection yet.
        """
        async with asyncio.timeout(_LONGEST_SECONDS):
            return await self._online().posting.find(delivery)

    def _online(self) -> Connection:
        if self._connection is None or self._connection.application_id is None:
            raise PostponedError(_NOT_YET_SECONDS)
        return self._connection
