"""Rounds, their questions and quizzes in the database."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.challenges import Challenge
from bot.core.intents import Outgoing, QuestionPosted
from bot.core.people import Channel, Member
from bot.core.questions import Question
from bot.core.records import Quiz, Round, State, Thread
from bot.core.rounds import round_marker
from bot.storage.counting import count_round
from bot.storage.database import Database, reading, writing
from bot.storage.rows import (
    enqueue,
    id_of,
    insert_id,
    insert_once,
    keep_question,
    kept_question,
    named,
    now,
    select_rounds,
    to_member,
    to_round,
)
from bot.storage.tables import (
    answers,
    challenges,
    channels,
    members,
    outbox,
    quizzes,
    revisions,
    rounds,
    uses,
)


class Rounds:
    """Implements ``RoundStore``."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @writing
    async def plan(
        self,
        connection: AsyncConnection,
        challenge: Challenge,
        due: Sequence[tuple[date, datetime]],
        through: date,
    ) -> None:
        """Add planned rounds, passing over dates that have one."""
        for day, opens_at in due:
            await _plan(connection, challenge, day, opens_at, scheduled=True)
        await connection.execute(
            sa.update(challenges)
            .where(challenges.c.id == challenge.id, challenges.c.planned_through < through)
            .values(planned_through=through)
        )

    @writing
    async def add(
        self,
        connection: AsyncConnection,
        challenge: Challenge,
        day: date,
        opens_at: datetime,
        *,
        scheduled: bool,
    ) -> Round:
        """The round of a date, made if there is none."""
        await _plan(connection, challenge, day, opens_at, scheduled=scheduled)
        return (await _rounds(connection, _on(challenge.id, day)))[0]

    @reading
    async def planned(
        self, connection: AsyncConnection, challenge_id: int, until: datetime
    ) -> list[Round]:
        """Planned rounds that are due by ``until``, oldest first."""
        wanted = sa.and_(_in_state(challenge_id, State.PLANNED), rounds.c.opens_at <= until)
        return await _rounds(connection, wanted)

    @reading
    async def next_planned(self, connection: AsyncConnection, challenge_id: int) -> Round | None:
        """The planned round that comes next."""
        found = await _rounds(connection, _in_state(challenge_id, State.PLANNED))
        return found[0] if found else None

    @reading
    async def open_ones(self, connection: AsyncConnection, challenge_id: int) -> list[Round]:
        """Open rounds, oldest first."""
        return await _rounds(connection, _in_state(challenge_id, State.OPEN))

    @reading
    async def get(self, connection: AsyncConnection, round_id: int) -> Round | None:
        """A round by its id."""
        found = await _rounds(connection, rounds.c.id == round_id)
        return found[0] if found else None

    @reading
    async def latest(self, connection: AsyncConnection, channel: Channel) -> Round | None:
        """The round of a channel that was opened last."""
        wanted = sa.and_(named(channel), rounds.c.opened_at.is_not(None))
        found = await _rounds(connection, wanted)
        return found[-1] if found else None

    @reading
    async def thread(
        self, connection: AsyncConnection, channel: Channel, reference: str
    ) -> Thread | None:
        """The question's post that the platform knows by ``reference``."""
        posts = await _posts(connection, channel.platform, outbox.c.reference == reference)
        found = [post for post in posts if post.channel.key == channel.key]
        if not found:
            return None
        rounds_ = await _rounds(connection, rounds.c.id == found[0].intent.round_id)
        return _threads(found, rounds_)[0]

    @reading
    async def open_threads(
        self, connection: AsyncConnection, platform: str, closed_since: datetime | None = None
    ) -> list[Thread]:
        """The posts of every open round of a platform, and of those that closed since."""
        wanted = rounds.c.state == State.OPEN.value
        if closed_since is not None:
            wanted = sa.or_(wanted, rounds.c.closed_at >= closed_since)
        opened = await _rounds(connection, sa.and_(channels.c.platform == platform, wanted))
        markers = [outbox.c.marker.like(f"{round_marker(each.id)}%") for each in opened]
        return _threads(await _posts(connection, platform, sa.or_(sa.false(), *markers)), opened)

    @writing
    async def open(
        self,
        connection: AsyncConnection,
        round_id: int,
        question: Question,
        opened_at: datetime,
        closes_at: datetime,
        post: Outgoing,
    ) -> bool:
        """Open a planned round and queue its post; false if it is no longer planned."""
        opened = await connection.execute(
            sa.update(rounds)
            .where(rounds.c.id == round_id, rounds.c.state == State.PLANNED)
            .values(state=State.OPEN.value, opened_at=opened_at, closes_at=closes_at)
        )
        if not opened.rowcount:
            return False
        await _use(connection, round_id, question)
        await enqueue(connection, post)
        return True

    @writing
    async def replace_question(
        self, connection: AsyncConnection, round_id: int, question: Question, post: Outgoing
    ) -> None:
        """Give an open round another question and queue its post."""
        await _use(connection, round_id, question)
        await enqueue(connection, post)

    @writing
    async def miss(
        self, connection: AsyncConnection, round_ids: Sequence[int], notice: Outgoing
    ) -> None:
        """Close planned rounds that were never opened, and queue the notice that says so."""
        await connection.execute(
            sa.update(rounds)
            .where(rounds.c.id.in_(round_ids), rounds.c.state == State.PLANNED)
            .values(state=State.CLOSED.value, announced=True)
        )
        await enqueue(connection, notice)

    @writing
    async def close(self, connection: AsyncConnection, round_id: int, at: datetime) -> bool:
        """Close an open round and count its answers; false if it is not open."""
        closed = await connection.execute(
            sa.update(rounds)
            .where(rounds.c.id == round_id, rounds.c.state == State.OPEN)
            .values(state=State.CLOSED.value, closes_at=at, closed_at=at)
        )
        if not closed.rowcount:
            return False
        await count_round(connection, round_id)
        return True

    @reading
    async def unannounced(self, connection: AsyncConnection, challenge_id: int) -> list[Round]:
        """Rounds that closed but whose closing post is not queued yet."""
        wanted = sa.and_(_in_state(challenge_id, State.CLOSED), rounds.c.announced.in_([False]))
        return await _rounds(connection, wanted)

    @writing
    async def announce(self, connection: AsyncConnection, round_id: int, post: Outgoing) -> None:
        """Queue a closing post."""
        await connection.execute(
            sa.update(rounds).where(rounds.c.id == round_id).values(announced=True)
        )
        await enqueue(connection, post)

    @reading
    async def last_uses(self, connection: AsyncConnection, challenge_id: int) -> dict[str, int]:
        """Question ids to a number that grows with every use."""
        rows = await connection.execute(
            sa.select(uses.c.question_id, sa.func.max(uses.c.id).label("last"))
            .where(uses.c.challenge_id == challenge_id)
            .group_by(uses.c.question_id)
        )
        return {row.question_id: row.last for row in rows}

    @reading
    async def question(
        self, connection: AsyncConnection, question_id: str, version: str
    ) -> Question:
        """A question as it was when it was posted."""
        return await kept_question(connection, question_id, version)

    @reading
    async def latest_instant(
        self, connection: AsyncConnection, channel: Channel
    ) -> datetime | None:
        """The latest instant that the channel's rounds and answers know of."""
        row = (
            await connection.execute(
                sa.select(
                    sa.func.max(rounds.c.opened_at),
                    sa.func.max(rounds.c.closed_at),
                    sa.func.max(revisions.c.sent_at),
                )
                .select_from(rounds)
                .join(channels, channels.c.id == rounds.c.channel_id)
                .outerjoin(answers, answers.c.round_id == rounds.c.id)
                .outerjoin(revisions, revisions.c.answer_id == answers.c.id)
                .where(named(channel))
            )
        ).one()
        return max((instant for instant in row if instant is not None), default=None)


