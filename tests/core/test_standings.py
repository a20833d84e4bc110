"""Periods, ranks and streaks."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.people import Member
from bot.core.standings import MAX_FREEZES, Period, Tally, rank, streak

TALLIES = st.lists(
    st.builds(
        Tally,
        member=st.builds(
            Member,
            platform=st.just("console"),
            workspace=st.just("local"),
            id=st.text("abc", min_size=1, max_size=4),
            name=st.text("abc", max_size=2),
        ),
        points=st.integers(0, 5),
        rounds=st.integers(1, 5),
    ),
    unique_by=lambda tally: tally.member.id,
)


@given(TALLIES)
def test_a_rank_is_one_more_than_the_members_with_more_points(tallies: list[Tally]) -> None:
    for standing in rank(tallies):
        ahead = sum(tally.points > standing.points for tally in tallies)
        assert standing.rank == ahead + 1


@given(TALLIES)
def test_ranking_does_not_depend_on_the_order_of_input(tallies: list[Tally]) -> None:
    assert rank(tallies) == rank(tallies[::-1])


def test_ties_share_a_rank_and_the_next_one_is_skipped() -> None:
    members = [
        Tally(member=_member(name), points=points, rounds=2)
        for name, points in (("a", 5), ("b", 7), ("c", 7))
    ]
    assert [(row.rank, row.member.id) for row in rank(members)] == [(1, "b"), (1, "c"), (3, "a")]
    assert rank(members)[2].average == 2.5


@pytest.mark.parametrize(
    "period, start",
    [
        (Period.TODAY, date(2026, 8, 20)),
        (Period.WEEK, date(2026, 8, 17)),
        (Period.MONTH, date(2026, 8, 1)),
        (Period.SEASON, date(2026, 7, 1)),
        (Period.ALL, date.min),
    ],
)
def test_where_periods_begin(period: Period, start: date) -> None:
    assert period.start(date(2026, 8, 20)) == start


@given(st.dates())
def test_a_period_begins_no_later_than_any_day_in_it(day: date) -> None:
    for period in Period:
        if period is Period.WEEK and day < date(1, 1, 8):
            continue
        assert period.start(day) <= day
        assert period.start(period.start(day)) == period.start(day)


@pytest.mark.parametrize(
    "history, current, freezes, longest",
    [
        ("", 0, 0, 0),
        ("y", 1, 0, 1),
        ("yyn", 0, 0, 2),
        ("yynyyy", 3, 0, 3),
        ("y" * 10, 10, 1, 10),
        ("y" * 10 + "n", 10, 0, 10),
        ("y" * 10 + "nn", 0, 0, 10),
        ("y" * 10 + "ny", 11, 0, 11),
        ("y" * 35, 35, 2, 35),
        ("y" * 20 + "nn" + "y", 21, 0, 21),
        ("y" * 20 + "nnn" + "y", 1, 0, 20),
    ],
)
def test_streaks(history: str, current: int, freezes: int, longest: int) -> None:
    found = streak([mark == "y" for mark in history])
    assert (found.current, found.freezes, found.longest) == (current, freezes, longest)


@given(st.lists(st.booleans()))
def test_a_streak_never_exceeds_the_answered_rounds(took_part: list[bool]) -> None:
    found = streak(took_part)
    assert 0 <= found.current <= found.longest <= sum(took_part)
    assert 0 <= found.freezes <= MAX_FREEZES


@given(st.lists(st.booleans()))
def test_answering_never_shortens_a_streak(took_part: list[bool]) -> None:
    assert streak([*took_part, True]).current == streak(took_part).current + 1


def _member(name: str) -> Member:
    return Member(platform="console", workspace="local", id=name, name=name)
