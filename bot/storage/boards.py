"""Standings and members' own records, read from the rollups."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.people import Channel, Member
from bot.core.records import Mark, PastScore, State
from bot.core.standings import Period, Tally
from bot.storage.counting import differences
from bot.storage.database import Database, reading
from bot.storage.rows import named, to_member
from bot.storage.tables import (
    answers,
    channels,
    gradings,
    members,
    quizzes,
    revisions,
    round_scores,
    rounds,
    standings,
)


class Boards:
    """Implements ``BoardStore``."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @reading
    async def top(
        self,
        connection: AsyncConnection,
        channel: Channel,
        period: Period,
        start: date,
        limit: int,
        offset: int = 0,
    ) -> tuple[list[Tally], int]:
        """Tallies by points from ``offset`` on, and how many members have one."""
        board = _board(channel, period, start)
        ordered = board.order_by(standings.c.points.desc(), members.c.name, members.c.id)
        rows = await connection.execute(ordered.limit(limit).offset(offset))
        total = await connection.scalar(sa.select(sa.func.count()).select_from(board.subquery()))
        return [_to_tally(row) for row in rows.mappings()], total or 0

    @reading
    async def place(
        self,
        connection: AsyncConnection,
        channel: Channel,
        period: Period,
        start: date,
        member: Member,
    ) -> tuple[Tally, int] | None:
        """A member's tally and how many members have more points."""
        board = _board(channel, period, start)
        row = (await connection.execute(board.where(named(member)))).mappings().one_or_none()
        if row is None:
            return None
        tally = _to_tally(row)
        ahead = board.where(standings.c.points > tally.points).subquery()
        count = await connection.scalar(sa.select(sa.func.count()).select_from(ahead))
        return tally, count or 0

    @reading
    async def marks(
        self, connection: AsyncConnection, channel: Channel, member: Member
    ) -> list[Mark]:
        """The scheduled rounds since a member's first, oldest first.

        A round that is still open counts as soon as it is answered; one that was never
        posted does not count.
        """
        answered = sa.exists(
            sa.select(revisions.c.id)
            .join(answers, answers.c.id == revisions.c.answer_id)
            .join(members, members.c.id == answers.c.member_id)
            .where(
                answers.c.round_id == rounds.c.id,
                named(member),
                revisions.c.sent_at < rounds.c.closes_at,
                sa.or_(
                    revisions.c.withdrawn_at.is_(None),
                    revisions.c.withdrawn_at >= rounds.c.closes_at,
                ),
            )
        ).label("took_part")
        rows = await connection.execute(
            sa.select(rounds.c.local_date, rounds.c.state, answered)
            .join(channels, channels.c.id == rounds.c.channel_id)
            .where(named(channel), rounds.c.opened_at.is_not(None), rounds.c.scheduled.in_([True]))
            .order_by(rounds.c.local_date, rounds.c.id)
        )
        marks = [
            Mark(local_date=row.local_date, took_part=bool(row.took_part))
            for row in rows
            if row.took_part or row.state == State.CLOSED
        ]
        first = next((index for index, mark in enumerate(marks) if mark.took_part), len(marks))
        return marks[first:]

    @reading
    async def past_scores(
        self, connection: AsyncConnection, channel: Channel, member: Member
    ) -> list[PastScore]:
        """Every score of a member: the channel's closed rounds and all quizzes."""
        in_rounds = await connection.execute(
            sa.select(rounds.c.question_id, round_scores.c.points.label("score"))
            .join(rounds, rounds.c.id == round_scores.c.round_id)
            .join(channels, channels.c.id == rounds.c.channel_id)
            .join(members, members.c.id == round_scores.c.member_id)
            .where(named(channel), named(member))
            .order_by(rounds.c.opens_at)
        )
        in_quizzes = await connection.execute(
            sa.select(answers.c.question_id, gradings.c.score)
            .join(quizzes, quizzes.c.id == answers.c.quiz_id)
            .join(members, members.c.id == answers.c.member_id)
            .join(gradings, gradings.c.id == _newest_grading())
            .where(named(member), gradings.c.score.is_not(None))
            .order_by(quizzes.c.id)
        )
        return [
            PastScore(question_id=row.question_id, score=row.score, practice=practice)
            for rows, practice in ((in_rounds, False), (in_quizzes, True))
            for row in rows
        ]

    @reading
    async def recount(self, connection: AsyncConnection) -> list[str]:
        """Compare the standings with a fresh count; one sentence for each difference."""
        return await differences(connection)


def _newest_grading() -> sa.ScalarSelect[Any]:
    """The newest grading of an answer's revisions that were not withdrawn."""
    return (
        sa.select(sa.func.max(gradings.c.id))
        .join(revisions, revisions.c.id == gradings.c.revision_id)
        .where(revisions.c.answer_id == answers.c.id, revisions.c.withdrawn_at.is_(None))
        .correlate(answers)
        .scalar_subquery()
    )


def _board(channel: Channel, period: Period, start: date) -> sa.Select[Any]:
    return (
        sa.select(standings.c.points, standings.c.rounds, members)
        .join(channels, channels.c.id == standings.c.channel_id)
        .join(members, members.c.id == standings.c.member_id)
        .where(named(channel), standings.c.period == period.value, standings.c.start == start)
    )


def _to_tally(row: sa.RowMapping) -> Tally:
    return Tally(member=to_member(row), points=row["points"], rounds=row["rounds"])
