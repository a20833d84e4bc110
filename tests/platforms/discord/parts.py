"""What the suite's own Discord is made of: faults, calls, interactions."""

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from tests.platforms.discord.state import Json


@dataclass
class Fault:
    """What goes wrong with the next requests that match."""

    method: str
    path: str
    status: int
    body: Json = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    after_effect: bool = False
    drop: bool = False
    times: int = 1

    def matches(self, request: web.Request) -> bool:
        fits = request.method == self.method and re.search(self.path, request.path)
        return bool(fits) and self.times > 0


@dataclass
class Call:
    """A request that was answered."""

    method: str
    path: str
    body: Json
    status: int


@dataclass
class Interaction:
    """What somebody did, and how the bot answered."""

    id: int
    token: str
    channel: int
    source: Json = field(default_factory=dict)
    callback: Json | None = None
    original: Json | None = None
    followups: list[Json] = field(default_factory=list)
    expired: bool = False

    @property
    def choices(self) -> list[str]:
        """What the bot offers while somebody types."""
        return [each["value"] for each in self.message["choices"]]

    @property
    def message(self) -> Json:
        """What the bot shows in reply."""
        if self.original is not None:
            return self.original
        assert self.callback is not None
        return dict(self.callback.get("data") or {})


def number(request: web.Request, name: str) -> int:
    return int(request.match_info[name])


async def body_of(request: web.Request) -> Json:
    text = await request.text()
    found = json.loads(text) if text else {}
    return found if isinstance(found, dict) else {"items": found}


def as_json(body: object, status: int = 200) -> web.Response:
    """Discord's own content type, to the letter: discord.py compares it whole."""
    headers = {"Content-Type": "application/json"}
    return web.Response(body=json.dumps(body).encode(), status=status, headers=headers)


async def until(holds: Callable[[], object], what: str, seconds: float = 15.0) -> None:
    """Wait for something that the bot will do."""
    try:
        async with asyncio.timeout(seconds):
            while not holds():  # noqa: ASYNC110 - what is waited for knows of no event
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError(f"it never happened: {what}") from None