class Quizzes:
    """Implements ``QuizStore``."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @writing
    async def start(self, connection: AsyncConnection, member: Member, question: Question) -> Quiz:
        """Store a new quiz."""
        await keep_question(connection, question)
        quiz_id = await insert_id(
            connection,
            quizzes,
            member_id=await id_of(connection, member),
            question_id=question.id,
            question_version=question.version,
            created_at=now(),
        )
        return Quiz(
            id=quiz_id, member=member, question_id=question.id, question_version=question.version
        )

    @reading
    async def get(self, connection: AsyncConnection, quiz_id: int) -> Quiz | None:
        """A quiz by its id."""
        found = await connection.execute(
            sa.select(quizzes.c.question_id, quizzes.c.question_version, members)
            .join(members, members.c.id == quizzes.c.member_id)
            .where(quizzes.c.id == quiz_id)
        )
        row = found.mappings().one_or_none()
        if row is None:
            return None
        return Quiz(
            id=quiz_id,
            member=to_member(row),
            question_id=row["question_id"],
            question_version=row["question_version"],
        )

    @reading
    async def last_uses(self, connection: AsyncConnection, member: Member) -> dict[str, int]:
        """Question ids to a number that grows with every quiz of the member."""
        rows = await connection.execute(
            sa.select(quizzes.c.question_id, sa.func.max(quizzes.c.id).label("last"))
            .join(members, members.c.id == quizzes.c.member_id)
            .where(named(member))
            .group_by(quizzes.c.question_id)
        )
        return {row.question_id: row.last for row in rows}


async def _plan(
    connection: AsyncConnection,
    challenge: Challenge,
    day: date,
    opens_at: datetime,
    *,
    scheduled: bool,
) -> None:
    await insert_once(
        connection,
        rounds,
        challenge_id=challenge.id,
        channel_id=await id_of(connection, challenge.channel),
        local_date=day,
        state=State.PLANNED.value,
        scheduled=scheduled,
        opens_at=opens_at,
        announced=False,
    )


async def _use(connection: AsyncConnection, round_id: int, question: Question) -> None:
    """Put a question to a round: keep its text, and remember that it was used."""
    await keep_question(connection, question)
    changed = await connection.execute(
        sa.update(rounds)
        .where(rounds.c.id == round_id)
        .values(question_id=question.id, question_version=question.version)
        .returning(rounds.c.challenge_id)
    )
    await connection.execute(
        sa.insert(uses).values(
            challenge_id=changed.scalar_one(), round_id=round_id, question_id=question.id
        )
    )


async def _rounds(connection: AsyncConnection, wanted: sa.ColumnElement[bool]) -> list[Round]:
    statement = select_rounds().where(wanted).order_by(rounds.c.opens_at, rounds.c.id)
    return [to_round(row) for row in (await connection.execute(statement)).mappings()]


class _Post(NamedTuple):
    """A question's post that was sent."""

    channel: Channel
    intent: QuestionPosted
    reference: str


