"""The inbox, and the answers, revisions and gradings made of it."""

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.grading import Grading, Mode
from bot.core.intents import Outgoing
from bot.core.people import Channel, Member
from bot.core.records import CountedAnswer, EventKind, Incoming, Pending, Round, State, Via
from bot.storage.counting import counted, recount_answer
from bot.storage.database import Database, reading, writing
from bot.storage.gradings import add_grading
from bot.storage.rows import enqueue, id_of, insert, insert_id, insert_once, named, now, to_member
from bot.storage.tables import answers, channels, inbox, members, refinements, revisions, rounds


class Answers:
    """Implements ``AnswerStore``."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @writing
    async def receive(self, connection: AsyncConnection, incoming: Incoming) -> bool:
        """Store an event; false if it is stored already. The row is the acknowledgement."""
        platform, workspace, channel = incoming.channel.key
        stored = await insert_once(
            connection,
            inbox,
            platform=platform,
            workspace=workspace,
            channel=channel,
            message_id=incoming.message_id,
            kind=incoming.kind.value,
            version=incoming.version,
            member_id=await id_of(connection, incoming.member),
            body=incoming.model_dump(mode="json"),
            received_at=now(),
        )
        return stored is not None

    @reading
    async def pending(self, connection: AsyncConnection) -> list[Pending]:
        """Stored events that are not handled, in order of arrival."""
        rows = await connection.execute(
            sa.select(inbox.c.id, inbox.c.body)
            .where(inbox.c.handled_at.is_(None))
            .order_by(inbox.c.id)
        )
        return [Pending(id=row.id, incoming=Incoming.model_validate(row.body)) for row in rows]

    @writing
    async def refuse(self, connection: AsyncConnection, pending_id: int, reply: Outgoing) -> None:
        """Mark an event handled without effect, and queue the sentence that says why."""
        if await _take(connection, pending_id):
            await enqueue(connection, reply)

    @writing
    async def record(
        self,
        connection: AsyncConnection,
        pending: Pending,
        question_id: str,
        grading: Grading,
        receipt: Callable[[int, int], Outgoing],
        refine: Mode | None = None,
    ) -> None:
        """Store a revision with its grading, queue its receipt, mark the event handled."""
        incoming = pending.incoming
        if not await _take(connection, pending.id) or await _deleted(connection, incoming):
            return
        answer_id = await _answer_id(connection, incoming, question_id)
        number = 1 + await _count(connection, revisions, revisions.c.answer_id == answer_id)
        revision_id = await insert_id(
            connection,
            revisions,
            answer_id=answer_id,
            number=number,
            message_id=incoming.message_id,
            text=incoming.text,
            sent_at=incoming.sent_at,
        )
        grading_id = await add_grading(connection, revision_id, grading)
        if refine is not None:
            await insert_id(
                connection,
                refinements,
                grading_id=grading_id,
                member_id=await id_of(connection, incoming.member),
                channel_id=await id_of(connection, incoming.channel),
                mode=refine.value,
                attempts=0,
            )
        await recount_answer(connection, answer_id)
        await enqueue(connection, receipt(number, grading_id))

    @writing
    async def withdraw(
        self, connection: AsyncConnection, pending: Pending, reply: Outgoing
    ) -> None:
        """Withdraw what a deleted message said and mark the event handled."""
        incoming = pending.incoming
        if not await _take(connection, pending.id):
            return
        changed = await connection.execute(
            sa.update(revisions)
            .where(
                revisions.c.message_id == incoming.message_id,
                revisions.c.withdrawn_at.is_(None),
                revisions.c.answer_id.in_(
                    sa.select(answers.c.id)
                    .join(members, members.c.id == answers.c.member_id)
                    .where(named(incoming.member))
                ),
            )
            .values(withdrawn_at=incoming.sent_at)
            .returning(revisions.c.answer_id)
        )
        touched = set(changed.scalars())
        for answer_id in sorted(touched):
            await recount_answer(connection, answer_id)
        if touched:
            await enqueue(connection, reply)

    @reading
    async def counted(self, connection: AsyncConnection, round_: Round) -> list[CountedAnswer]:
        """The answers that count in a round, best first; a withdrawn text is not quotable."""
        chosen = counted().subquery()
        rows = await connection.execute(
            sa.select(chosen, members)
            .join(members, members.c.id == chosen.c.member_id)
            .where(chosen.c.round_id == round_.id)
            .order_by(sa.func.coalesce(chosen.c.score, -1).desc(), members.c.name, members.c.id)
        )
        return [
            CountedAnswer(
                member=to_member(row),
                quotable=row["quotable"] and row["withdrawn_at"] is None,
                revision=row["number"],
                text=row["text"],
                grading_id=row["grading_id"],
                grading=Grading.model_validate(row["body"]),
            )
            for row in rows.mappings()
        ]

    @reading
    async def live_messages(
        self, connection: AsyncConnection, round_id: int, member: Member
    ) -> list[str]:
        """The ids of a member's messages in a round that are not withdrawn."""
        rows = await connection.execute(
            sa.select(revisions.c.message_id)
            .join(answers, answers.c.id == revisions.c.answer_id)
            .join(members, members.c.id == answers.c.member_id)
            .where(
                answers.c.round_id == round_id, named(member), revisions.c.withdrawn_at.is_(None)
            )
            .order_by(revisions.c.id)
        )
        return list(rows.scalars())

    @reading
    async def received(
        self, connection: AsyncConnection, channel: Channel, message_id: str
    ) -> Incoming | None:
        """What first arrived about a message."""
        platform, workspace, channel_id = channel.key
        body = await connection.scalar(
            sa.select(inbox.c.body)
            .where(
                inbox.c.platform == platform,
                inbox.c.workspace == workspace,
                inbox.c.channel == channel_id,
                inbox.c.message_id == message_id,
            )
            .order_by(inbox.c.id)
            .limit(1)
        )
        return None if body is None else Incoming.model_validate(body)

    @reading
    async def in_thread(self, connection: AsyncConnection, round_id: int) -> list[Incoming]:
        """The messages in a round's thread whose answers are not withdrawn."""
        rows = await connection.execute(
            sa.select(inbox.c.body)
            .join(revisions, revisions.c.message_id == inbox.c.message_id)
            .join(answers, answers.c.id == revisions.c.answer_id)
            .where(answers.c.round_id == round_id, revisions.c.withdrawn_at.is_(None))
            .order_by(inbox.c.id)
        )
        found = [Incoming.model_validate(body) for body in rows.scalars()]
        own = [each for each in found if each.round_id == round_id and each.via is Via.THREAD]
        return list({each.message_id: each for each in own}.values())

    @reading
    async def count_open(self, connection: AsyncConnection, channel: Channel) -> int:
        """How many answers the channel's open rounds have."""
        chosen = counted().subquery()
        found = await connection.scalar(
            sa.select(sa.func.count())
            .select_from(chosen)
            .join(rounds, rounds.c.id == chosen.c.round_id)
            .join(channels, channels.c.id == rounds.c.channel_id)
            .where(named(channel), rounds.c.state == State.OPEN.value)
        )
        return found or 0


