"""Answers: what counts, what is refused, and what the receipt tells when."""

from datetime import timedelta

import pytest

from bot.core import admin, answers, boards, quizzes
from bot.core.grading import Flag
from bot.core.intents import Notice, Receipt, Tone
from bot.core.records import EventKind, Incoming, Via
from bot.core.scheduler import beat
from bot.core.standings import Period
from bot.errors import UserError
from tests.conftest import World
from tests.samples import ADA, BOB, CHANNEL, FULL, HALF, MONDAY, WRONG, incoming

TEN = MONDAY + timedelta(hours=2)
CLOSE = MONDAY + timedelta(hours=9)


@pytest.fixture
async def open_round(world: World) -> World:
    """A world with an open round, its post already read."""
    await admin.create(world.ports, CHANNEL, {}, "test")
    world.clock.advance(hours=1)
    await beat(world.ports, "console")
    await world.outbox()
    return world


async def _send(world: World, event: Incoming) -> Receipt | Notice:
    await answers.receive(world.ports, event)
    await answers.work_off(world.ports)
    (reply,) = await world.outbox()
    assert isinstance(reply, Receipt | Notice)
    return reply


async def _close(world: World) -> dict[str, int]:
    """Close the round; the points on today's board by member id."""
    world.clock.instant = CLOSE + timedelta(minutes=1)
    await beat(world.ports, "console")
    await world.outbox()
    board = await boards.leaderboard(world.ports, CHANNEL, Period.TODAY)
    assert await world.store.boards.recount() == []
    return {row.member.id: row.points for row in board.rows}


async def test_an_open_rounds_receipt_tells_how_much_is_missing_but_not_what(
    open_round: World,
) -> None:
    receipt = await _send(open_round, incoming(f"{HALF} {WRONG}"))
    assert isinstance(receipt, Receipt)
    assert [made.quote for made in receipt.made] == ["lemon tastes sour", "melon tastes sweet"]
    assert receipt.missing_points == 2
    assert receipt.missed == ()
    assert [(wrong.quote, wrong.truth) for wrong in receipt.wrong] == [
        ("Sugar comes from the sea", None)
    ]
    assert (receipt.explanation, receipt.follow_up) == (None, None)
    assert receipt.closes_at == CLOSE


async def test_after_the_close_the_own_receipt_shows_everything(open_round: World) -> None:
    await _send(open_round, incoming(f"{HALF} {WRONG}"))
    during = await answers.my_result(open_round.ports, CHANNEL, ADA)
    assert not during.in_full
    await _close(open_round)
    receipt = await answers.my_result(open_round.ports, CHANNEL, ADA)
    assert [missed.says for missed in receipt.missed] == [
        "Salt comes from the sea.",
        "Pepper comes from a plant.",
    ]
    assert receipt.wrong[0].truth == "Sugar is pressed from cane or beet."
    assert receipt.explanation == "Fruit, sea and shrubs."
    with pytest.raises(UserError, match="no answer in this round"):
        await answers.my_result(open_round.ports, CHANNEL, BOB)


async def test_there_is_no_result_before_the_first_round(world: World) -> None:
    await admin.create(world.ports, CHANNEL, {}, "test")
    with pytest.raises(UserError, match="no round here yet"):
        await answers.my_result(world.ports, CHANNEL, ADA)


async def test_the_latest_revision_counts(open_round: World) -> None:
    await _send(open_round, incoming(FULL, message_id="m1"))
    second = await _send(
        open_round, incoming(HALF, message_id="m2", sent_at=TEN + timedelta(minutes=1))
    )
    assert isinstance(second, Receipt)
    assert second.revision == 2
    assert (await _close(open_round))["ada"] == second.score


async def test_an_edit_is_a_revision(open_round: World) -> None:
    await _send(open_round, incoming(HALF))
    edit = incoming(FULL, kind=EventKind.EDIT, version="2", sent_at=TEN + timedelta(minutes=5))
    await _send(open_round, edit)
    assert await _close(open_round) == {"ada": 100}