async def _posts(
    connection: AsyncConnection, platform: str, wanted: sa.ColumnElement[bool]
) -> list[_Post]:
    rows = await connection.execute(
        sa.select(outbox.c.body, outbox.c.reference)
        .where(outbox.c.platform == platform, outbox.c.sent_at.is_not(None), wanted)
        .order_by(outbox.c.id)
    )
    sent = [(Outgoing.model_validate(row.body), row.reference) for row in rows]
    return [
        _Post(outgoing.channel, outgoing.intent, reference)
        for outgoing, reference in sent
        if isinstance(outgoing.intent, QuestionPosted)
    ]


def _threads(posts: Sequence[_Post], found: Sequence[Round]) -> list[Thread]:
    by_id = {each.id: each for each in found}
    return [
        Thread(
            round=by_id[post.intent.round_id],
            question_id=post.intent.card.question_id,
            reference=post.reference,
        )
        for post in posts
    ]


def _on(challenge_id: int, day: date) -> sa.ColumnElement[bool]:
    return sa.and_(rounds.c.challenge_id == challenge_id, rounds.c.local_date == day)


def _in_state(challenge_id: int, state: State) -> sa.ColumnElement[bool]:
    return sa.and_(rounds.c.challenge_id == challenge_id, rounds.c.state == state.value)
