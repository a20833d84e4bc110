"""Periods, ranks and streaks: pure functions over dates and points."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict

from bot.core.people import Member

ROUNDS_PER_FREEZE: Final = 10
MAX_FREEZES: Final = 2


class Period(StrEnum):
    """What a leaderboard covers, ending now."""

    TODAY = "today"
    WEEK = "week"
    MONTH = "month"
    SEASON = "season"
    ALL = "all"

    def start(self, day: date) -> date:
        """The first day of the period that ``day`` lies in."""
        match self:
            case Period.TODAY:
                return day
            case Period.WEEK:
                return day - timedelta(days=day.weekday())
            case Period.MONTH:
                return day.replace(day=1)
            case Period.SEASON:
                return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
            case _:
                return date.min


class Tally(BaseModel):
    """A member's points and scored rounds in one period."""

    model_config = ConfigDict(frozen=True)

    member: Member
    points: int
    rounds: int


class Standing(BaseModel):
    """One line of a leaderboard; ties share a rank."""

    model_config = ConfigDict(frozen=True)

    rank: int
    member: Member
    points: int
    rounds: int

    @property
    def average(self) -> float:
        """Points per scored round."""
        return self.points / self.rounds


class Streak(BaseModel):
    """Rounds in a row, the freezes in hand and the longest run so far."""

    model_config = ConfigDict(frozen=True)

    current: int = 0
    freezes: int = 0
    longest: int = 0


def rank(tallies: Iterable[Tally], *, offset: int = 0, first: int = 1) -> list[Standing]:
    """Competition ranks (1, 1, 3) by points; members of one rank stand in order of name.

    ``offset`` counts the members before these, and ``first`` is the rank that begins: less
    than ``offset + 1`` where the first of these is tied with the last of those.
    """
    ordered = sorted(tallies, key=lambda row: (-row.points, row.member.name, row.member.key))
    standings: list[Standing] = []
    for place, row in enumerate(ordered, start=offset + 1):
        tied = bool(standings) and standings[-1].points == row.points
        standings.append(
            Standing(
                rank=standings[-1].rank if tied else place if standings else first,
                member=row.member,
                points=row.points,
                rounds=row.rounds,
            )
        )
    return standings


def streak(took_part: Sequence[bool]) -> Streak:
    """The streak over a member's scheduled rounds, oldest first.

    Every ten rounds in a row earn a freeze, two at most; a missed round uses one up
    instead of ending the streak.
    """
    current = freezes = longest = 0
    for answered in took_part:
        if answered:
            current += 1
            longest = max(longest, current)
            if current % ROUNDS_PER_FREEZE == 0:
                freezes = min(MAX_FREEZES, freezes + 1)
        elif freezes:
            freezes -= 1
        else:
            current = 0
    return Streak(current=current, freezes=freezes, longest=longest)
