"""Posts what waits in the outbox, each message exactly once as far as the platform allows."""

import asyncio
from collections.abc import Sequence
from typing import Final, Protocol

from bot.core.ports import Ports
from bot.core.records import Delivery
from bot.errors import PostponedError, RefusedError

LEASE_SECONDS: Final = 60.0
"""How long a message stays claimed: longer than any request may take, so that an attempt
whose outcome is unclear has ended, one way or the other, before the next one begins."""

_BATCH: Final = 20
_PARENT_SECONDS: Final = 5.0


class Poster(Protocol):
    """Posts messages of one platform.

    Any other exception than the two above means that the outcome is unclear.
    """

    async def post(self, delivery: Delivery) -> str:
        """Post a message and return the platform's reference of it.

        Raises:
            PostponedError: it was refused for now.
            RefusedError: it will always be refused.
        """
        ...

    async def find(self, delivery: Delivery) -> str | None:
        """The reference of the message if an earlier attempt did post it.

        Any exception leaves the outcome unclear, so that it is looked up again later.
        """
        ...


async def deliver(ports: Ports, platform: str, poster: Poster) -> list[tuple[Delivery, Exception]]:
    """Post everything that waits; return what could not be posted, with the reason.

    Messages for one channel or member keep their order; nobody waits for another channel's.
    """
    failures: list[tuple[Delivery, Exception]] = []
    while True:
        batch = await ports.store.messages.claim(platform, LEASE_SECONDS, _BATCH)
        lanes: dict[object, list[Delivery]] = {}
        for delivery in batch:
            member = delivery.outgoing.member
            reader = member.key if member else delivery.outgoing.channel.key
            lanes.setdefault(reader, []).append(delivery)
        for failed in await asyncio.gather(
            *(_in_order(ports, poster, lane) for lane in lanes.values())
        ):
            failures += failed
        if len(batch) < _BATCH:
            return failures


async def _in_order(
    ports: Ports, poster: Poster, lane: Sequence[Delivery]
) -> list[tuple[Delivery, Exception]]:
    """Post what one channel or member gets, one after the other."""
    failures: list[tuple[Delivery, Exception]] = []
    for delivery in lane:
        try:
            await _deliver(ports, poster, delivery)
        except Exception as error:  # noqa: BLE001 - whatever an SDK raises, the lease decides
            failures.append((delivery, error))
    return failures


async def _deliver(ports: Ports, poster: Poster, delivery: Delivery) -> None:
    messages = ports.store.messages
    if delivery.outgoing.in_thread_of is not None and delivery.thread is None:
        await messages.postpone(delivery.id, _PARENT_SECONDS)
        return
    # Outside of the block below: a look-up that fails says nothing about the earlier attempt.
    reference = await poster.find(delivery) if delivery.attempts > 1 else None
    try:
        if reference is None:
            reference = await poster.post(delivery)
    except PostponedError as refusal:
        await messages.postpone(delivery.id, refusal.seconds)
        raise
    except RefusedError as refusal:
        await messages.give_up(delivery.id, str(refusal))
        raise
    await messages.sent(delivery.id, reference)
