"""The store's contract: what is kept, counted, claimed and forgotten."""

from datetime import date, timedelta

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core import admin, answers, boards, quizzes, rounds
from bot.core.intents import Notice, Outgoing, RoundClosed
from bot.core.people import Member
from bot.core.records import EventKind, Via
from bot.core.scheduler import beat
from bot.core.standings import Period
from bot.storage.tables import audit, metadata, standings
from tests.conftest import World
from tests.samples import ADA, BOB, CHANNEL, EVE, FULL, HALF, MONDAY, WRONG, incoming


def _notice(marker: str) -> Outgoing:
    return Outgoing(marker=marker, channel=CHANNEL, intent=Notice(text=marker))


async def _day(world: World, texts: dict[Member, str]) -> None:
    await rounds.post_now(world.ports, CHANNEL)
    round_ = await rounds.current_round(world.ports, CHANNEL)
    assert round_ is not None
    for member, text in texts.items():
        event = incoming(
            text,
            member=member,
            round_id=round_.id,
            message_id=f"{round_.id}/{member.id}",
            sent_at=world.clock.now(),
        )
        await answers.receive(world.ports, event)
    await answers.work_off(world.ports)
    world.clock.advance(hours=1)
    await rounds.close_now(world.ports, CHANNEL)


async def test_a_marker_is_queued_once(world: World) -> None:
    await world.store.messages.queue(_notice("a"))
    await world.store.messages.queue(_notice("a"))
    assert len(await world.outbox()) == 1


async def test_a_post_leads_to_its_round_and_question(world: World) -> None:
    await admin.create(world.ports, CHANNEL, {}, "test")
    assert await world.store.rounds.open_threads("console") == []
    await rounds.post_now(world.ports, CHANNEL)
    await rounds.skip(world.ports, CHANNEL)
    deliveries = await world.store.messages.claim("console", 60, 10)
    for delivery in deliveries:
        await world.store.messages.sent(delivery.id, f"ref-{delivery.id}")
    threads = await world.store.rounds.open_threads("console")
    assert [thread.reference for thread in threads] == [f"ref-{each.id}" for each in deliveries]
    assert len({thread.question_id for thread in threads}) == 2
    assert await world.store.rounds.thread(CHANNEL, threads[0].reference) == threads[0]
    elsewhere = CHANNEL.model_copy(update={"id": "random"})
    assert await world.store.rounds.thread(elsewhere, threads[0].reference) is None
    assert await world.store.rounds.thread(CHANNEL, "unknown") is None
    await rounds.close_now(world.ports, CHANNEL)
    assert await world.store.rounds.open_threads("console") == []


async def test_a_claimed_message_is_nobody_elses_until_the_lease_ends(world: World) -> None:
    for marker in "abc":
        await world.store.messages.queue(_notice(marker))
    first = await world.store.messages.claim("console", 60, 2)
    second = await world.store.messages.claim("console", -1, 10)
    assert [claim.outgoing.marker for claim in first] == ["a", "b"]
    assert [claim.outgoing.marker for claim in second] == ["c"]
    third = await world.store.messages.claim("console", 60, 10)
    assert [(claim.outgoing.marker, claim.attempts) for claim in third] == [("c", 2)]
    await world.store.messages.sent(first[0].id, "ref")
    assert await world.store.messages.claim("slack", 60, 10) == []


async def test_a_message_in_a_thread_knows_the_reference_of_its_parent(world: World) -> None:
    await world.store.messages.queue(_notice("parent"))
    (parent,) = await world.store.messages.claim("console", 60, 10)
    await world.store.messages.sent(parent.id, "1234.5")
    child = _notice("child").model_copy(update={"in_thread_of": "parent"})
    await world.store.messages.queue(child)
    (claimed,) = await world.store.messages.claim("console", 60, 10)
    assert claimed.thread == "1234.5"


async def test_changes_of_a_challenge_are_audited(world: World) -> None:
    await admin.create(world.ports, CHANNEL, {}, "ada")
    await admin.change(world.ports, CHANNEL, {"time": "10:00"}, "bob")
    await admin.remove(world.ports, CHANNEL, "eve")

    async def read(connection: AsyncConnection) -> list[tuple[str, str]]:
        rows = await connection.execute(sa.select(audit).order_by(audit.c.id))
        return [(row.actor, row.action) for row in rows]

    assert await world.database.run(read, write=False) == [
        ("ada", "create"),
        ("bob", "change"),
        ("eve", "remove"),
    ]