async def test_an_edit_that_arrives_out_of_order_does_not_win(open_round: World) -> None:
    newer = incoming(FULL, kind=EventKind.EDIT, version="3", sent_at=TEN + timedelta(minutes=9))
    older = incoming(HALF, kind=EventKind.EDIT, version="2", sent_at=TEN + timedelta(minutes=5))
    await _send(open_round, newer)
    await _send(open_round, older)
    assert await _close(open_round) == {"ada": 100}


async def test_an_edit_after_the_close_is_late_and_the_answer_stays(open_round: World) -> None:
    await _send(open_round, incoming(FULL))
    late = incoming("nothing", kind=EventKind.EDIT, version="2", sent_at=CLOSE)
    reply = await _send(open_round, late)
    assert isinstance(reply, Notice)
    assert await _close(open_round) == {"ada": 100}


async def test_an_answer_sent_in_time_but_delivered_late_counts(open_round: World) -> None:
    assert await _close(open_round) == {}
    await answers.receive(open_round.ports, incoming(FULL, sent_at=CLOSE - timedelta(seconds=1)))
    assert await _close(open_round) == {"ada": 100}


async def test_a_deletion_withdraws(open_round: World) -> None:
    await _send(open_round, incoming(FULL))
    gone = incoming("", kind=EventKind.DELETE, sent_at=TEN + timedelta(minutes=1))
    reply = await _send(open_round, gone)
    assert isinstance(reply, Notice)
    assert reply.text == "Your answer is withdrawn."
    assert await _close(open_round) == {}


async def test_deleting_the_later_message_brings_the_earlier_back(open_round: World) -> None:
    await _send(open_round, incoming(FULL, message_id="m1"))
    await _send(open_round, incoming("no", message_id="m2", sent_at=TEN + timedelta(minutes=1)))
    gone = incoming("", message_id="m2", kind=EventKind.DELETE, sent_at=TEN + timedelta(minutes=2))
    await _send(open_round, gone)
    assert await _close(open_round) == {"ada": 100}


async def test_a_late_delivery_does_not_resurrect_a_deleted_answer(open_round: World) -> None:
    gone = incoming("", kind=EventKind.DELETE, sent_at=TEN + timedelta(minutes=1))
    await answers.receive(open_round.ports, gone)
    await answers.receive(open_round.ports, incoming(FULL))
    await answers.work_off(open_round.ports)
    assert await open_round.outbox() == []
    assert await _close(open_round) == {}


async def test_a_deletion_after_the_close_keeps_the_score_and_hides_the_text(
    open_round: World,
) -> None:
    await _send(open_round, incoming(FULL))
    await _close(open_round)
    gone = incoming("", kind=EventKind.DELETE, sent_at=CLOSE + timedelta(hours=1))
    await answers.receive(open_round.ports, gone)
    assert await _close(open_round) == {"ada": 100}
    round_ = await open_round.store.rounds.get(1)
    assert round_ is not None
    (counted,) = await open_round.store.answers.counted(round_)
    assert not counted.quotable


async def test_a_repeated_delivery_counts_once(open_round: World) -> None:
    assert await answers.receive(open_round.ports, incoming(FULL))
    assert not await answers.receive(open_round.ports, incoming(FULL))
    assert await answers.work_off(open_round.ports) == 1


