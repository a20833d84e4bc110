"""The life of rounds: planned, open, closed; skipped, missed, posted by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.core import admin, answers, boards, rounds
from bot.core.challenges import Challenge
from bot.core.intents import Notice, QuestionPosted, Receipt, RoundClosed
from bot.core.records import State
from bot.core.scheduler import beat
from bot.core.standings import Period
from bot.errors import UserError
from tests.conftest import World
from tests.samples import ADA, BOB, CHANNEL, EVE, FULL, HALF, WRONG, incoming, make_bank


async def _challenge(world: World, **texts: str) -> Challenge:
    return await admin.create(world.ports, CHANNEL, texts, "test")


async def _posted(world: World) -> list[QuestionPosted]:
    await beat(world.ports, "console")
    return [intent for intent in await world.outbox() if isinstance(intent, QuestionPosted)]


async def test_a_channel_alone_is_enough(world: World) -> None:
    await _challenge(world)
    assert await _posted(world) == [], "it is eight o'clock, the round is at nine"
    world.clock.advance(hours=1)
    (posted,) = await _posted(world)
    assert posted.local_date == date(2026, 3, 2)
    assert posted.closes_at == datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
    assert await _posted(world) == [], "once is enough"


async def test_one_round_a_date_whatever_the_clock_does(world: World) -> None:
    await _challenge(world)
    world.clock.advance(hours=1)
    assert len(await _posted(world)) == 1
    for hours in (-30, 30, -1, 2):
        world.clock.advance(hours=hours)
        await _posted(world)
    await admin.change(world.ports, CHANNEL, {"time": "12:00"}, "test")
    world.clock.advance(hours=2)
    assert await _posted(world) == [], "today had its round at nine"


async def test_no_question_repeats_until_all_were_used(world: World) -> None:
    await _challenge(world, weekdays="daily")
    world.clock.advance(hours=1)
    seen = []
    for _ in range(6):
        seen += [posted.card.question_id for posted in await _posted(world)]
        world.clock.advance(days=1)
    assert sorted(seen[:3]) == ["apples", "beans", "cocoa"]
    assert seen[3:] == seen[:3]


async def test_categories_and_levels_narrow_the_choice(world: World) -> None:
    await _challenge(world, weekdays="daily", categories="drink")
    world.clock.advance(hours=1)
    assert [posted.card.question_id for posted in await _posted(world)] == ["cocoa"]
    assert (await _posted(world)) == []


async def test_holidays_and_days_off_have_no_round(world: World) -> None:
    await _challenge(world, holidays="XX")
    await admin.change(world.ports, CHANNEL, {"days-off": "2026-03-03"}, "test")
    days = []
    for _ in range(9):
        world.clock.advance(hours=1)
        days += [posted.local_date.day for posted in await _posted(world)]
        world.clock.advance(hours=23)
    assert days == [2, 5, 6, 9, 10]


async def test_a_late_start_catches_up_and_says_what_it_skipped(world: World) -> None:
    await _challenge(world)
    await beat(world.ports, "console")
    world.clock.advance(days=3, hours=5)
    await beat(world.ports, "console")
    missed, posted = await world.outbox()
    assert isinstance(missed, Notice)
    assert missed.text == (
        "I was away and skipped 3 rounds: Mon 2 Mar, Tue 3 Mar and Wed 4 Mar."
        " Nobody's streak is harmed."
    )
    assert isinstance(posted, QuestionPosted)
    assert posted.local_date == date(2026, 3, 5), "four hours late is not too late"


async def test_a_long_absence_is_summed_up(world: World) -> None:
    await _challenge(world)
    world.clock.advance(days=30)
    await beat(world.ports, "console")
    (missed,) = await world.outbox()
    assert isinstance(missed, Notice)
    assert missed.text.startswith("I was away and skipped 22 rounds, the last of them Wed 25 Mar")


async def test_a_round_more_than_six_hours_late_is_skipped(world: World) -> None:
    await _challenge(world)
    world.clock.advance(hours=7, seconds=1)
    await beat(world.ports, "console")
    (missed,) = await world.outbox()
    assert isinstance(missed, Notice)
    assert missed.text == (
        "I was away and skipped the round of Mon 2 Mar. Nobody's streak is harmed."
    )


async def test_closing_shows_everything(world: World) -> None:
    await _challenge(world)
    world.clock.advance(hours=1)
    await beat(world.ports, "console")
    for number, (member, text) in enumerate(((ADA, FULL), (BOB, HALF), (EVE, WRONG))):
        message = incoming(text, member=member, message_id=str(number), sent_at=world.clock.now())
        await answers.receive(world.ports, message)
    await world.store.people.set_quotable(BOB, quotable=False)
    world.clock.advance(hours=9)
    await beat(world.ports, "console")
    closed = (await world.outbox())[-1]
    assert isinstance(closed, RoundClosed)
    assert closed.model_answer == FULL
    assert [(line.weight, line.made_by) for line in closed.rubric] == [
        (2, 2),
        (2, 2),
        (2, 1),
        (2, 1),
    ]
    assert [(best.member, best.text) for best in closed.best] == [(ADA, FULL)]
    assert closed.answers == 3
    assert [(row.rank, row.member.id) for row in closed.board.rows] == [
        (1, "ada"),
        (2, "bob"),
        (3, "eve"),
    ]


async def test_a_closing_post_owed_from_before_a_crash_is_made_once(world: World) -> None:
    await _challenge(world)
    world.clock.advance(hours=1)
    await beat(world.ports, "console")
    await world.store.rounds.close(1, world.clock.now())
    await world.outbox()
    for _ in range(2):
        await beat(world.ports, "console")
    (closed,) = await world.outbox()
    assert isinstance(closed, RoundClosed)
    assert closed.answers == 0


async def test_skip_replaces_the_question_and_its_answers_stop_counting(world: World) -> None:
    await _challenge(world)
    world.clock.advance(hours=1)
    (first,) = await _posted(world)
    await answers.receive(world.ports, incoming(FULL, question_id=first.card.question_id))
    await answers.work_off(world.ports)
    await rounds.skip(world.ports, CHANNEL)
    _receipt, second = await world.outbox()
    assert isinstance(second, QuestionPosted)
    assert second.replaces_earlier
    assert second.card.question_id != first.card.question_id
    late = incoming(FULL, message_id="m2", question_id=first.card.question_id)
    await answers.receive(world.ports, late)
    await answers.work_off(world.ports)
    (sorry,) = await world.outbox()
    assert isinstance(sorry, Notice)
    assert "replaced" in sorry.text
    await rounds.close_now(world.ports, CHANNEL)
    board = await boards.leaderboard(world.ports, CHANNEL, Period.TODAY)
    assert board.rows == ()


async def test_skip_needs_another_question(world: World) -> None:
    await _challenge(world, categories="drink")
    with pytest.raises(UserError, match="No round is open"):
        await rounds.skip(world.ports, CHANNEL)
    world.clock.advance(hours=1)
    await _posted(world)
    with pytest.raises(UserError, match="No other question fits"):
        await rounds.skip(world.ports, CHANNEL)


async def test_posting_by_hand(world: World) -> None:
    await _challenge(world, weekdays="sun")
    await rounds.post_now(world.ports, CHANNEL)
    round_ = await rounds.current_round(world.ports, CHANNEL)
    assert round_ is not None
    assert not round_.scheduled, "Monday is none of its weekdays"
    assert await rounds.posted(world.ports, round_) == (await _posted(world))[0]
    with pytest.raises(UserError, match="posted already"):
        await rounds.post_now(world.ports, CHANNEL)
    await rounds.close_now(world.ports, CHANNEL)
    with pytest.raises(UserError, match="round is over"):
        await rounds.post_now(world.ports, CHANNEL)
    with pytest.raises(UserError, match="nothing to close"):
        await rounds.close_now(world.ports, CHANNEL)


async def test_a_round_without_question_cannot_be_shown_again(world: World) -> None:
    await _challenge(world)
    planned = await world.store.rounds.next_planned(1)
    assert planned is not None
    assert planned.state is State.PLANNED
    assert await rounds.posted(world.ports, planned) is None


async def test_pausing_drops_what_was_planned_and_resuming_starts_afresh(world: World) -> None:
    await _challenge(world)
    await admin.pause(world.ports, CHANNEL, "test", paused=True)
    shown = await admin.show(world.ports, CHANNEL)
    assert (shown.paused, shown.next_round) == (True, None)
    world.clock.advance(days=2, hours=2)
    assert await _posted(world) == []
    with pytest.raises(UserError, match="paused already"):
        await admin.pause(world.ports, CHANNEL, "test", paused=True)
    await admin.pause(world.ports, CHANNEL, "test", paused=False)
    await beat(world.ports, "console")
    assert await world.outbox() == [], "what the pause swallowed is not announced as missed"
    assert (await admin.show(world.ports, CHANNEL)).next_round == datetime(
        2026, 3, 5, 9, 0, tzinfo=UTC
    )
    with pytest.raises(UserError, match="running already"):
        await admin.pause(world.ports, CHANNEL, "test", paused=False)


async def test_removing_closes_the_open_round_and_keeps_the_standings(world: World) -> None:
    await _challenge(world)
    world.clock.advance(hours=1)
    await beat(world.ports, "console")
    shown = await admin.show(world.ports, CHANNEL)
    assert shown.open_until == datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
    await answers.receive(world.ports, incoming(FULL, sent_at=world.clock.now()))
    await answers.work_off(world.ports)
    await world.outbox()
    world.clock.advance(hours=1)
    await admin.remove(world.ports, CHANNEL, "test")
    (closed,) = await world.outbox()
    assert isinstance(closed, RoundClosed)
    with pytest.raises(UserError, match="no challenge yet"):
        await admin.show(world.ports, CHANNEL)
    await _challenge(world)
    board = await boards.leaderboard(world.ports, CHANNEL, Period.ALL)
    assert [row.member for row in board.rows] == [ADA]


async def test_a_channel_has_one_challenge(world: World) -> None:
    await _challenge(world)
    with pytest.raises(UserError, match="has a challenge already"):
        await _challenge(world)


@pytest.mark.parametrize(
    "texts, sentence",
    [
        ({"categories": "drinks"}, "There is no category 'drinks'; there are food, drink."),
        ({"levels": "senior"}, "No question fits these categories and levels"),
    ],
)
async def test_settings_must_leave_a_question(
    world: World, texts: dict[str, str], sentence: str
) -> None:
    with pytest.raises(UserError, match=sentence):
        await _challenge(world, **texts)


async def test_an_emptied_bank_skips_the_round_and_says_so(world: World) -> None:
    await _challenge(world)
    world.clock.advance(hours=1)
    emptied = replace(world.ports, bank=make_bank([]))
    await beat(emptied, "console")
    (sorry,) = await world.outbox()
    assert isinstance(sorry, Notice)
    assert "No question fits" in sorry.text
    assert "Today's round is skipped" in sorry.text


async def test_other_platforms_challenges_are_left_alone(world: World) -> None:
    await _challenge(world)
    world.clock.advance(hours=1)
    await beat(world.ports, "slack")
    assert await world.outbox() == []


async def test_a_question_changed_in_the_bank_is_graded_as_it_was_posted(world: World) -> None:
    await _challenge(world)
    world.clock.advance(hours=1)
    await beat(world.ports, "console")
    await world.outbox()
    emptied = replace(world.ports, bank=make_bank([]))
    await answers.receive(emptied, incoming(FULL, sent_at=world.clock.now() + timedelta(hours=1)))
    await answers.work_off(emptied)
    (receipt,) = await world.outbox()
    assert isinstance(receipt, Receipt)
    assert receipt.score == 100
