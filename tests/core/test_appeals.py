"""Appeals: once per grading, blind, decided by a person, and final."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core import admin, answers, appeals, boards, quizzes
from bot.core.appeals import Ruling
from bot.core.commands import parse_decision, parse_ruling
from bot.core.grading import Judge, Verdict
from bot.core.intents import Appeals, QuestionPosted, Receipt
from bot.core.records import EventKind, Via
from bot.core.scheduler import beat
from bot.core.standings import Period
from bot.errors import UserError
from bot.storage.tables import audit, metadata
from tests.conftest import World
from tests.samples import ADA, BOB, CHANNEL, HALF, MONDAY, WRONG, incoming

ELSEWHERE = CHANNEL.model_copy(update={"id": "other"})


@pytest.fixture
async def receipt(world: World) -> Receipt:
    """Ada's receipt for half an answer, in an open round."""
    await admin.create(world.ports, CHANNEL, {}, "test")
    world.clock.advance(hours=1)
    await beat(world.ports, "console")
    await world.outbox()
    return await _send(world, f"{HALF} {WRONG}")


async def _send(world: World, text: str, message_id: str = "m1") -> Receipt:
    await answers.receive(world.ports, incoming(text, message_id=message_id))
    await answers.work_off(world.ports)
    (reply,) = await world.outbox()
    assert isinstance(reply, Receipt)
    return reply


async def _appeal(world: World, receipt: Receipt, why: str = "") -> int:
    assert receipt.grading_id is not None
    await appeals.appeal(world.ports, ADA, receipt.grading_id, why)
    shown = await appeals.queue(world.ports, CHANNEL)
    return shown.cases[-1].appeal_id


async def _points(world: World) -> dict[str, int]:
    world.clock.instant = MONDAY + timedelta(hours=9, minutes=1)
    await beat(world.ports, "console")
    await world.outbox()
    board = await boards.leaderboard(world.ports, CHANNEL, Period.TODAY)
    assert await world.store.boards.recount() == []
    return {row.member.id: row.points for row in board.rows}


async def test_moderators_see_question_answer_and_evidence_but_no_name(
    world: World, receipt: Receipt
) -> None:
    await _appeal(world, receipt, " I said so. ")
    shown = await appeals.queue(world.ports, CHANNEL)
    (case,) = shown.cases
    assert shown.waiting == 1
    assert (case.answer, case.why, case.score) == (f"{HALF} {WRONG}", "I said so.", receipt.score)
    assert case.card.prompt == "Where do flavours come from?"
    assert [(point.id, point.verdict) for point in case.points] == [
        ("lemon", "met"),
        ("melon", "met"),
        ("salt", "unmet"),
        ("pepper", "unmet"),
    ]
    assert case.points[0].quote == "lemon tastes sour"
    assert [(wrong.id, wrong.quote) for wrong in case.wrong] == [
        ("sugar", "Sugar comes from the sea")
    ]
    assert "ada" not in shown.model_dump_json().lower()


async def test_a_ruling_on_points_scores_by_the_same_arithmetic(
    world: World, receipt: Receipt
) -> None:
    number = await _appeal(world, receipt)
    verdicts = {"salt": Verdict.EXPLAINED, "pepper": Verdict.NAMED, "sugar": Verdict.MISSING}
    ruling = Ruling(reason="Both are there.", verdicts=verdicts)
    await appeals.rule(world.ports, CHANNEL, number, ruling, "mod")
    (reply,) = await world.outbox()
    assert isinstance(reply, Receipt)
    assert [made.judge for made in reply.made] == [Judge.RUBRIC] * 2 + [Judge.MODERATOR] * 2
    assert reply.wrong == ()
    assert reply.score is not None
    assert receipt.score is not None
    assert reply.score > receipt.score
    assert reply.remarks == ("A moderator ruled on this, and that is final: Both are there.",)
    assert reply.grading_id is None
    assert await _points(world) == {"ada": reply.score}


async def test_a_ruling_may_take_a_point_away(world: World, receipt: Receipt) -> None:
    number = await _appeal(world, receipt)
    ruling = Ruling(reason="Not said.", verdicts={"lemon": Verdict.MISSING})
    await appeals.rule(world.ports, CHANNEL, number, ruling, "mod")
    (reply,) = await world.outbox()
    assert isinstance(reply, Receipt)
    assert [made.says for made in reply.made] == ["A melon tastes sweet."]


