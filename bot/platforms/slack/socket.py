"""Socket Mode: a connection that Slack's events come in by, kept up."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any, Final

import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import ConfigError, UnreachableError
from bot.platforms.slack.switchboard import Switchboard
from bot.platforms.slack.workspace import PLATFORM, REFUSED_TOKENS, reason, redacted

PING_SECONDS: Final = 10.0
"""How often the connection is tried; a silent one is replaced after a few of these."""

_GIVE_UP_PINGS: Final = 6

_log: Final = structlog.get_logger()


class SdkLog(logging.Handler):
    """Passes what Slack's SDK has to say on to our log, without secrets."""

    def emit(self, record: logging.LogRecord) -> None:
        """Its errors are mostly reconnects, so they are our notes."""
        _log.info("sdk", platform=PLATFORM, said=redacted(record.getMessage()))


def sdk_logger() -> logging.Logger:
    """The logger that bolt and the SDK write to."""
    logger = logging.getLogger("bot.platforms.slack.sdk")
    logger.propagate = False
    logger.setLevel(logging.INFO)
    if not any(isinstance(handler, SdkLog) for handler in logger.handlers):
        logger.addHandler(SdkLog())
    return logger


async def stay_connected(
    board: Switchboard,
    client: AsyncWebClient,
    app_token: str,
    connected: Callable[[], None],
    ping_seconds: float = PING_SECONDS,
) -> None:
    """Receive until cancelled; ``connected`` is called after every (re)connect.

    Raises:
        ConfigError: Slack refuses the token.
        UnreachableError: the connection is gone and does not come back by itself.
    """
    handler = AsyncSocketModeHandler(
        board,  # type: ignore[arg-type]  # all that it does is to dispatch
        app_token,
        logger=sdk_logger(),
        web_client=client,
        ping_interval=ping_seconds,
    )

    async def hello(
        _client: AsyncBaseSocketModeClient, message: dict[str, Any], _raw: str | None = None
    ) -> None:
        if message.get("type") == "hello":
            _log.info("connected", platform=PLATFORM)
            connected()

    handler.client.message_listeners.append(hello)
    try:
        handler.client.wss_uri = await open_connection(client, app_token)
        await handler.client.connect()  # type: ignore[no-untyped-call]
        await _watch(handler, _GIVE_UP_PINGS * ping_seconds)
    finally:
        await handler.client.close()  # type: ignore[no-untyped-call]


async def open_connection(client: AsyncWebClient, app_token: str) -> str:
    """The address of a new connection.

    Raises:
        ConfigError: Slack refuses the token.
    """
    try:
        return str((await client.apps_connections_open(app_token=app_token))["url"])
    except SlackApiError as error:
        code = reason(error)
        if code in REFUSED_TOKENS | {"missing_scope"}:
            raise ConfigError(
                f"Slack refuses the app-level token ({code}); make one with the scope"
                " connections:write and copy it into SLACK_APP_TOKEN."
            ) from None
        raise


async def _watch(handler: AsyncSocketModeHandler, patience: float) -> None:
    """Return only if the SDK does not get its connection back; a new start then does."""
    alive = time.monotonic()
    while time.monotonic() - alive < patience:
        await asyncio.sleep(min(1.0, patience / 10))
        if await handler.client.is_connected():
            alive = time.monotonic()
    message = "Slack's Socket Mode connection is lost."
    raise UnreachableError(message)
