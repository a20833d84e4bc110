"""Gradings: added, never updated; and the cases that doubtful ones open."""

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.grading import Grading
from bot.core.intents import Outgoing
from bot.core.records import Incoming
from bot.storage.counting import recount_answer
from bot.storage.rows import enqueue, id_of, insert_id, now
from bot.storage.tables import answers, appeals, gradings, inbox, revisions, rounds


async def add_grading(
    connection: AsyncConnection, revision_id: int, grading: Grading, supersedes: int | None = None
) -> int:
    """Store a grading of a revision and return its id."""
    return await insert_id(
        connection,
        gradings,
        revision_id=revision_id,
        supersedes_id=supersedes,
        score=grading.score,
        body=grading.model_dump(mode="json"),
        created_at=now(),
    )


async def newest_grading(connection: AsyncConnection, revision_id: int) -> int:
    """The id of the grading that is current for a revision."""
    found = await connection.execute(
        sa.select(sa.func.max(gradings.c.id)).where(gradings.c.revision_id == revision_id)
    )
    return int(found.scalar_one())


async def supersede(
    connection: AsyncConnection,
    former: int,
    grading: Grading,
    receipt: Callable[[int], Outgoing] | None = None,
) -> int | None:
    """Put ``grading`` in place of the one with the id ``former`` and recount.

    ``None``, and nothing happens, if that one is not current any more or the answer was
    withdrawn before its round closed.
    """
    found = await connection.execute(
        sa.select(revisions.c.id, revisions.c.answer_id, _withdrawn().label("withdrawn"))
        .join(gradings, gradings.c.revision_id == revisions.c.id)
        .join(answers, answers.c.id == revisions.c.answer_id)
        .outerjoin(rounds, rounds.c.id == answers.c.round_id)
        .where(gradings.c.id == former)
    )
    row = found.one_or_none()
    if row is None or row.withdrawn or await newest_grading(connection, row.id) != former:
        return None
    grading_id = await add_grading(connection, row.id, grading, former)
    await recount_answer(connection, row.answer_id)
    if grading.review is not None and not await _has_case(connection, row.id):
        await open_case(connection, grading_id, doubt=grading.review.doubt.value)
    if receipt is not None:
        await enqueue(connection, receipt(grading_id))
    return grading_id


async def _has_case(connection: AsyncConnection, revision_id: int) -> bool:
    found = await connection.execute(
        sa.select(appeals.c.id).where(appeals.c.revision_id == revision_id).limit(1)
    )
    return found.first() is not None


def _withdrawn() -> sa.ColumnElement[bool]:
    return sa.and_(
        revisions.c.withdrawn_at.is_not(None),
        sa.or_(rounds.c.closes_at.is_(None), revisions.c.withdrawn_at < rounds.c.closes_at),
    )


async def open_case(
    connection: AsyncConnection, grading_id: int, *, why: str = "", doubt: str | None = None
) -> int:
    """Put a grading before the moderators of the channel where its answer was given."""
    found = await connection.execute(
        sa.select(
            revisions.c.id,
            revisions.c.message_id,
            answers.c.member_id,
            rounds.c.channel_id,
        )
        .join(gradings, gradings.c.revision_id == revisions.c.id)
        .join(answers, answers.c.id == revisions.c.answer_id)
        .outerjoin(rounds, rounds.c.id == answers.c.round_id)
        .where(gradings.c.id == grading_id)
    )
    row = found.one()
    channel_id = row.channel_id
    if channel_id is None:
        channel_id = await _practised_in(connection, row.member_id, row.message_id)
    return await insert_id(
        connection,
        appeals,
        grading_id=grading_id,
        revision_id=row.id,
        member_id=row.member_id,
        channel_id=channel_id,
        why=why,
        doubt=doubt,
        opened_at=now(),
        announced=False,
    )


async def _practised_in(connection: AsyncConnection, member_id: int, message_id: str) -> int:
    """The channel that a practice answer came from."""
    body = await connection.scalar(
        sa.select(inbox.c.body)
        .where(inbox.c.member_id == member_id, inbox.c.message_id == message_id)
        .order_by(inbox.c.id.desc())
        .limit(1)
    )
    return await id_of(connection, Incoming.model_validate(body).channel)