async def test_the_recount_notices_a_tampered_standing(world: World) -> None:
    await admin.create(world.ports, CHANNEL, {}, "test")
    await _day(world, {ADA: FULL})
    assert await world.store.boards.recount() == []

    async def tamper(connection: AsyncConnection) -> None:
        await connection.execute(
            sa.update(standings).where(standings.c.period == "week").values(points=7)
        )
        await connection.execute(sa.delete(standings).where(standings.c.period == "all"))

    await world.database.run(tamper, write=True)
    assert await world.store.boards.recount() == [
        (
            "Ada, all from 0001-01-01: the standing has nothing, the gradings give 100 points in"
            " 1 rounds"
        ),
        (
            "Ada, week from 2026-03-02: the standing has 7 points in 1 rounds, the gradings give"
            " 100 points in 1 rounds"
        ),
    ]


async def test_forgetting_removes_a_members_text_and_scores_everywhere(world: World) -> None:
    await admin.create(world.ports, CHANNEL, {}, "test")
    secret = f"{FULL} My locker is 4711."
    await _day(world, {ADA: secret, BOB: FULL})
    quiz = await quizzes.start(world.ports, ADA, "")
    practice = incoming(secret, round_id=None, quiz_id=quiz.quiz_id, message_id="q")
    await answers.receive(world.ports, practice)
    await answers.work_off(world.ports)
    assert await world.store.people.forget(ADA)
    assert not await world.store.people.forget(ADA)

    async def everything(connection: AsyncConnection) -> str:
        rows = [
            str(row)
            for table in metadata.sorted_tables
            for row in await connection.execute(sa.select(table))
        ]
        return "\n".join(rows)

    left = await world.database.run(everything, write=False)
    assert "4711" not in left
    assert "'ada'" not in left
    assert "Ada" not in left
    assert await world.store.boards.recount() == []
    assert await world.database.integrity() == []
    closed = next(each for each in await world.outbox() if isinstance(each, RoundClosed))
    assert [best.member for best in closed.best] == [BOB]
    assert [row.member for row in closed.board.rows] == [BOB]


async def test_live_messages_are_those_not_withdrawn(world: World) -> None:
    await admin.create(world.ports, CHANNEL, {}, "test")
    await rounds.post_now(world.ports, CHANNEL)
    for number in range(2):
        await answers.receive(world.ports, incoming(FULL, message_id=str(number)))
    await answers.receive(world.ports, incoming("", message_id="0", kind=EventKind.DELETE))
    await answers.work_off(world.ports)
    assert await world.store.answers.live_messages(1, ADA) == ["1"]


async def test_nobody_withdraws_for_somebody_else(world: World) -> None:
    await admin.create(world.ports, CHANNEL, {}, "test")
    await rounds.post_now(world.ports, CHANNEL)
    await answers.receive(world.ports, incoming(FULL, message_id="x", member=BOB))
    await answers.work_off(world.ports)
    forged = incoming("", message_id="x", kind=EventKind.DELETE, member=EVE)
    await answers.receive(world.ports, forged)
    await answers.work_off(world.ports)
    assert await world.store.answers.live_messages(1, BOB) == ["x"]


async def test_the_latest_instant_is_that_of_rounds_and_answers(world: World) -> None:
    await admin.create(world.ports, CHANNEL, {}, "test")
    assert await world.store.rounds.latest_instant(CHANNEL) is None
    await _day(world, {ADA: FULL})
    assert await world.store.rounds.latest_instant(CHANNEL) == MONDAY + timedelta(hours=1)