async def test_a_ruling_on_the_score_after_the_close_moves_the_board(
    world: World, receipt: Receipt
) -> None:
    number = await _appeal(world, receipt)
    assert await _points(world) == {"ada": receipt.score}
    await appeals.rule(world.ports, CHANNEL, number, Ruling(reason="Good.", score=88), "mod")
    assert await _points(world) == {"ada": 88}


async def test_keeping_says_why_and_changes_nothing(world: World, receipt: Receipt) -> None:
    number = await _appeal(world, receipt)
    await appeals.rule(world.ports, CHANNEL, number, Ruling(reason="It is right."), "mod")
    (reply,) = await world.outbox()
    assert isinstance(reply, Receipt)
    assert (reply.score, reply.made) == (receipt.score, receipt.made)


async def test_one_appeal_per_grading_and_a_ruling_is_final(world: World, receipt: Receipt) -> None:
    number = await _appeal(world, receipt)
    assert receipt.grading_id is not None
    with pytest.raises(UserError, match="with the moderators already"):
        await appeals.appeal(world.ports, ADA, receipt.grading_id)
    case = await world.store.appeals.get(number)
    assert case is not None
    await appeals.rule(world.ports, CHANNEL, number, Ruling(reason="No."), "mod")
    with pytest.raises(UserError, match="a ruling is final"):
        await appeals.appeal(world.ports, ADA, receipt.grading_id)
    with pytest.raises(UserError, match=f"No case {number} waits here"):
        await appeals.rule(world.ports, CHANNEL, number, Ruling(reason="Yes."), "mod")
    assert (await appeals.queue(world.ports, CHANNEL)).cases == ()
    mine = await answers.my_result(world.ports, CHANNEL, ADA)
    assert mine.grading_id is None


