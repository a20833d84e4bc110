"""Appeals, reviews and rulings."""

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.grading import Doubt, Grading
from bot.core.intents import Outgoing
from bot.core.people import Channel, Member
from bot.core.revising import Appeal, AppealOutcome
from bot.storage.database import Database, reading, writing
from bot.storage.gradings import newest_grading, open_case, supersede
from bot.storage.rows import (
    channel_by_id,
    enqueue,
    kept_question,
    member_by_id,
    named,
    note,
    now,
)
from bot.storage.tables import answers, appeals, channels, gradings, members, revisions


class AppealCases:
    """Implements ``AppealStore``."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @writing
    async def open(
        self, connection: AsyncConnection, grading_id: int, member: Member, why: str
    ) -> AppealOutcome:
        """Open a case on the answer that a grading is about, unless there is one already."""
        found = await connection.execute(
            sa.select(revisions.c.id, _changed().label("changed"))
            .join(gradings, gradings.c.revision_id == revisions.c.id)
            .join(answers, answers.c.id == revisions.c.answer_id)
            .join(members, members.c.id == answers.c.member_id)
            .where(gradings.c.id == grading_id, named(member), revisions.c.withdrawn_at.is_(None))
        )
        row = found.one_or_none()
        if row is None:
            return AppealOutcome.UNKNOWN
        if row.changed:
            return AppealOutcome.CHANGED
        cases = await connection.execute(
            sa.select(appeals.c.ruled_at).where(appeals.c.revision_id == row.id)
        )
        for ruled_at in cases.scalars():
            return AppealOutcome.WAITING if ruled_at is None else AppealOutcome.FINAL
        current = await newest_grading(connection, row.id)
        case_id = await open_case(connection, current, why=why)
        # The case knows who it was, for as long as they want to be known.
        await _audit(connection, "member", "appeal", case_id, {})
        return AppealOutcome.OPENED

    @reading
    async def waiting(
        self, connection: AsyncConnection, channel: Channel, limit: int
    ) -> tuple[list[Appeal], int]:
        """The oldest cases of a channel that have no ruling, and how many there are."""
        statement = _open_cases().where(named(channel))
        total = await connection.scalar(
            sa.select(sa.func.count()).select_from(statement.subquery())
        )
        ids = await connection.execute(statement.order_by(appeals.c.id).limit(limit))
        return [await _appeal(connection, each) for each in ids.scalars().all()], total or 0

    @reading
    async def get(self, connection: AsyncConnection, appeal_id: int) -> Appeal | None:
        """A case that has no ruling yet."""
        found = await connection.scalar(_open_cases().where(appeals.c.id == appeal_id))
        return None if found is None else await _appeal(connection, found)

    @reading
    async def unannounced(self, connection: AsyncConnection, channel: Channel) -> list[Appeal]:
        """The waiting cases of a channel that no moderator was told of."""
        statement = _open_cases().where(named(channel), appeals.c.announced.in_([False]))
        ids = await connection.execute(statement.order_by(appeals.c.id))
        return [await _appeal(connection, each) for each in ids.scalars().all()]

    @writing
    async def announce(
        self, connection: AsyncConnection, appeal_ids: Sequence[int], post: Outgoing
    ) -> None:
        """Note that moderators were told of cases, and queue the message that does it."""
        await connection.execute(
            sa.update(appeals).where(appeals.c.id.in_(appeal_ids)).values(announced=True)
        )
        await enqueue(connection, post)

    @writing
    async def rule(
        self,
        connection: AsyncConnection,
        appeal: Appeal,
        grading: Grading,
        actor: str,
        receipt: Callable[[int], Outgoing],
    ) -> bool:
        """Close a case with a moderator's grading; false if it is closed already."""
        closed = await connection.execute(
            sa.update(appeals)
            .where(appeals.c.id == appeal.id, appeals.c.ruled_at.is_(None))
            .values(ruled_at=now())
            .returning(appeals.c.revision_id)
        )
        revision_id = closed.scalar_one_or_none()
        if revision_id is None:
            return False
        # A later opinion of the model may have come between; the ruling still has the last word.
        current = await newest_grading(connection, revision_id)
        ruling_id = await supersede(connection, current, grading, receipt)
        await connection.execute(
            sa.update(appeals).where(appeals.c.id == appeal.id).values(ruling_id=ruling_id)
        )
        detail: dict[str, object] = {
            "from": appeal.grading.score,
            "to": grading.score,
            "reason": grading.reason,
        }
        await _audit(connection, actor, "rule", appeal.id, detail)
        return True


def _open_cases() -> sa.Select[Any]:
    """Cases without a ruling; who deletes or changes the answer takes the appeal back with it."""
    return (
        sa.select(appeals.c.id)
        .join(channels, channels.c.id == appeals.c.channel_id)
        .join(revisions, revisions.c.id == appeals.c.revision_id)
        .where(appeals.c.ruled_at.is_(None), revisions.c.withdrawn_at.is_(None), ~_changed())
    )


def _changed() -> sa.ColumnElement[bool]:
    """Whether the member has handed in something else instead of a revision."""
    later = revisions.alias("later")
    after = sa.tuple_(later.c.sent_at, later.c.id) > sa.tuple_(revisions.c.sent_at, revisions.c.id)
    return (
        sa.select(later.c.id)
        .where(later.c.answer_id == revisions.c.answer_id, later.c.withdrawn_at.is_(None), after)
        .correlate(revisions)
        .exists()
    )


async def _appeal(connection: AsyncConnection, appeal_id: int) -> Appeal:
    found = await connection.execute(
        sa.select(
            appeals,
            revisions.c.number,
            revisions.c.text,
            revisions.c.message_id,
            answers.c.round_id,
            answers.c.question_id,
        )
        .join(revisions, revisions.c.id == appeals.c.revision_id)
        .join(answers, answers.c.id == revisions.c.answer_id)
        .where(appeals.c.id == appeal_id)
    )
    row = found.one()
    current = await newest_grading(connection, row.revision_id)
    body = await connection.scalar(sa.select(gradings.c.body).where(gradings.c.id == current))
    grading = Grading.model_validate(body)
    return Appeal(
        id=row.id,
        channel=await channel_by_id(connection, row.channel_id),
        member=await member_by_id(connection, row.member_id),
        message_id=row.message_id,
        round_id=row.round_id,
        question=await kept_question(connection, row.question_id, grading.rubric),
        text=row.text,
        revision=row.number,
        grading_id=current,
        grading=grading,
        why=row.why,
        doubt=None if row.doubt is None else Doubt(row.doubt),
    )


async def _audit(
    connection: AsyncConnection, actor: str, action: str, case_id: int, detail: dict[str, object]
) -> None:
    channel_id = await connection.scalar(
        sa.select(appeals.c.channel_id).where(appeals.c.id == case_id)
    )
    await note(connection, actor, action, int(channel_id or 0), {"case": case_id, **detail})