async def _take(connection: AsyncConnection, pending_id: int) -> bool:
    """Mark an event handled; false if it was."""
    taken = await connection.execute(
        sa.update(inbox)
        .where(inbox.c.id == pending_id, inbox.c.handled_at.is_(None))
        .values(handled_at=now())
    )
    return bool(taken.rowcount)


async def _deleted(connection: AsyncConnection, incoming: Incoming) -> bool:
    """Whether the message has a tombstone, however late or reordered this event is."""
    platform, workspace, channel = incoming.channel.key
    tombstones = await _count(
        connection,
        inbox,
        sa.and_(
            inbox.c.platform == platform,
            inbox.c.workspace == workspace,
            inbox.c.channel == channel,
            inbox.c.message_id == incoming.message_id,
            inbox.c.kind == EventKind.DELETE.value,
        ),
    )
    return tombstones > 0


async def _count(
    connection: AsyncConnection, table: sa.Table, wanted: sa.ColumnElement[bool]
) -> int:
    found = await connection.scalar(sa.select(sa.func.count()).select_from(table).where(wanted))
    return found or 0


async def _answer_id(connection: AsyncConnection, incoming: Incoming, question_id: str) -> int:
    """The member's answer to a round or quiz, made with the first revision."""
    member_id = await id_of(connection, incoming.member)
    values = {
        "round_id": incoming.round_id,
        "quiz_id": incoming.quiz_id,
        "member_id": member_id,
        "question_id": question_id,
    }
    await connection.execute(insert(connection, answers).values(**values).on_conflict_do_nothing())
    target = (
        answers.c.quiz_id == incoming.quiz_id
        if incoming.round_id is None
        else answers.c.round_id == incoming.round_id
    )
    found = await connection.execute(
        sa.select(answers.c.id).where(
            target, answers.c.member_id == member_id, answers.c.question_id == question_id
        )
    )
    return int(found.scalar_one())
