"""Members, who may ask to be forgotten."""

import json

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.appeals import CASES_MARKER
from bot.core.intents import Appeals, Outgoing, RoundClosed
from bot.core.people import Member
from bot.storage.database import Database, reading, writing
from bot.storage.rows import id_of, named
from bot.storage.tables import (
    answers,
    appeals,
    gradings,
    inbox,
    members,
    opinions,
    outbox,
    quizzes,
    refinements,
    revisions,
    round_scores,
    spendings,
    standings,
)


class People:
    """Implements ``PeopleStore``."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @writing
    async def set_quotable(
        self, connection: AsyncConnection, member: Member, *, quotable: bool
    ) -> None:
        """Whether a member's answers may be shown to others at the close."""
        member_id = await id_of(connection, member)
        await connection.execute(
            sa.update(members).where(members.c.id == member_id).values(quotable=quotable)
        )

    @reading
    async def quotable(self, connection: AsyncConnection, member: Member) -> bool:
        """Whether a member's answers may be shown; so until they say otherwise."""
        found = await connection.scalar(sa.select(members.c.quotable).where(named(member)))
        return found is not False

    @writing
    async def forget(self, connection: AsyncConnection, member: Member) -> bool:
        """Remove a member's text and scores everywhere; false if there is no such member."""
        member_id = await connection.scalar(sa.select(members.c.id).where(named(member)))
        if member_id is None:
            return False
        mine = sa.select(answers.c.id).where(answers.c.member_id == member_id)
        written = sa.select(revisions.c.id).where(revisions.c.answer_id.in_(mine))
        await _drop_quotes(connection, member)
        await _drop_cases(connection, member_id)
        for statement in (
            sa.delete(standings).where(standings.c.member_id == member_id),
            sa.delete(round_scores).where(round_scores.c.member_id == member_id),
            sa.delete(appeals).where(appeals.c.member_id == member_id),
            sa.delete(refinements).where(refinements.c.member_id == member_id),
            sa.delete(opinions).where(opinions.c.member_id == member_id),
            sa.delete(spendings).where(
                spendings.c.scope == "member", spendings.c.subject_id == member_id
            ),
            sa.delete(gradings).where(gradings.c.revision_id.in_(written)),
            sa.delete(revisions).where(revisions.c.answer_id.in_(mine)),
            sa.delete(answers).where(answers.c.member_id == member_id),
            sa.delete(quizzes).where(quizzes.c.member_id == member_id),
            sa.delete(inbox).where(inbox.c.member_id == member_id),
            sa.delete(outbox).where(outbox.c.member_id == member_id),
            sa.delete(members).where(members.c.id == member_id),
        ):
            await connection.execute(statement)
        return True


async def _drop_quotes(connection: AsyncConnection, member: Member) -> None:
    """Take a member out of the closing posts that quote or rank them."""
    rows = await connection.execute(
        sa.select(outbox.c.id, outbox.c.body).where(
            outbox.c.platform == member.platform,
            outbox.c.member_id.is_(None),
            sa.cast(outbox.c.body, sa.Text).contains(json.dumps(member.id), autoescape=True),
        )
    )
    for row in rows.all():
        outgoing = Outgoing.model_validate(row.body)
        if isinstance(outgoing.intent, RoundClosed):
            intent = _without(outgoing.intent, member)
            body = outgoing.model_copy(update={"intent": intent}).model_dump(mode="json")
            await connection.execute(
                sa.update(outbox).where(outbox.c.id == row.id).values(body=body)
            )


async def _drop_cases(connection: AsyncConnection, member_id: int) -> None:
    """Take a member's answers out of the posts that told moderators of them."""
    found = await connection.execute(
        sa.select(appeals.c.id).where(appeals.c.member_id == member_id)
    )
    mine = set(found.scalars())
    if not mine:
        return
    rows = await connection.execute(
        sa.select(outbox.c.id, outbox.c.body).where(outbox.c.marker.like(f"{CASES_MARKER}%"))
    )
    for row in rows.all():
        outgoing = Outgoing.model_validate(row.body)
        if isinstance(outgoing.intent, Appeals):
            kept = tuple(case for case in outgoing.intent.cases if case.appeal_id not in mine)
            intent = outgoing.intent.model_copy(update={"cases": kept})
            body = outgoing.model_copy(update={"intent": intent}).model_dump(mode="json")
            await connection.execute(
                sa.update(outbox).where(outbox.c.id == row.id).values(body=body)
            )


def _without(closed: RoundClosed, member: Member) -> RoundClosed:
    best = tuple(answer for answer in closed.best if answer.member.key != member.key)
    rows = tuple(row for row in closed.board.rows if row.member.key != member.key)
    board = closed.board.model_copy(update={"rows": rows})
    return closed.model_copy(update={"best": best, "board": board})
