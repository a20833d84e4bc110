"""Rows to models and back, and the writes that several stores share."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.intents import Outgoing
from bot.core.people import Channel, Member
from bot.core.questions import Question
from bot.core.records import Round, State
from bot.errors import DatabaseError
from bot.storage.tables import audit, channels, members, outbox, questions, rounds


def now() -> datetime:
    """When a row is written: real time, whatever clock the rounds run on."""
    return datetime.now(UTC)


def insert(connection: AsyncConnection, table: sa.Table) -> Any:
    """An INSERT that knows ON CONFLICT; both dialects spell it alike."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


async def insert_id(connection: AsyncConnection, table: sa.Table, **values: object) -> int:
    """Insert a row and return its id."""
    result = await connection.execute(sa.insert(table).values(**values).returning(table.c.id))
    return int(result.scalar_one())


async def insert_once(connection: AsyncConnection, table: sa.Table, **values: object) -> int | None:
    """Insert a row unless it collides with one; its id, or ``None``."""
    statement = insert(connection, table).values(**values).on_conflict_do_nothing()
    result = await connection.execute(statement.returning(table.c.id))
    found = result.scalar_one_or_none()
    return None if found is None else int(found)


async def id_of(connection: AsyncConnection, who: Member | Channel) -> int:
    """The row id of a member or channel, made if new; a changed name is kept."""
    table = members if isinstance(who, Member) else channels
    platform, workspace, external_id = who.key
    values: dict[str, object] = {
        "platform": platform,
        "workspace": workspace,
        "external_id": external_id,
        "name": who.name,
    }
    if table is members:
        values["quotable"] = True
    statement = insert(connection, table).values(**values)
    changed = statement.excluded.name
    statement = statement.on_conflict_do_update(
        index_elements=["platform", "workspace", "external_id"],
        set_={"name": sa.case((changed == "", table.c.name), else_=changed)},
    )
    result = await connection.execute(statement.returning(table.c.id))
    return int(result.scalar_one())


def named(who: Member | Channel) -> sa.ColumnElement[bool]:
    """The condition that finds a member or channel in its table."""
    table = members if isinstance(who, Member) else channels
    platform, workspace, external_id = who.key
    return sa.and_(
        table.c.platform == platform,
        table.c.workspace == workspace,
        table.c.external_id == external_id,
    )


def to_member(row: sa.RowMapping) -> Member:
    """A member from a row of ``members``."""
    return Member(
        platform=row["platform"],
        workspace=row["workspace"],
        id=row["external_id"],
        name=row["name"],
    )


def to_channel(row: sa.RowMapping) -> Channel:
    """A channel from a row of ``channels``."""
    return Channel(
        platform=row["platform"],
        workspace=row["workspace"],
        id=row["external_id"],
        name=row["name"],
    )


async def member_by_id(connection: AsyncConnection, member_id: int) -> Member:
    """A member by the id of their row."""
    found = await connection.execute(sa.select(members).where(members.c.id == member_id))
    return to_member(found.mappings().one())


async def channel_by_id(connection: AsyncConnection, channel_id: int) -> Channel:
    """A channel by the id of its row."""
    found = await connection.execute(sa.select(channels).where(channels.c.id == channel_id))
    return to_channel(found.mappings().one())


def select_rounds() -> sa.Select[Any]:
    """Rounds with their channels, for ``to_round``."""
    return sa.select(
        rounds,
        channels.c.platform,
        channels.c.workspace,
        channels.c.external_id,
        channels.c.name,
    ).join(channels, channels.c.id == rounds.c.channel_id)


def to_round(row: sa.RowMapping) -> Round:
    """A round from a row of ``select_rounds``."""
    return Round(
        id=row["id"],
        challenge_id=row["challenge_id"],
        channel=to_channel(row),
        local_date=row["local_date"],
        state=State(row["state"]),
        scheduled=row["scheduled"],
        opens_at=row["opens_at"],
        closes_at=row["closes_at"],
        question_id=row["question_id"],
        question_version=row["question_version"],
    )


async def enqueue(connection: AsyncConnection, outgoing: Outgoing) -> None:
    """Freeze a message in the outbox, once for each marker."""
    member_id = None if outgoing.member is None else await id_of(connection, outgoing.member)
    await insert_once(
        connection,
        outbox,
        marker=outgoing.marker,
        platform=outgoing.channel.platform,
        member_id=member_id,
        body=outgoing.model_dump(mode="json"),
        attempts=0,
        created_at=now(),
    )


async def note(
    connection: AsyncConnection, actor: str, action: str, channel_id: int, detail: object
) -> None:
    """Write a line of the audit."""
    await connection.execute(
        sa.insert(audit).values(
            at=now(), actor=actor, action=action, channel_id=channel_id, detail=detail
        )
    )


async def keep_question(connection: AsyncConnection, question: Question) -> None:
    """Keep a question's text as it is now."""
    statement = insert(connection, questions).values(
        id=question.id, version=question.version, body=question.model_dump(mode="json")
    )
    await connection.execute(statement.on_conflict_do_nothing())


async def kept_question(connection: AsyncConnection, question_id: str, version: str) -> Question:
    """A question as it was in one version."""
    body = await connection.scalar(
        sa.select(questions.c.body).where(
            questions.c.id == question_id, questions.c.version == version
        )
    )
    if body is None:
        message = f"The database has no text of question {question_id} ({version})."
        raise DatabaseError(message)
    return Question.model_validate(body)
