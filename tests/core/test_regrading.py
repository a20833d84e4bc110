"""Regrades: what counts, by today's rubrics, all at once or not at all."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.core import admin, answers, appeals, boards, refining
from bot.core.appeals import Ruling
from bot.core.grading import Mode
from bot.core.intents import Receipt
from bot.core.ports import Ports
from bot.core.questions import Question
from bot.core.regrading import regrade
from bot.core.scheduler import beat
from bot.core.standings import Period
from bot.errors import NoReplyError
from tests.conftest import World
from tests.core.dummies import DummyRefiner
from tests.core.test_refining import OPEN, QUOTE
from tests.samples import ADA, BOB, CHANNEL, FULL, HALF, MONDAY, incoming, make_bank


def _easier(question: Question) -> Question:
    """The question with a rubric that HALF satisfies, and other ids."""
    body = question.model_dump(mode="json")
    taste = {"id": "taste", "says": "They taste.", "hint": "How?", "accept": ["lemon + taste"]}
    body["rubric"]["concepts"] = [*body["rubric"]["concepts"][:2], taste]
    return Question.model_validate(body)


@pytest.fixture
async def closed(world: World) -> World:
    """A closed round: Ada has everything, Bob half of it."""
    await admin.create(world.ports, CHANNEL, {}, "test")
    world.clock.advance(hours=1)
    await beat(world.ports, "console")
    await answers.receive(world.ports, incoming(FULL, member=ADA, message_id="a"))
    await answers.receive(world.ports, incoming(HALF, member=BOB, message_id="b"))
    await _close(world)
    return world


async def _close(world: World) -> None:
    world.clock.instant = MONDAY + timedelta(hours=9, minutes=1)
    await beat(world.ports, "console")
    await world.outbox()


def _edited(world: World) -> Ports:
    questions = [_easier(question) for question in world.ports.bank.select()]
    return replace(world.ports, bank=make_bank(questions))


async def _points(world: World) -> dict[str, int]:
    board = await boards.leaderboard(world.ports, CHANNEL, Period.SEASON)
    assert await world.store.boards.recount() == []
    return {row.member.id: row.points for row in board.rows}


async def test_without_a_change_a_regrade_changes_nothing(closed: World) -> None:
    outcome = await regrade(closed.ports)
    assert (outcome.answers, outcome.changes, outcome.ranks) == (2, (), ())


async def test_a_dry_run_shows_members_and_ranks_and_changes_nothing(closed: World) -> None:
    before = await _points(closed)
    outcome = await regrade(_edited(closed), dry_run=True)
    (change,) = outcome.changes
    assert (change.before.member, change.grading.score) == (BOB, 100)
    places = {(row.member.id, row.period): (row.before, row.after) for row in outcome.ranks}
    former, now = places["bob", Period.SEASON]
    assert former is not None
    assert now is not None
    assert (former.rank, now.rank) == (2, 1)
    assert await _points(closed) == before


async def test_a_regrade_moves_the_board_in_one_go(closed: World) -> None:
    told: list[tuple[int, int]] = []
    await regrade(_edited(closed), progress=lambda done, total: told.append((done, total)))
    assert told == [(2, 2)]
    assert await _points(closed) == {"ada": 100, "bob": 100}
    mine = await answers.my_result(closed.ports, CHANNEL, BOB)
    assert "They taste." in [made.says for made in mine.made], "told by the new rubric"
    again = await regrade(_edited(closed))
    assert again.changes == ()


async def test_it_can_be_narrowed(closed: World) -> None:
    ports = _edited(closed)
    assert (await regrade(ports, question_id="no-such-question")).answers == 0
    assert (await regrade(ports, since=date(2026, 3, 3))).answers == 0
    assert (await regrade(ports, since=date(2026, 3, 2), dry_run=True)).answers == 2


async def test_a_question_that_is_gone_keeps_its_text(closed: World) -> None:
    outcome = await regrade(replace(closed.ports, bank=make_bank([])))
    assert (outcome.answers, outcome.changes) == (2, ())


async def test_rulings_stay(closed: World) -> None:
    receipt = await answers.my_result(closed.ports, CHANNEL, BOB)
    assert receipt.grading_id is not None
    await appeals.appeal(closed.ports, BOB, receipt.grading_id)
    await appeals.rule(closed.ports, CHANNEL, 1, Ruling(reason="Meh.", score=33), "mod")
    outcome = await regrade(_edited(closed))
    assert (outcome.answers, outcome.rulings) == (1, 1)
    assert await _points(closed) == {"ada": 100, "bob": 33}


async def test_what_the_model_had_a_say_in_is_asked_again_or_left(world: World) -> None:
    refiner = DummyRefiner(QUOTE)
    ports = replace(world.ports, refiner=refiner)
    await admin.create(ports, CHANNEL, {"grader": Mode.ASSIST.value}, "test")
    world.clock.advance(hours=1)
    await beat(ports, "console")
    await answers.receive(ports, incoming(OPEN))
    await answers.work_off(ports)
    await refining.work_off(ports)
    await _close(world)
    before = await _points(world)
    same = await regrade(ports)
    assert (same.answers, same.changes, len(refiner.asked)) == (1, (), 1)
    assert (await regrade(world.ports)).unasked == 1, "no model is configured"
    refiner.error = NoReplyError("away")
    reworded = make_bank([_reworded(question) for question in world.ports.bank.select()])
    away = await regrade(replace(ports, bank=reworded))
    assert (away.answers, away.unasked) == (0, 1), "the model is away"
    assert await _points(world) == before
    refiner.error = None
    assert (await regrade(replace(ports, bank=reworded))).answers == 1
    assert len(refiner.asked) == 3
    assert await _points(world) == before


def _reworded(question: Question) -> Question:
    """The question in another version, with the same rubric."""
    return Question.model_validate({**question.model_dump(), "follow_up": "And vinegar?"})


async def test_stats_show_what_stands_out(closed: World) -> None:
    receipt = await answers.my_result(closed.ports, CHANNEL, BOB)
    assert isinstance(receipt, Receipt)
    assert receipt.grading_id is not None
    await appeals.appeal(closed.ports, BOB, receipt.grading_id)
    (waiting,) = await closed.store.regrades.stats()
    assert (waiting.answers, waiting.appeals, waiting.rulings, waiting.overturned) == (2, 1, 0, 0)
    assert waiting.met == {"lemon": 1.0, "melon": 1.0, "salt": 0.5, "pepper": 0.5}
    await appeals.rule(closed.ports, CHANNEL, 1, Ruling(reason="More.", score=90), "mod")
    (ruled,) = await closed.store.regrades.stats()
    assert (ruled.mean, ruled.rulings, ruled.overturned) == (95.0, 1, 1)
