"""Leaderboards and members' own progress."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from statistics import fmean
from typing import Final

from bot.core.challenges import Challenge
from bot.core.intents import Board, CategoryScore, Progress
from bot.core.people import Channel, Member
from bot.core.ports import Ports
from bot.core.records import PastScore
from bot.core.standings import Period, Standing, rank, streak
from bot.errors import UserError

TOP: Final = 10
NO_CHALLENGE: Final = "This channel has no challenge yet; set one up with /challenge setup."


async def challenge_of(ports: Ports, channel: Channel) -> Challenge:
    """The channel's challenge.

    Raises:
        UserError: there is none; says how to make one.
    """
    challenge = await ports.store.challenges.of(channel)
    if challenge is None:
        raise UserError(NO_CHALLENGE)
    return challenge


async def leaderboard(
    ports: Ports,
    channel: Channel,
    period: Period,
    asking: Member | None = None,
    *,
    offset: int = 0,
) -> Board:
    """The channel's standings from ``offset`` on; open rounds are not on the board."""
    challenge = await challenge_of(ports, channel)
    start = period.start(challenge.settings.local_date(ports.clock.now()))
    boards = ports.store.boards
    tallies, members = await boards.top(channel, period, start, TOP, offset)
    first = await boards.place(channel, period, start, tallies[0].member) if tallies else None
    rows = rank(tallies, offset=offset, first=first[1] + 1 if first else 1)
    own = None
    if asking is not None and asking.key not in {row.member.key for row in rows}:
        place = await boards.place(channel, period, start, asking)
        if place is not None:
            tally, ahead = place
            own = Standing(
                rank=ahead + 1, member=tally.member, points=tally.points, rounds=tally.rounds
            )
    waiting = await ports.store.answers.count_open(channel)
    return Board(
        period=period,
        start=start,
        rows=tuple(rows),
        members=members,
        offset=offset,
        own=own,
        waiting=waiting,
    )


async def progress(ports: Ports, channel: Channel, member: Member) -> Progress:
    """A member's own record: rounds of this channel, with practice beside them."""
    await challenge_of(ports, channel)
    past = await ports.store.boards.past_scores(channel, member)
    marks = await ports.store.boards.marks(channel, member)
    rounds = [score.score for score in past if not score.practice]
    quizzes = [score.score for score in past if score.practice]
    categories = _by_category(ports, past)
    return Progress(
        member=member,
        rounds=len(rounds),
        average=fmean(rounds) if rounds else None,
        streak=streak([mark.took_part for mark in marks]),
        quizzes=len(quizzes),
        quiz_average=fmean(quizzes) if quizzes else None,
        strongest=max(categories, key=lambda row: row.average, default=None),
        weakest=_weakest(categories),
    )


def _weakest(categories: Sequence[CategoryScore]) -> CategoryScore | None:
    """The category with the lowest average, unless all are equally strong."""
    if len({row.average for row in categories}) < 2:  # noqa: PLR2004 - two make a comparison
        return None
    return min(categories, key=lambda row: row.average)


def _by_category(ports: Ports, past: Iterable[PastScore]) -> list[CategoryScore]:
    names = ports.bank.categories()
    known = {question.id: question.category for question in ports.bank.select()}
    scores: dict[str, list[int]] = defaultdict(list)
    for row in past:
        if row.question_id in known:
            scores[known[row.question_id]].append(row.score)
    return [
        CategoryScore(category=names[slug], average=fmean(points), answers=len(points))
        for slug, points in sorted(scores.items())
    ]
