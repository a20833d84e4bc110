"""HTTP mode: Slack's signed requests at one address, for any number of apps."""

import asyncio
import hashlib
import hmac
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request

from bot.errors import ConfigError
from bot.platforms.slack.memory import Memory
from bot.platforms.slack.switchboard import Switchboard

PATH: Final = "/slack/events"
WINDOW_SECONDS: Final = 5 * 60
"""How old a signature may be."""

MAX_BODY: Final = 1024 * 1024
_LAST_SECONDS: Final = 3.0


@dataclass(frozen=True, slots=True)
class Door:
    """The workspaces of an app, and the secret that requests to it are signed with."""

    secret: str = field(repr=False)
    board: Switchboard


def is_signed(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """Whether Slack signed these very bytes with ``secret`` not long ago."""
    stamp = headers.get("X-Slack-Request-Timestamp", "")
    signature = headers.get("X-Slack-Signature", "")
    if not (stamp.isascii() and stamp.isdecimal() and signature.isascii()):
        return False
    if abs(now - int(stamp)) > WINDOW_SECONDS:
        return False
    signed = b"v0:" + stamp.encode() + b":" + body
    expected = "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, signature)


async def listen(doors: Sequence[Door], port: int) -> None:
    """Serve Slack's requests until cancelled.

    Raises:
        ConfigError: the port cannot be used.
    """
    runner = web.AppRunner(
        _application(doors, Memory()), access_log=None, shutdown_timeout=_LAST_SECONDS
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, port=port).start()
        await asyncio.Event().wait()
    except OSError as error:
        raise ConfigError(
            f"Port {port} cannot be used ({error.strerror}); set SLACK_PORT to a free one."
        ) from None
    finally:
        await runner.cleanup()


def _application(doors: Sequence[Door], memory: Memory) -> web.Application:
    async def receive(request: web.Request) -> web.Response:
        body = await request.read()
        door = next(
            (each for each in doors if is_signed(each.secret, request.headers, body, time.time())),
            None,
        )
        if door is None:
            return web.Response(status=401, text="The signature is missing, wrong or too old.")
        signature = request.headers["X-Slack-Signature"]
        if not memory.serve(signature):
            return web.Response()
        answer = await to_aiohttp_response(
            await door.board.async_dispatch(await to_bolt_request(request))
        )
        if answer.status != 200:  # noqa: PLR2004 - HTTP's number for success
            memory.forget(signature)
        return answer

    application = web.Application(client_max_size=MAX_BODY)
    application.router.add_post(PATH, receive)
    return application
