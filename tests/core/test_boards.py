"""Leaderboards and progress as members see them."""

from datetime import date

import pytest

from bot.core import admin, answers, boards, rounds
from bot.core.people import Member
from bot.core.scheduler import beat
from bot.core.standings import Period
from bot.errors import UserError
from tests.conftest import World
from tests.samples import ADA, BOB, CHANNEL, EVE, FULL, HALF, incoming


async def _play(world: World, texts: dict[Member, str]) -> None:
    """One day: the round opens, everybody answers, it closes."""
    await beat(world.ports, "console")
    round_ = await rounds.current_round(world.ports, CHANNEL)
    assert round_ is not None
    for member, text in texts.items():
        event = incoming(
            text,
            member=member,
            round_id=round_.id,
            message_id=f"{round_.id}-{member.id}",
            sent_at=world.clock.now(),
        )
        await answers.receive(world.ports, event)
    await answers.work_off(world.ports)
    world.clock.advance(hours=1)
    await rounds.close_now(world.ports, CHANNEL)
    world.clock.advance(hours=23)


@pytest.fixture
async def daily(world: World) -> World:
    await admin.create(world.ports, CHANNEL, {"weekdays": "daily"}, "test")
    world.clock.advance(hours=1)
    return world


async def test_points_add_up_over_a_period_and_the_average_stands_beside(daily: World) -> None:
    await _play(daily, {ADA: FULL, BOB: FULL})
    await _play(daily, {ADA: FULL})
    daily.clock.advance(days=-1)
    board = await boards.leaderboard(daily.ports, CHANNEL, Period.WEEK)
    assert [(row.rank, row.member.id, row.points, row.rounds) for row in board.rows] == [
        (1, "ada", 200, 2),
        (2, "bob", 100, 1),
    ]
    assert board.rows[0].average == 100
    today = await boards.leaderboard(daily.ports, CHANNEL, Period.TODAY)
    assert [row.member.id for row in today.rows] == ["ada"]


async def test_boundaries_follow_the_challenges_zone(world: World) -> None:
    await admin.create(
        world.ports,
        CHANNEL,
        {"weekdays": "daily", "zone": "Pacific/Auckland", "time": "01:00"},
        "t",
    )
    world.clock.advance(days=5, hours=4, minutes=5)
    await _play(world, {ADA: FULL})
    world.clock.advance(days=-1)
    board = await boards.leaderboard(world.ports, CHANNEL, Period.WEEK)
    assert board.start == date(2026, 3, 2), "Sunday in Auckland, Saturday in UTC"
    world.clock.advance(hours=23)
    board = await boards.leaderboard(world.ports, CHANNEL, Period.WEEK)
    assert (board.start, board.rows) == (date(2026, 3, 9), ())


async def test_open_rounds_are_not_on_the_board_but_are_counted(daily: World) -> None:
    await beat(daily.ports, "console")
    await answers.receive(daily.ports, incoming(FULL, sent_at=daily.clock.now()))
    await answers.work_off(daily.ports)
    board = await boards.leaderboard(daily.ports, CHANNEL, Period.TODAY)
    assert (board.rows, board.members, board.waiting) == ((), 0, 1)


async def test_a_member_outside_the_top_sees_their_own_line(daily: World) -> None:
    crowd = [
        Member(platform="console", workspace="local", id=f"m{number}", name=f"M{number:02}")
        for number in range(11)
    ]
    await _play(daily, dict.fromkeys(crowd, FULL) | {BOB: HALF})
    board = await boards.leaderboard(daily.ports, CHANNEL, Period.ALL, BOB)
    assert len(board.rows) == boards.TOP
    assert board.members == 12
    assert board.own is not None
    assert (board.own.rank, board.own.member) == (12, BOB)
    inside = await boards.leaderboard(daily.ports, CHANNEL, Period.ALL, crowd[0])
    assert inside.own is None
    absent = await boards.leaderboard(daily.ports, CHANNEL, Period.ALL, EVE)
    assert absent.own is None


async def test_progress_shows_strong_and_weak_categories(daily: World) -> None:
    await _play(daily, {ADA: FULL, BOB: FULL})
    await _play(daily, {ADA: FULL})
    await _play(daily, {ADA: HALF})
    own = await boards.progress(daily.ports, CHANNEL, ADA)
    assert own.rounds == 3
    assert own.streak.current == 3
    assert own.strongest is not None
    assert own.weakest is not None
    assert own.strongest.average > own.weakest.average
    other = await boards.progress(daily.ports, CHANNEL, BOB)
    assert other.strongest is not None
    assert other.weakest is None, "one category alone is neither strong nor weak"
    assert other.streak.current == 0


async def test_progress_of_somebody_new_is_empty(daily: World) -> None:
    own = await boards.progress(daily.ports, CHANNEL, EVE)
    assert (own.rounds, own.average, own.quizzes, own.quiz_average) == (0, None, 0, None)
    assert (own.strongest, own.weakest) == (None, None)


async def test_a_round_the_bot_missed_breaks_no_streak(daily: World) -> None:
    await _play(daily, {ADA: FULL})
    daily.clock.advance(days=3)
    await _play(daily, {ADA: FULL})
    own = await boards.progress(daily.ports, CHANNEL, ADA)
    assert own.streak.current == 2


async def test_an_unscheduled_round_neither_counts_nor_breaks(world: World) -> None:
    await admin.create(world.ports, CHANNEL, {"weekdays": "mon"}, "test")
    world.clock.advance(hours=1)
    await _play(world, {ADA: FULL})
    await rounds.post_now(world.ports, CHANNEL)
    await rounds.close_now(world.ports, CHANNEL)
    own = await boards.progress(world.ports, CHANNEL, ADA)
    assert own.streak.current == 1


async def test_an_answered_open_round_counts_for_the_streak_at_once(daily: World) -> None:
    await beat(daily.ports, "console")
    own = await boards.progress(daily.ports, CHANNEL, ADA)
    assert own.streak.current == 0
    await answers.receive(daily.ports, incoming(FULL, sent_at=daily.clock.now()))
    await answers.work_off(daily.ports)
    own = await boards.progress(daily.ports, CHANNEL, ADA)
    assert own.streak.current == 1


async def test_without_a_challenge_there_is_a_hint(world: World) -> None:
    with pytest.raises(UserError, match="no challenge yet; set one up"):
        await boards.leaderboard(world.ports, CHANNEL, Period.WEEK)


async def test_scores_of_questions_that_left_the_bank_still_count(daily: World) -> None:
    await _play(daily, {ADA: FULL})
    past = await daily.store.boards.past_scores(CHANNEL, ADA)
    unknown = past[0].model_copy(update={"question_id": "gone"})
    assert boards._by_category(daily.ports, [unknown]) == []  # noqa: SLF001 - the pure part alone


async def test_a_later_page_goes_on_with_ranks(daily: World) -> None:
    """Twelve members, all tied: the second page still says rank one."""
    names = [f"M{number:02}" for number in range(12)]
    members = [ADA.model_copy(update={"id": name, "name": name}) for name in names]
    await _play(daily, dict.fromkeys(members, FULL))
    first = await boards.leaderboard(daily.ports, CHANNEL, Period.ALL)
    second = await boards.leaderboard(daily.ports, CHANNEL, Period.ALL, offset=10)
    assert [row.member.name for row in second.rows] == ["M10", "M11"]
    assert [row.rank for row in second.rows] == [1, 1]
    assert (first.offset, second.offset, second.members) == (0, 10, 12)
    beyond = await boards.leaderboard(daily.ports, CHANNEL, Period.ALL, offset=20)
    assert beyond.rows == ()
