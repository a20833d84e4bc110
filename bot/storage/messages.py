"""The outbox: every message, frozen, claimed before it is sent."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.intents import Outgoing
from bot.core.records import Delivery
from bot.storage.columns import Epoch
from bot.storage.database import Database, writing
from bot.storage.rows import enqueue, now
from bot.storage.tables import outbox


class Messages:
    """Implements ``MessageStore``."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @writing
    async def queue(self, connection: AsyncConnection, outgoing: Outgoing) -> None:
        """Add a message, unless its marker is there already."""
        await enqueue(connection, outgoing)

    @writing
    async def claim(
        self, connection: AsyncConnection, platform: str, lease_seconds: float, limit: int
    ) -> list[Delivery]:
        """Take messages that nobody else is sending, oldest first."""
        free = sa.or_(outbox.c.leased_until.is_(None), outbox.c.leased_until < Epoch())
        chosen = (
            sa.select(outbox.c.id)
            .where(outbox.c.platform == platform, *_waiting(), free)
            .order_by(outbox.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        claimed = await connection.execute(
            sa.update(outbox)
            .where(outbox.c.id.in_(chosen))
            .values(leased_until=Epoch() + lease_seconds, attempts=outbox.c.attempts + 1)
            .returning(outbox.c.id, outbox.c.body, outbox.c.attempts, outbox.c.created_at)
        )
        deliveries = []
        for row in sorted(claimed.all(), key=lambda row: row.id):
            outgoing = Outgoing.model_validate(row.body)
            thread = await _reference(connection, outgoing.in_thread_of)
            deliveries.append(
                Delivery(
                    id=row.id,
                    outgoing=outgoing,
                    thread=thread,
                    attempts=row.attempts,
                    queued_at=row.created_at,
                )
            )
        return deliveries

    @writing
    async def sent(self, connection: AsyncConnection, delivery_id: int, reference: str) -> None:
        """Note that a message was posted, and the platform's reference of it."""
        await connection.execute(
            sa.update(outbox)
            .where(outbox.c.id == delivery_id)
            .values(sent_at=now(), leased_until=None, reference=reference)
        )

    @writing
    async def postpone(self, connection: AsyncConnection, delivery_id: int, seconds: float) -> None:
        """Try again later a message that was certainly not posted."""
        await connection.execute(
            sa.update(outbox)
            .where(outbox.c.id == delivery_id)
            .values(leased_until=Epoch() + seconds, attempts=0)
        )

    @writing
    async def give_up(self, connection: AsyncConnection, delivery_id: int, reason: str) -> None:
        """Note that a message can never be posted, and why."""
        await connection.execute(
            sa.update(outbox)
            .where(outbox.c.id == delivery_id)
            .values(leased_until=None, failure=reason)
        )


def _waiting() -> tuple[sa.ColumnElement[bool], ...]:
    return outbox.c.sent_at.is_(None), outbox.c.failure.is_(None)


async def _reference(connection: AsyncConnection, marker: str | None) -> str | None:
    if marker is None:
        return None
    found: str | None = await connection.scalar(
        sa.select(outbox.c.reference).where(outbox.c.marker == marker)
    )
    return found
