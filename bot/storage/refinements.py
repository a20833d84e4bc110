"""Answers that wait for a model, what it said, and what that cost."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.grading import Grading, Limits, Mode, Opinion
from bot.core.intents import Outgoing
from bot.core.people import Channel, Member
from bot.core.revising import Refinement
from bot.storage.columns import Epoch
from bot.storage.database import Database, reading, writing
from bot.storage.gradings import supersede
from bot.storage.rows import channel_by_id, id_of, insert, kept_question, member_by_id, now
from bot.storage.tables import (
    answers,
    gradings,
    opinions,
    refinements,
    revisions,
    spendings,
)


class Refinements:
    """Implements ``RefinementStore``."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def claim(self, lease_seconds: float) -> Refinement | None:
        """Take the oldest answer that waits and that nobody else works on."""
        # Looking first keeps idle workers off the one write lock that SQLite has.
        return await self._take(lease_seconds) if await self._any() else None

    @reading
    async def _any(self, connection: AsyncConnection) -> bool:
        found = await connection.execute(_waiting().limit(1))
        return found.first() is not None

    @writing
    async def _take(self, connection: AsyncConnection, lease_seconds: float) -> Refinement | None:
        chosen = _waiting().order_by(refinements.c.id).limit(1).with_for_update(skip_locked=True)
        taken = await connection.execute(
            sa.update(refinements)
            .where(refinements.c.id.in_(chosen))
            .values(leased_until=Epoch() + lease_seconds, attempts=refinements.c.attempts + 1)
            .returning(refinements.c.id)
        )
        job_id = taken.scalar_one_or_none()
        return None if job_id is None else await _refinement(connection, job_id)

    @reading
    async def opinion(self, connection: AsyncConnection, key: str) -> Opinion | None:
        """What the model said when it was asked the same before."""
        body = await connection.scalar(sa.select(opinions.c.body).where(opinions.c.key == key))
        return None if body is None else Opinion.model_validate(body)

    @writing
    async def keep(
        self, connection: AsyncConnection, key: str, member: Member, opinion: Opinion
    ) -> None:
        """Remember what the model said of a member's answer."""
        statement = insert(connection, opinions).values(
            key=key,
            member_id=await id_of(connection, member),
            body=opinion.model_dump(mode="json"),
            created_at=now(),
        )
        await connection.execute(statement.on_conflict_do_nothing())

    @writing
    async def reserve(
        self,
        connection: AsyncConnection,
        member: Member,
        channel: Channel,
        day: date,
        tokens: int,
        limits: Limits,
    ) -> bool:
        """Take tokens from all three budgets of a day, or from none and return false."""
        budgets = await _budgets(connection, member, channel, day)
        for budget in budgets:
            limit: int = getattr(limits, budget.scope)
            if budget.tokens + tokens > limit:
                return False
        await _spend(connection, budgets, tokens)
        return True

    @writing
    async def settle(
        self, connection: AsyncConnection, member: Member, channel: Channel, day: date, change: int
    ) -> None:
        """Correct the budgets by the difference to what was reserved."""
        await _spend(connection, await _budgets(connection, member, channel, day), change)

    @writing
    async def finish(
        self,
        connection: AsyncConnection,
        refinement: Refinement,
        grading: Grading,
        receipt: Callable[[int], Outgoing],
    ) -> bool:
        """Supersede the first grading and queue the refined receipt."""
        ended = await connection.execute(
            sa.update(refinements)
            .where(refinements.c.id == refinement.id, refinements.c.done_at.is_(None))
            .values(done_at=now(), leased_until=None)
            .returning(refinements.c.grading_id)
        )
        former = ended.scalar_one_or_none()
        if former is None:
            return False
        return await supersede(connection, former, grading, receipt) is not None


def _waiting() -> sa.Select[Any]:
    free = sa.or_(refinements.c.leased_until.is_(None), refinements.c.leased_until < Epoch())
    return sa.select(refinements.c.id).where(refinements.c.done_at.is_(None), free)


async def _refinement(connection: AsyncConnection, job_id: int) -> Refinement:
    found = await connection.execute(
        sa.select(
            refinements.c.mode,
            refinements.c.attempts,
            gradings.c.body,
            revisions.c.number,
            revisions.c.text,
            revisions.c.message_id,
            answers.c.round_id,
            answers.c.question_id,
            refinements.c.member_id,
            refinements.c.channel_id,
        )
        .join(gradings, gradings.c.id == refinements.c.grading_id)
        .join(revisions, revisions.c.id == gradings.c.revision_id)
        .join(answers, answers.c.id == revisions.c.answer_id)
        .where(refinements.c.id == job_id)
    )
    row = found.one()
    grading = Grading.model_validate(row.body)
    return Refinement(
        id=job_id,
        channel=await channel_by_id(connection, row.channel_id),
        member=await member_by_id(connection, row.member_id),
        message_id=row.message_id,
        round_id=row.round_id,
        text=row.text,
        question=await kept_question(connection, row.question_id, grading.rubric),
        revision=row.number,
        grading=grading,
        mode=Mode(row.mode),
        attempts=row.attempts,
    )


async def _budgets(
    connection: AsyncConnection, member: Member, channel: Channel, day: date
) -> list[sa.Row[Any]]:
    """The rows of a day's three budgets, made where they are not there yet."""
    subjects = {
        "member": await id_of(connection, member),
        "channel": await id_of(connection, channel),
        "day": 0,
    }
    rows = []
    for scope, subject_id in subjects.items():
        key = {"day": day, "scope": scope, "subject_id": subject_id}
        new = insert(connection, spendings).values(**key, tokens=0)
        await connection.execute(new.on_conflict_do_nothing())
        found = await connection.execute(sa.select(spendings).filter_by(**key).with_for_update())
        rows.append(found.one())
    return rows


async def _spend(connection: AsyncConnection, budgets: Sequence[sa.Row[Any]], tokens: int) -> None:
    for budget in budgets:
        await connection.execute(
            sa.update(spendings)
            .filter_by(day=budget.day, scope=budget.scope, subject_id=budget.subject_id)
            .values(tokens=spendings.c.tokens + tokens)
        )