async def test_of_two_rulings_at_a_time_one_wins(
    world: World, receipt: Receipt, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await _appeal(world, receipt)
    case = await world.store.appeals.get(number)

    async def stale(_number: int) -> object:
        return case

    await appeals.rule(world.ports, CHANNEL, number, Ruling(reason="First."), "mod")
    monkeypatch.setattr(world.store.appeals, "get", stale)
    with pytest.raises(UserError, match="Somebody has ruled on this case already"):
        await appeals.rule(world.ports, CHANNEL, number, Ruling(reason="Second."), "mod")


async def test_nobody_appeals_for_somebody_else(world: World, receipt: Receipt) -> None:
    assert receipt.grading_id is not None
    with pytest.raises(UserError, match="could not find that grading of yours"):
        await appeals.appeal(world.ports, BOB, receipt.grading_id)
    with pytest.raises(UserError, match="could not find that grading of yours"):
        await appeals.appeal(world.ports, ADA, 999)


async def test_a_why_has_a_limit(world: World, receipt: Receipt) -> None:
    assert receipt.grading_id is not None
    with pytest.raises(UserError, match="at most 500 characters"):
        await appeals.appeal(world.ports, ADA, receipt.grading_id, "x" * 501)


async def test_a_case_belongs_to_its_channel(world: World, receipt: Receipt) -> None:
    number = await _appeal(world, receipt)
    await admin.create(world.ports, ELSEWHERE, {}, "test")
    with pytest.raises(UserError, match="waits here"):
        await appeals.rule(world.ports, ELSEWHERE, number, Ruling(reason="Mine."), "mod")
    assert (await appeals.queue(world.ports, ELSEWHERE)).waiting == 0


@pytest.mark.parametrize(
    "verdicts, sentence",
    [
        ({"garlic": Verdict.EXPLAINED}, "no point 'garlic'; it has lemon, melon, salt, pepper, su"),
        ({"sugar": Verdict.EXPLAINED}, "'sugar' is a false claim; sugar=unmet says"),
    ],
)
async def test_a_ruling_names_what_the_rubric_has(
    world: World, receipt: Receipt, verdicts: dict[str, Verdict], sentence: str
) -> None:
    number = await _appeal(world, receipt)
    ruling = Ruling(reason="x", verdicts=verdicts)
    with pytest.raises(UserError, match=sentence):
        await appeals.rule(world.ports, CHANNEL, number, ruling, "mod")
    assert (await appeals.queue(world.ports, CHANNEL)).waiting == 1


async def test_practice_can_be_appealed_too(world: World, receipt: Receipt) -> None:
    quiz = await quizzes.start(world.ports, ADA, "")
    await answers.receive(
        world.ports, incoming(HALF, round_id=None, quiz_id=quiz.quiz_id, message_id="q")
    )
    await answers.work_off(world.ports)
    (practice,) = await world.outbox()
    assert isinstance(practice, Receipt)
    number = await _appeal(world, practice)
    await appeals.rule(world.ports, CHANNEL, number, Ruling(reason="Fine.", score=70), "mod")
    (reply,) = await world.outbox()
    assert isinstance(reply, Receipt)
    assert (reply.practice, reply.score) == (True, 70)
    assert receipt.practice is False


async def test_practice_where_nobody_moderates_cannot_be_appealed(world: World) -> None:
    quiz = await quizzes.start(world.ports, ADA, "")
    about_quiz = incoming(HALF, round_id=None, quiz_id=quiz.quiz_id)
    await answers.receive(world.ports, about_quiz)
    await answers.work_off(world.ports)
    (practice,) = await world.outbox()
    assert isinstance(practice, Receipt)
    assert practice.grading_id is None


async def test_new_cases_are_posted_where_moderators_want_them(
    world: World, receipt: Receipt
) -> None:
    await _appeal(world, receipt)
    await beat(world.ports, "console")
    assert await world.outbox() == []
    await admin.change(world.ports, CHANNEL, {"appeals": "mods"}, "test")
    await beat(world.ports, "console")
    await beat(world.ports, "console")
    (delivery,) = await world.store.messages.claim("console", 60, 10)
    assert delivery.outgoing.channel.id == "mods"
    assert delivery.outgoing.member is None
    assert isinstance(delivery.outgoing.intent, Appeals)
    assert len(delivery.outgoing.intent.cases) == 1


async def test_the_other_settings_of_the_queue_are_read(world: World, receipt: Receipt) -> None:
    assert receipt.grading_id is not None
    await admin.change(world.ports, CHANNEL, {"appeals": "none", "grader": "LLM"}, "test")
    shown = await admin.show(world.ports, CHANNEL)
    assert (shown.settings["appeals"], shown.settings["grader"]) == ("none", "llm")
    with pytest.raises(UserError, match="grader"):
        await admin.change(world.ports, CHANNEL, {"grader": "oracle"}, "test")


async def test_forgetting_removes_appeals_and_what_moderators_were_told(
    world: World, receipt: Receipt
) -> None:
    await admin.change(world.ports, CHANNEL, {"appeals": "mods"}, "test")
    await _appeal(world, receipt, "My secret reason.")
    await beat(world.ports, "console")
    assert await world.store.people.forget(ADA)
    assert (await appeals.queue(world.ports, CHANNEL)).cases == ()
    assert await world.database.integrity() == []
    left = await world.database.run(_everything, write=False)
    assert "secret reason" not in left
    assert HALF not in left
    assert "'ada'" not in left


async def _everything(connection: AsyncConnection) -> str:
    rows = [
        str(row)
        for table in metadata.sorted_tables
        if table.name != "questions"
        for row in await connection.execute(sa.select(table))
    ]
    return "\n".join(rows)


async def test_who_deletes_the_answer_takes_the_appeal_back(world: World, receipt: Receipt) -> None:
    number = await _appeal(world, receipt)
    gone = incoming("", kind=EventKind.DELETE, sent_at=MONDAY + timedelta(hours=3))
    await answers.receive(world.ports, gone)
    await answers.work_off(world.ports)
    assert (await appeals.queue(world.ports, CHANNEL)).waiting == 0
    with pytest.raises(UserError, match="waits here"):
        await appeals.rule(world.ports, CHANNEL, number, Ruling(reason="x"), "mod")


async def test_who_changes_the_answer_takes_the_appeal_back(world: World, receipt: Receipt) -> None:
    number = await _appeal(world, receipt)
    later = MONDAY + timedelta(hours=3)
    edit = incoming(HALF, kind=EventKind.EDIT, version="2", sent_at=later)
    await answers.receive(world.ports, edit)
    await answers.work_off(world.ports)
    (fresh,) = await world.outbox()
    assert isinstance(fresh, Receipt)
    assert (await appeals.queue(world.ports, CHANNEL)).waiting == 0
    with pytest.raises(UserError, match=f"No case {number} waits here"):
        await appeals.waiting_case(world.ports, CHANNEL, number)
    assert receipt.grading_id is not None
    with pytest.raises(UserError, match="appeal by its newest receipt"):
        await appeals.appeal(world.ports, ADA, receipt.grading_id)
    again = await _appeal(world, fresh)
    case = await appeals.waiting_case(world.ports, CHANNEL, again)
    assert case.answer == HALF


@pytest.mark.parametrize("via", Via)
async def test_the_ruling_goes_where_the_first_receipt_went(world: World, via: Via) -> None:
    await admin.create(world.ports, CHANNEL, {}, "test")
    world.clock.advance(hours=1)
    await beat(world.ports, "console")
    (post,) = await world.store.messages.claim("console", 60, 10)
    await world.store.messages.sent(post.id, "thread-1")
    assert isinstance(post.outgoing.intent, QuestionPosted)
    asked = post.outgoing.intent.card.question_id
    await answers.receive(world.ports, incoming(HALF, via=via, question_id=asked))
    await answers.work_off(world.ports)
    (first,) = await world.store.messages.claim("console", 60, 10)
    assert isinstance(first.outgoing.intent, Receipt)
    number = await _appeal(world, first.outgoing.intent)
    await appeals.rule(world.ports, CHANNEL, number, Ruling(reason="Good."), "mod")
    (second,) = await world.store.messages.claim("console", 60, 10)
    assert second.thread == first.thread == ("thread-1" if via is Via.THREAD else None)
    assert second.outgoing.member == first.outgoing.member == ADA
    assert second.outgoing.about == first.outgoing.about


async def test_rulings_are_audited_with_their_reason(world: World, receipt: Receipt) -> None:
    number = await _appeal(world, receipt)
    await appeals.rule(world.ports, CHANNEL, number, Ruling(reason="Good.", score=88), "mod")
    lines = await world.database.run(_audit, write=False)
    assert lines[-2:] == [
        ("member", "appeal", {"case": number}),
        ("mod", "rule", {"case": number, "from": receipt.score, "to": 88, "reason": "Good."}),
    ]


async def _audit(connection: AsyncConnection) -> list[tuple[str, str, object]]:
    rows = await connection.execute(sa.select(audit).order_by(audit.c.id))
    return [(row.actor, row.action, row.detail) for row in rows]


@pytest.mark.parametrize(
    "text, number, ruling",
    [
        ("3 score=80 Well said.", 3, Ruling(reason="Well said.", score=80)),
        ("3 keep It is right.", 3, Ruling(reason="It is right.")),
        (
            " 7 Salt=MET pepper=partial a = b is said",
            7,
            Ruling(
                reason="a = b is said",
                verdicts={"salt": Verdict.EXPLAINED, "pepper": Verdict.NAMED},
            ),
        ),
    ],
)
def test_rulings_are_read(text: str, number: int, ruling: Ruling) -> None:
    assert parse_ruling(text) == (number, ruling)


@pytest.mark.parametrize(
    "text, sentence",
    [
        ("", "Write a ruling as NUMBER"),
        ("three keep x", "Write a ruling as NUMBER"),
        ("99999999999 keep x", "Write a ruling as NUMBER"),
        ("3 because", "Write a ruling as NUMBER"),
        ("3 keep", "Say why"),
        ("3 score=80", "Write a ruling as NUMBER|Say why"),
        ("3 score=80 salt=met x", "not on both"),
        ("3 salt=great x", "no verdict 'great'; there are met, partial, unmet"),
        ("3 score=101 x", "from 0 to 100"),
        ("3 score=many x", "from 0 to 100"),
        (f"3 keep {'x' * 501}", "at most 500"),
    ],
)
def test_what_is_no_ruling_is_explained(text: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        parse_ruling(text)


@pytest.mark.parametrize(
    "decision, ruling",
    [
        (" Keep ", Ruling(reason="salt=met is not there.")),
        ("score=80", Ruling(reason="salt=met is not there.", score=80)),
        (
            "lemon=met, salt=partial",
            Ruling(
                reason="salt=met is not there.",
                verdicts={"lemon": Verdict.EXPLAINED, "salt": Verdict.NAMED},
            ),
        ),
    ],
)
def test_a_decision_and_its_reason_may_come_apart(decision: str, ruling: Ruling) -> None:
    assert parse_decision(decision, " salt=met is not there. ") == ruling


@pytest.mark.parametrize("decision", ["", "80", "keep it", "lemon=met because", "maybe"])
def test_what_is_no_decision_is_explained(decision: str) -> None:
    with pytest.raises(UserError, match="Write keep, or score="):
        parse_decision(decision, "Because.")
