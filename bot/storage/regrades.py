"""Grading again what counts, in one transaction, and how questions fare."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.challenges import ChallengeSettings
from bot.core.grading import Grading, Verdict
from bot.core.revising import QuestionStats, RankChange, Regradable, Regrading
from bot.core.standings import Period, Standing, Tally, rank
from bot.storage.counting import counted
from bot.storage.database import Database, reading, writing
from bot.storage.gradings import supersede
from bot.storage.rows import (
    channel_by_id,
    id_of,
    keep_question,
    kept_question,
    member_by_id,
    to_member,
)
from bot.storage.tables import (
    answers,
    appeals,
    challenges,
    gradings,
    members,
    revisions,
    rounds,
    standings,
)


class _DryRunError(Exception):
    """Takes back what a dry run did; carries what it saw."""

    def __init__(self, ranks: list[RankChange]) -> None:
        super().__init__()
        self.ranks = ranks


class _Board(NamedTuple):
    """The standings of one channel and period."""

    channel_id: int
    period: Period
    start: date


_Places = dict[_Board, dict[int, Standing]]


class Regrades:
    """Implements ``RegradeStore``."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @reading
    async def countable(
        self, connection: AsyncConnection, question_id: str | None, since: date | None
    ) -> tuple[list[Regradable], int]:
        """The answers that count in rounds, oldest first, and how many rulings were left out."""
        chosen = counted().subquery()
        ruled = sa.exists().where(
            appeals.c.revision_id == chosen.c.revision_id, appeals.c.ruled_at.is_not(None)
        )
        statement = (
            sa.select(
                chosen,
                rounds.c.question_id,
                rounds.c.local_date,
                rounds.c.channel_id,
                challenges.c.settings,
                ruled.label("ruled"),
            )
            .join(rounds, rounds.c.id == chosen.c.round_id)
            .join(challenges, challenges.c.id == rounds.c.challenge_id)
            .order_by(rounds.c.local_date, chosen.c.grading_id)
        )
        if question_id is not None:
            statement = statement.where(rounds.c.question_id == question_id)
        if since is not None:
            statement = statement.where(rounds.c.local_date >= since)
        rows = (await connection.execute(statement)).all()
        open_to = [row for row in rows if not row.ruled]
        return [await _regradable(connection, row) for row in open_to], len(rows) - len(open_to)

    async def apply(
        self, regradings: Sequence[Regrading], periods: Sequence[Period], *, dry_run: bool
    ) -> list[RankChange]:
        """Supersede gradings and count the standings anew, in one transaction."""
        try:
            return await self._apply(regradings, periods, dry_run=dry_run)
        except _DryRunError as end:
            return end.ranks

    @writing
    async def _apply(
        self,
        connection: AsyncConnection,
        regradings: Sequence[Regrading],
        periods: Sequence[Period],
        *,
        dry_run: bool,
    ) -> list[RankChange]:
        boards = await _boards(connection, regradings, periods)
        before = await _places(connection, boards)
        for each in regradings:
            await keep_question(connection, each.question)
            await supersede(connection, each.before.grading_id, each.grading)
        ranks = await _differences(connection, before, await _places(connection, boards))
        if dry_run:
            raise _DryRunError(ranks)
        return ranks

    @reading
    async def stats(self, connection: AsyncConnection) -> list[QuestionStats]:
        """How every question fared that has answers."""
        graded = await connection.execute(_current())
        bodies: dict[str, list[Grading]] = defaultdict(list)
        for row in graded:
            bodies[row.question_id].append(Grading.model_validate(row.body))
        appealed, ruled, overturned = await _cases(connection)
        return [
            _stats(name, found, appealed[name], ruled[name], overturned[name])
            for name, found in sorted(bodies.items())
        ]


async def _regradable(connection: AsyncConnection, row: Any) -> Regradable:
    grading = Grading.model_validate(row.body)
    return Regradable(
        grading_id=row.grading_id,
        member=await member_by_id(connection, row.member_id),
        channel=await channel_by_id(connection, row.channel_id),
        local_date=row.local_date,
        text=row.text,
        question=await kept_question(connection, row.question_id, grading.rubric),
        grading=grading,
        mode=ChallengeSettings.model_validate(row.settings).grader,
    )


