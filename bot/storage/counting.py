"""Which grading counts, and the standings that follow from it.

The counted revision of a member's answer to a round is the last one sent before the
close and not withdrawn before it; its newest grading counts.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.records import State
from bot.core.standings import Period
from bot.storage.rows import insert
from bot.storage.tables import (
    answers,
    gradings,
    members,
    revisions,
    round_scores,
    rounds,
    standings,
)

PERIODS: Final = tuple(Period)


class Key(NamedTuple):
    """Whose standing in which period."""

    channel_id: int
    period: str
    start: date
    member_id: int


class Sum(NamedTuple):
    """Points and scored rounds."""

    points: int
    rounds: int


def counted() -> sa.Select[Any]:
    """The counted revision of every answer to a round, with its newest grading."""
    newest = (
        sa.select(gradings.c.revision_id, sa.func.max(gradings.c.id).label("id"))
        .group_by(gradings.c.revision_id)
        .subquery()
    )
    in_time = sa.or_(rounds.c.closes_at.is_(None), revisions.c.sent_at < rounds.c.closes_at)
    standing = sa.or_(
        revisions.c.withdrawn_at.is_(None),
        sa.and_(rounds.c.state == State.CLOSED, revisions.c.withdrawn_at >= rounds.c.closes_at),
    )
    latest = (
        sa.func.row_number()
        .over(
            partition_by=answers.c.id,
            order_by=(revisions.c.sent_at.desc(), revisions.c.id.desc()),
        )
        .label("place")
    )
    ranked = (
        sa.select(
            answers.c.round_id,
            answers.c.member_id,
            revisions.c.id.label("revision_id"),
            revisions.c.number,
            revisions.c.text,
            revisions.c.withdrawn_at,
            newest.c.id.label("grading_id"),
            latest,
        )
        .join(rounds, rounds.c.id == answers.c.round_id)
        .join(revisions, revisions.c.answer_id == answers.c.id)
        .join(newest, newest.c.revision_id == revisions.c.id)
        .where(answers.c.question_id == rounds.c.question_id, in_time, standing)
        .subquery()
    )
    return (
        sa.select(
            ranked.c.round_id,
            ranked.c.member_id,
            ranked.c.revision_id,
            ranked.c.number,
            ranked.c.text,
            ranked.c.withdrawn_at,
            gradings.c.id.label("grading_id"),
            gradings.c.score,
            gradings.c.body,
        )
        .join_from(ranked, gradings, gradings.c.id == ranked.c.grading_id)
        .where(ranked.c.place == 1)
    )


async def count_round(
    connection: AsyncConnection, round_id: int, member_id: int | None = None
) -> None:
    """Bring the scores and standings of a closed round in line with its gradings.

    Only ``member_id``'s, if one is given.
    """
    chosen = counted().subquery()
    wanted = chosen.c.round_id == round_id
    present = round_scores.c.round_id == round_id
    if member_id is not None:
        wanted = sa.and_(wanted, chosen.c.member_id == member_id)
        present = sa.and_(present, round_scores.c.member_id == member_id)
    found = (await connection.execute(sa.select(chosen).where(wanted))).all()
    fresh = {row.member_id: row for row in found if row.score is not None}
    rows = await connection.execute(sa.select(round_scores).where(present))
    former = {row.member_id: row.points for row in rows}
    await connection.execute(sa.delete(round_scores).where(present))
    for each, row in fresh.items():
        await connection.execute(
            sa.insert(round_scores).values(
                round_id=round_id, member_id=each, grading_id=row.grading_id, points=row.score
            )
        )
    for each in sorted(former.keys() | fresh.keys()):
        new = Sum(fresh[each].score, 1) if each in fresh else Sum(0, 0)
        old = Sum(former[each], 1) if each in former else Sum(0, 0)
        change = Sum(new.points - old.points, new.rounds - old.rounds)
        await _add(connection, round_id, each, change)


async def recount_answer(connection: AsyncConnection, answer_id: int) -> None:
    """Bring the standings in line when an answer to a closed round changes."""
    found = await connection.execute(
        sa.select(answers.c.round_id, answers.c.member_id)
        .join(rounds, rounds.c.id == answers.c.round_id)
        .where(answers.c.id == answer_id, rounds.c.state == State.CLOSED.value)
    )
    row = found.one_or_none()
    if row is not None:
        await count_round(connection, row.round_id, row.member_id)


async def _add(connection: AsyncConnection, round_id: int, member_id: int, change: Sum) -> None:
    """Add a change to a member's standing in every period of a round's date."""
    if change == (0, 0):
        return
    found = await connection.execute(
        sa.select(rounds.c.channel_id, rounds.c.local_date).where(rounds.c.id == round_id)
    )
    channel_id, local_date = found.one()
    for key in _keys(channel_id, local_date, member_id):
        statement = insert(connection, standings).values(**key._asdict(), **change._asdict())
        await connection.execute(
            statement.on_conflict_do_update(
                index_elements=list(Key._fields),
                set_={
                    "points": standings.c.points + statement.excluded.points,
                    "rounds": standings.c.rounds + statement.excluded.rounds,
                },
            )
        )
    await connection.execute(
        sa.delete(standings).where(
            standings.c.channel_id == channel_id,
            standings.c.member_id == member_id,
            standings.c.rounds == 0,
        )
    )


def _keys(channel_id: int, local_date: date, member_id: int) -> Iterable[Key]:
    for period in PERIODS:
        yield Key(channel_id, period.value, period.start(local_date), member_id)


async def differences(connection: AsyncConnection) -> list[str]:
    """One sentence for each standing that a fresh count from the gradings contradicts."""
    stored = {
        Key(row.channel_id, row.period, row.start, row.member_id): Sum(row.points, row.rounds)
        for row in await connection.execute(sa.select(standings))
    }
    fresh = await _fresh(connection)
    names = {
        row.id: row.name or row.external_id for row in await connection.execute(sa.select(members))
    }
    return [
        f"{names.get(key.member_id, key.member_id)}, {key.period} from {key.start}: the standing"
        f" has {_said(stored.get(key))}, the gradings give {_said(fresh.get(key))}"
        for key in sorted(stored.keys() | fresh.keys())
        if stored.get(key) != fresh.get(key)
    ]


async def _fresh(connection: AsyncConnection) -> dict[Key, Sum]:
    chosen = counted().subquery()
    rows = await connection.execute(
        sa.select(chosen.c.member_id, chosen.c.score, rounds.c.channel_id, rounds.c.local_date)
        .join(rounds, rounds.c.id == chosen.c.round_id)
        .where(rounds.c.state == State.CLOSED, chosen.c.score.is_not(None))
    )
    sums: dict[Key, Sum] = defaultdict(lambda: Sum(0, 0))
    for row in rows:
        for key in _keys(row.channel_id, row.local_date, row.member_id):
            sums[key] = Sum(sums[key].points + row.score, sums[key].rounds + 1)
    return dict(sums)


def _said(found: Sum | None) -> str:
    return "nothing" if found is None else f"{found.points} points in {found.rounds} rounds"
