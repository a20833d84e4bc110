"""Keeps platforms running: connected, caught up, and with an empty outbox."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Final, Protocol

import structlog

from bot.core.outbox import Poster, deliver
from bot.core.ports import Ports
from bot.core.refining import take_one
from bot.core.scheduler import beat
from bot.errors import ConfigError, UnreachableError

HEARTBEAT_SECONDS: Final = 5.0
PATIENCE_SECONDS: Final = 300.0
"""How long a platform that cannot be reached may hold up what is due."""

_LOOK_SECONDS: Final = 1.0
_FIRST_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 300.0
_STABLE_SECONDS: Final = 600.0

_log: Final = structlog.get_logger()


class Platform(Poster, Protocol):
    """A platform that the program can run."""

    @property
    def name(self) -> str:
        """The platform's word in channels and members."""
        ...

    @property
    def woken(self) -> asyncio.Event:
        """Set whenever something was stored that should not wait for the next heartbeat."""
        ...

    @property
    def caught_up(self) -> asyncio.Event:
        """Set while nothing that members did can be missing from the inbox."""
        ...

    async def run(self) -> None:
        """Connect, and translate what happens until cancelled.

        Raises:
            ConfigError: it cannot ever work with these settings.
        """
        ...


async def serve(ports: Ports, platforms: Sequence[Platform], lookers: int = 1) -> None:
    """Run platforms until cancelled; ``lookers`` answers at a time are with the model.

    Raises:
        ConfigError: a platform cannot work with its settings.
    """
    try:
        async with asyncio.TaskGroup() as tasks:
            for platform in platforms:
                tasks.create_task(supervise(platform.name, platform.run))
                tasks.create_task(work(ports, platform))
            if ports.refiner is not None:
                for _ in range(lookers):
                    tasks.create_task(refine(ports, platforms))
    except* ConfigError as group:
        raise group.exceptions[0] from None


async def supervise(
    name: str,
    run: Callable[[], Awaitable[None]],
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Start again whatever ends, with growing pauses that a stable run resets."""
    pause = _FIRST_PAUSE
    while True:
        begun = time.monotonic()
        try:
            await run()
            _log.warning("platform ended", platform=name)
        except ConfigError:
            raise
        except UnreachableError as error:
            _log.warning("platform unreachable", platform=name, reason=str(error), again_in=pause)
        except Exception:  # noqa: BLE001 - an SDK may end with anything; it is logged and restarted
            _log.exception("platform failed", platform=name, again_in=pause)
        if time.monotonic() - begun >= _STABLE_SECONDS:
            pause = _FIRST_PAUSE
        await sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


async def work(ports: Ports, platform: Platform) -> None:
    """Grade, schedule and post for a platform: at every heartbeat, and whenever it is woken."""
    while True:
        # A round that is over must not close before the answers that are still to be fetched.
        await _wait(platform.caught_up, PATIENCE_SECONDS)
        platform.woken.clear()
        try:
            await beat(ports, platform.name)
            for delivery, error in await deliver(ports, platform.name, platform):
                _log.warning("not posted", marker=delivery.outgoing.marker, reason=str(error))
        except Exception:  # noqa: BLE001 - one bad beat must not be the last one
            _log.exception("heartbeat failed", platform=platform.name)
        await _wait(platform.woken, HEARTBEAT_SECONDS)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    # Not asyncio.wait_for: before Python 3.12 it loses a cancellation that comes with the event.
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


async def refine(ports: Ports, platforms: Sequence[Platform]) -> None:
    """Take second looks as they come up, apart from all else, however long the model takes."""
    while True:
        try:
            while await take_one(ports):
                for platform in platforms:
                    platform.woken.set()
        except Exception:  # noqa: BLE001 - one answer must not keep the others from a second look
            _log.exception("second look failed")
        await asyncio.sleep(_LOOK_SECONDS)