async def _boards(
    connection: AsyncConnection, regradings: Iterable[Regrading], periods: Sequence[Period]
) -> set[_Board]:
    places = {(each.before.channel, each.before.local_date) for each in regradings}
    return {
        _Board(await id_of(connection, channel), period, period.start(day))
        for channel, day in places
        for period in periods
    }


async def _places(connection: AsyncConnection, boards: Iterable[_Board]) -> _Places:
    return {board: await _ranked(connection, board) for board in boards}


async def _ranked(connection: AsyncConnection, board: _Board) -> dict[int, Standing]:
    rows = await connection.execute(
        sa.select(standings.c.points, standings.c.rounds, members)
        .join(members, members.c.id == standings.c.member_id)
        .where(
            standings.c.channel_id == board.channel_id,
            standings.c.period == board.period.value,
            standings.c.start == board.start,
        )
    )
    ids = {}
    tallies = []
    for row in rows.mappings():
        member = to_member(row)
        ids[member.key] = row["id"]
        tallies.append(Tally(member=member, points=row["points"], rounds=row["rounds"]))
    return {ids[standing.member.key]: standing for standing in rank(tallies)}


async def _differences(
    connection: AsyncConnection, before: _Places, after: _Places
) -> list[RankChange]:
    changes = []
    for board in sorted(before):
        former, now = before[board], after[board]
        channel = await channel_by_id(connection, board.channel_id)
        changes += [
            RankChange(
                channel=channel,
                period=board.period,
                start=board.start,
                member=await member_by_id(connection, member_id),
                before=former.get(member_id),
                after=now.get(member_id),
            )
            for member_id in sorted(former.keys() | now.keys())
            if former.get(member_id) != now.get(member_id)
        ]
    return changes


def _current() -> sa.Select[Any]:
    """The newest grading of the last revision of every answer that was not withdrawn."""
    latest = (
        sa.select(sa.func.max(revisions.c.id))
        .where(revisions.c.withdrawn_at.is_(None))
        .group_by(revisions.c.answer_id)
    )
    newest = (
        sa.select(sa.func.max(gradings.c.id))
        .where(gradings.c.revision_id.in_(latest))
        .group_by(gradings.c.revision_id)
    )
    return (
        sa.select(answers.c.question_id, gradings.c.body)
        .join(revisions, revisions.c.id == gradings.c.revision_id)
        .join(answers, answers.c.id == revisions.c.answer_id)
        .where(gradings.c.id.in_(newest))
    )


async def _cases(
    connection: AsyncConnection,
) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """By question: appeals of members, those that were ruled on, and those that changed a score."""
    disputed = gradings.alias()
    decided = gradings.alias()
    rows = await connection.execute(
        sa.select(
            answers.c.question_id,
            appeals.c.ruled_at,
            disputed.c.score.label("before"),
            decided.c.score.label("after"),
        )
        .join(revisions, revisions.c.id == appeals.c.revision_id)
        .join(answers, answers.c.id == revisions.c.answer_id)
        .join(disputed, disputed.c.id == appeals.c.grading_id)
        .outerjoin(decided, decided.c.id == appeals.c.ruling_id)
        .where(appeals.c.doubt.is_(None))
    )
    appealed, ruled, overturned = Counter[str](), Counter[str](), Counter[str]()
    for row in rows:
        appealed[row.question_id] += 1
        ruled[row.question_id] += row.ruled_at is not None
        overturned[row.question_id] += row.after is not None and row.after != row.before
    return appealed, ruled, overturned


def _stats(
    name: str, found: Sequence[Grading], appealed: int, ruled: int, overturned: int
) -> QuestionStats:
    scores = [grading.score for grading in found if grading.score is not None]
    seen: Counter[str] = Counter()
    met: Counter[str] = Counter()
    for grading in found:
        for result in grading.concepts:
            seen[result.id] += 1
            met[result.id] += result.verdict is Verdict.EXPLAINED
    return QuestionStats(
        question_id=name,
        answers=len(found),
        mean=sum(scores) / len(scores) if scores else None,
        met={concept: met[concept] / seen[concept] for concept in seen},
        appeals=appealed,
        rulings=ruled,
        overturned=overturned,
    )