@pytest.mark.parametrize(
    "event, sentence",
    [
        (incoming("  \n "), "That answer is empty; a sentence or two is enough to score."),
        (incoming("?!"), "That answer is empty; a sentence or two is enough to score."),
        (
            incoming("word " * 900),
            "That answer has 4,500 characters and 4,000 is the most; shorten it and send it again.",
        ),
        (
            incoming(FULL, sent_at=CLOSE),
            (
                "This round closed at 17:00 on Mon 2 Mar, so this answer does not count; /quiz has"
                " more to practise."
            ),
        ),
        (
            incoming(FULL, round_id=99),
            "I could not find the question that this answers; answer under today's post.",
        ),
        (
            incoming(FULL, round_id=None, quiz_id=99),
            "I could not find the question that this answers; answer under today's post.",
        ),
    ],
    ids=["blank", "no words", "enormous", "late", "unknown round", "unknown quiz"],
)
async def test_what_cannot_count_gets_one_clear_sentence(
    open_round: World, event: Incoming, sentence: str
) -> None:
    reply = await _send(open_round, event)
    assert reply == Notice(text=sentence, tone=Tone.SORRY)
    assert await _close(open_round) == {}


@pytest.mark.parametrize(
    "mode, via, word",
    [("private", Via.THREAD, "privately"), ("thread", Via.PRIVATE, "in the thread")],
)
async def test_the_answer_mode_is_kept(open_round: World, mode: str, via: Via, word: str) -> None:
    await admin.change(open_round.ports, CHANNEL, {"answers": mode}, "test")
    reply = await _send(open_round, incoming(FULL, via=via))
    assert isinstance(reply, Notice)
    assert word in reply.text


async def test_an_answer_outlives_its_challenge(open_round: World) -> None:
    await answers.receive(open_round.ports, incoming(FULL, sent_at=TEN))
    open_round.clock.instant = TEN + timedelta(minutes=1)
    await admin.remove(open_round.ports, CHANNEL, "test")
    await answers.work_off(open_round.ports)
    _closed, receipt = await open_round.outbox()
    assert isinstance(receipt, Receipt)
    assert (receipt.score, receipt.zone) == (100, "UTC")
    reply = await _send(open_round, incoming(FULL, message_id="m2", sent_at=CLOSE))
    assert isinstance(reply, Notice)


async def test_practice_gives_the_full_receipt_at_once_and_no_points(open_round: World) -> None:
    quiz = await quizzes.start(open_round.ports, ADA, "drink")
    receipt = await _send(open_round, incoming(HALF, round_id=None, quiz_id=quiz.quiz_id))
    assert isinstance(receipt, Receipt)
    assert receipt.practice
    assert len(receipt.missed) == 2
    assert receipt.explanation
    assert receipt.follow_up == "And honey?"
    assert await _close(open_round) == {}
    own = await boards.progress(open_round.ports, CHANNEL, ADA)
    assert (own.rounds, own.quizzes, own.quiz_average) == (0, 1, receipt.score)


async def test_an_empty_practice_answer_is_refused(open_round: World) -> None:
    quiz = await quizzes.start(open_round.ports, ADA, "")
    reply = await _send(open_round, incoming("", round_id=None, quiz_id=quiz.quiz_id))
    assert isinstance(reply, Notice)


async def test_an_answer_in_another_language_is_not_scored_and_not_wrong(
    open_round: World,
) -> None:
    german = "Die Zitrone schmeckt sauer und die Melone ist süß, das Salz kommt aus dem Meer."
    receipt = await _send(open_round, incoming(german))
    assert isinstance(receipt, Receipt)
    assert receipt.score is None
    assert receipt.flags == (Flag.OTHER_LANGUAGE,)
    assert await _close(open_round) == {}
    own = await boards.progress(open_round.ports, CHANNEL, ADA)
    assert (own.rounds, own.streak.current) == (0, 1)


async def test_events_wait_in_order_until_they_are_worked_off(open_round: World) -> None:
    for number in range(3):
        event = incoming(HALF, message_id=str(number), sent_at=TEN + timedelta(minutes=number))
        await answers.receive(open_round.ports, event)
    assert await answers.work_off(open_round.ports) == 3
    revisions = [
        reply.revision for reply in await open_round.outbox() if isinstance(reply, Receipt)
    ]
    assert revisions == [1, 2, 3]
    assert await answers.work_off(open_round.ports) == 0
