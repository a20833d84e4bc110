"""Challenges in the database."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.challenges import Challenge, ChallengeSettings
from bot.core.people import Channel
from bot.core.records import State
from bot.storage.database import Database, reading, writing
from bot.storage.rows import id_of, insert_once, named, note, now, to_channel
from bot.storage.tables import challenges, channels, rounds


class Challenges:
    """Implements ``ChallengeStore``."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @writing
    async def create(
        self,
        connection: AsyncConnection,
        channel: Channel,
        settings: ChallengeSettings,
        planned_through: date,
        actor: str,
    ) -> Challenge | None:
        """Store a new challenge; ``None`` if the channel has one."""
        channel_id = await id_of(connection, channel)
        document = settings.model_dump(mode="json")
        challenge_id = await insert_once(
            connection,
            challenges,
            channel_id=channel_id,
            settings=document,
            planned_through=planned_through,
            created_at=now(),
        )
        if challenge_id is None:
            return None
        await note(connection, actor, "create", channel_id, document)
        return Challenge(
            id=challenge_id, channel=channel, settings=settings, planned_through=planned_through
        )

    @writing
    async def change(
        self,
        connection: AsyncConnection,
        challenge_id: int,
        settings: ChallengeSettings,
        planned_through: date,
        actor: str,
    ) -> None:
        """Replace the settings and drop the rounds planned with the old ones."""
        document = settings.model_dump(mode="json")
        await _end_planned(connection, challenge_id)
        channel_id = await _update(
            connection, challenge_id, settings=document, planned_through=planned_through
        )
        await note(connection, actor, "change", channel_id, document)

    @writing
    async def remove(self, connection: AsyncConnection, challenge_id: int, actor: str) -> None:
        """End a challenge; its rounds and standings stay."""
        await _end_planned(connection, challenge_id)
        channel_id = await _update(connection, challenge_id, removed_at=now())
        await note(connection, actor, "remove", channel_id, {})

    @reading
    async def of(self, connection: AsyncConnection, channel: Channel) -> Challenge | None:
        """The channel's challenge."""
        row = (await connection.execute(_select().where(named(channel)))).mappings().one_or_none()
        return None if row is None else _to_challenge(row)

    @reading
    async def all(self, connection: AsyncConnection) -> list[Challenge]:
        """Every challenge that has not been removed."""
        rows = await connection.execute(_select().order_by(challenges.c.id))
        return [_to_challenge(row) for row in rows.mappings()]


def _select() -> sa.Select[tuple[object, ...]]:
    return (
        sa.select(
            challenges.c.id,
            challenges.c.settings,
            challenges.c.planned_through,
            channels.c.platform,
            channels.c.workspace,
            channels.c.external_id,
            channels.c.name,
        )
        .join(channels, channels.c.id == challenges.c.channel_id)
        .where(challenges.c.removed_at.is_(None))
    )


def _to_challenge(row: sa.RowMapping) -> Challenge:
    return Challenge(
        id=row["id"],
        channel=to_channel(row),
        settings=ChallengeSettings.model_validate(row["settings"]),
        planned_through=row["planned_through"],
    )


async def _end_planned(connection: AsyncConnection, challenge_id: int) -> None:
    await connection.execute(
        sa.delete(rounds).where(
            rounds.c.challenge_id == challenge_id, rounds.c.state == State.PLANNED
        )
    )


async def _update(connection: AsyncConnection, challenge_id: int, **values: object) -> int:
    result = await connection.execute(
        sa.update(challenges)
        .where(challenges.c.id == challenge_id)
        .values(**values)
        .returning(challenges.c.channel_id)
    )
    return int(result.scalar_one())