EVENTS = st.lists(
    st.tuples(
        st.sampled_from([ADA, BOB, EVE]),
        st.sampled_from(["answer", "delete", "close", "late"]),
        st.sampled_from([FULL, HALF, WRONG]),
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(events=EVENTS)
async def test_a_recount_equals_the_rollups_whatever_happened(
    world: World, events: list[tuple[Member, str, str]]
) -> None:
    """Answers, deletions, closings and late deliveries in any order."""
    if await world.store.challenges.of(CHANNEL) is None:
        await admin.create(world.ports, CHANNEL, {"weekdays": "daily"}, "test")
    world.clock.advance(hours=1)
    await beat(world.ports, "console")
    for number, (member, what, text) in enumerate(events):
        await _happen(world, member, what, text, f"{world.clock.now():%s}-{number}")
        world.clock.advance(hours=3)
        await beat(world.ports, "console")
        assert await world.store.boards.recount() == []
    board = await boards.leaderboard(world.ports, CHANNEL, Period.ALL)
    assert [row.rank for row in board.rows] == sorted(row.rank for row in board.rows)


async def _happen(world: World, member: Member, what: str, text: str, message_id: str) -> None:
    round_ = await rounds.current_round(world.ports, CHANNEL)
    if what == "close":
        if round_ is not None:
            await rounds.close_now(world.ports, CHANNEL)
        return
    latest = await world.store.rounds.latest(CHANNEL)
    if latest is None:
        return
    if what == "delete":
        for live in await world.store.answers.live_messages(latest.id, member):
            gone = incoming(
                "",
                member=member,
                message_id=live,
                kind=EventKind.DELETE,
                sent_at=world.clock.now(),
                round_id=latest.id,
            )
            await answers.receive(world.ports, gone)
        return
    sent_at = world.clock.now()
    if what == "late" and latest.closes_at is not None:
        sent_at = latest.closes_at - timedelta(seconds=1)
    event = incoming(
        text, member=member, message_id=message_id, sent_at=sent_at, round_id=latest.id
    )
    await answers.receive(world.ports, event)


async def test_dates_before_common_calendars_survive(world: World) -> None:
    await admin.create(world.ports, CHANNEL, {}, "test")
    await _day(world, {ADA: FULL})
    tallies, members = await world.store.boards.top(CHANNEL, Period.ALL, date.min, 10)
    assert (len(tallies), members) == (1, 1)


async def test_what_first_arrived_about_a_message_is_known(world: World) -> None:
    await answers.receive(world.ports, incoming("first", message_id="7"))
    edit = incoming("second", message_id="7", kind=EventKind.EDIT, version="2")
    await answers.receive(world.ports, edit)
    found = await world.store.answers.received(CHANNEL, "7")
    assert found is not None
    assert found.text == "first"
    assert await world.store.answers.received(CHANNEL, "8") is None


async def test_threads_of_rounds_that_closed_lately_are_found(world: World) -> None:
    await admin.create(world.ports, CHANNEL, {}, "test")
    await rounds.post_now(world.ports, CHANNEL)
    await world.outbox()
    await rounds.close_now(world.ports, CHANNEL)
    assert await world.store.rounds.open_threads("console") == []
    closed = world.clock.now()
    (found,) = await world.store.rounds.open_threads("console", closed)
    assert found.round.id == 1
    assert await world.store.rounds.open_threads("console", closed + timedelta(hours=1)) == []


async def test_members_are_quotable_until_they_say_otherwise(world: World) -> None:
    assert await world.store.people.quotable(ADA)
    await world.store.people.set_quotable(ADA, quotable=False)
    assert not await world.store.people.quotable(ADA)
    assert await world.store.people.quotable(BOB)


async def test_what_stands_in_a_questions_thread(world: World) -> None:
    """Not what was withdrawn, nor what came privately."""
    await admin.create(world.ports, CHANNEL, {}, "ada")
    await rounds.post_now(world.ports, CHANNEL)
    round_ = await rounds.current_round(world.ports, CHANNEL)
    assert round_ is not None
    question_id = str(round_.question_id)
    at = {"round_id": round_.id, "question_id": question_id}
    for event in (
        incoming(HALF, message_id="1"),
        incoming(FULL, message_id="1", kind=EventKind.EDIT, version="2"),
        incoming(FULL, message_id="3", member=BOB),
        incoming("", message_id="3", member=BOB, kind=EventKind.DELETE),
        incoming(FULL, message_id="4", member=EVE, via=Via.PRIVATE),
    ):
        await answers.receive(world.ports, event.model_copy(update=at))
        await answers.work_off(world.ports)
    found = await world.store.answers.in_thread(round_.id)
    assert [(each.member.id, each.message_id) for each in found] == [("ada", "1")]


async def test_a_reply_in_the_thread_hangs_under_the_question(world: World) -> None:
    await admin.create(world.ports, CHANNEL, {}, "ada")
    await rounds.post_now(world.ports, CHANNEL)
    await world.outbox()
    round_ = await rounds.current_round(world.ports, CHANNEL)
    assert round_ is not None
    at = {"round_id": round_.id, "question_id": round_.question_id}
    for event in (incoming(HALF), incoming(HALF, message_id="m2", via=Via.PRIVATE)):
        await answers.receive(world.ports, event.model_copy(update=at))
    await answers.work_off(world.ports)
    claimed = await world.store.messages.claim("console", 60, 10)
    assert [(each.outgoing.about, bool(each.thread)) for each in claimed] == [
        ("m1", True),
        ("m2", False),
    ]
