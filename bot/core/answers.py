"""Answers: stored the moment they arrive, graded from the inbox, answered with a receipt."""

from datetime import datetime
from typing import Final

from bot.core.boards import challenge_of
from bot.core.challenges import AnswerMode, Challenge
from bot.core.grading import MAX_ANSWER, Grading, Mode
from bot.core.intents import Notice, Outgoing, Receipt, Tone
from bot.core.people import Channel, Member
from bot.core.ports import Ports
from bot.core.questions import Question
from bot.core.receipts import receipt
from bot.core.records import EventKind, Incoming, Pending, Quiz, Round, State, Via
from bot.core.rounds import thread_marker
from bot.errors import UserError

_REPLACED: Final = "That question was replaced meanwhile; answer the new one to score."
_GONE: Final = "I could not find the question that this answers; answer under today's post."


async def receive(ports: Ports, incoming: Incoming) -> bool:
    """Store an event; once this returns nothing is lost. False for a repeated delivery."""
    return await ports.store.answers.receive(incoming)


async def work_off(ports: Ports) -> int:
    """Handle every stored event that waits, and return how many there were."""
    pending = await ports.store.answers.pending()
    for event in pending:
        await _handle(ports, event)
    return len(pending)


async def _handle(ports: Ports, pending: Pending) -> None:
    incoming = pending.incoming
    if incoming.kind is EventKind.DELETE:
        text = "Your answer is withdrawn."
        await ports.store.answers.withdraw(pending, _reply(pending, Notice(text=text)))
    elif incoming.quiz_id is not None:
        await _practise(ports, pending, await ports.store.quizzes.get(incoming.quiz_id))
    else:
        round_ = await ports.store.rounds.get(incoming.round_id or 0)
        await _compete(ports, pending, round_)


async def _practise(ports: Ports, pending: Pending, quiz: Quiz | None) -> None:
    problem = _GONE if quiz is None else _unfit(pending.incoming.text)
    if quiz is None or problem:
        await _refuse(ports, pending, problem or _GONE)
        return
    question = await ports.store.rounds.question(quiz.question_id, quiz.question_version)
    challenge = await ports.store.challenges.of(pending.incoming.channel)
    await _grade(ports, pending, question, None, challenge)


async def _compete(ports: Ports, pending: Pending, round_: Round | None) -> None:
    if round_ is None or round_.question_id is None or round_.closes_at is None:
        await _refuse(ports, pending, _GONE)
        return
    challenge = await ports.store.challenges.of(round_.channel)
    problem = _out_of_turn(pending.incoming, round_, challenge) or _unfit(pending.incoming.text)
    if problem:
        await _refuse(ports, pending, problem)
        return
    version = str(round_.question_version)
    question = await ports.store.rounds.question(round_.question_id, version)
    await _grade(ports, pending, question, round_, challenge)


def _out_of_turn(incoming: Incoming, round_: Round, challenge: Challenge | None) -> str | None:
    """Why an answer cannot count in this round, if so."""
    if incoming.question_id not in {None, round_.question_id}:
        return _REPLACED
    if round_.closes_at is not None and incoming.sent_at >= round_.closes_at:
        return _late(round_.closes_at, challenge)
    mode = challenge.settings.answers if challenge else AnswerMode.BOTH
    if mode is AnswerMode.PRIVATE and incoming.via is Via.THREAD:
        return "This challenge takes answers privately; use the Answer button."
    if mode is AnswerMode.THREAD and incoming.via is Via.PRIVATE:
        return "This challenge takes answers in the thread; post yours there."
    return None


def _late(closed_at: datetime, challenge: Challenge | None) -> str:
    zone = challenge.settings.tz if challenge else None
    local = closed_at.astimezone(zone)
    return (
        f"This round closed at {local:%H:%M} on {local:%a} {local.day} {local:%b}, so this"
        " answer does not count; /quiz has more to practise."
    )


def _unfit(text: str) -> str | None:
    """Why a text cannot be graded at all, if so."""
    if not any(char.isalnum() for char in text):
        return "That answer is empty; a sentence or two is enough to score."
    if len(text) > MAX_ANSWER:
        return (
            f"That answer has {len(text):,} characters and {MAX_ANSWER:,} is the most;"
            " shorten it and send it again."
        )
    return None


async def _refuse(ports: Ports, pending: Pending, sentence: str) -> None:
    notice = Notice(text=sentence, tone=Tone.SORRY)
    await ports.store.answers.refuse(pending.id, _reply(pending, notice))


async def _grade(
    ports: Ports,
    pending: Pending,
    question: Question,
    round_: Round | None,
    challenge: Challenge | None,
) -> None:
    text = pending.incoming.text
    grading = await ports.grader.grade(question, text)
    refine = _second_look(ports, question, text, grading, challenge)
    open_round = round_ if round_ is not None and round_.state is State.OPEN else None

    def reply(revision: int, grading_id: int) -> Outgoing:
        return _reply(
            pending,
            receipt(
                question,
                grading,
                revision=revision,
                round_id=round_.id if round_ else None,
                closes_at=open_round.closes_at if open_round else None,
                zone=challenge.settings.zone if challenge else "UTC",
                # Where there is no challenge, there are no moderators.
                grading_id=grading_id if challenge else None,
                second_look=refine is not None,
            ),
        )

    await ports.store.answers.record(pending, question.id, grading, reply, refine)


def _second_look(
    ports: Ports, question: Question, text: str, grading: Grading, challenge: Challenge | None
) -> Mode | None:
    """The mode to ask a model in, where there is one and something is open."""
    mode = challenge.settings.grader if challenge else Mode.ASSIST
    if ports.refiner is None or ports.refiner.plan(question, text, grading, mode) is None:
        return None
    return mode


def _reply(pending: Pending, intent: Notice | Receipt) -> Outgoing:
    """A private reply, in the thread if that is where the member spoke."""
    incoming = pending.incoming
    return Outgoing(
        marker=f"reply:{pending.id}",
        channel=incoming.channel,
        member=incoming.member,
        in_thread_of=thread_marker(incoming),
        about=incoming.message_id,
        intent=intent,
    )


async def my_result(
    ports: Ports, channel: Channel, member: Member, round_id: int | None = None
) -> Receipt:
    """The receipt of a member's counted answer in a round, or in the channel's latest one.

    Raises:
        UserError: there is no such answer.
    """
    challenge = await challenge_of(ports, channel)
    rounds = ports.store.rounds
    round_ = await (rounds.latest(channel) if round_id is None else rounds.get(round_id))
    if round_ is None or round_.question_id is None or round_.channel.key != channel.key:
        raise UserError("There has been no round here yet.")
    answers = await ports.store.answers.counted(round_)
    mine = next((each for each in answers if each.member.key == member.key), None)
    if mine is None:
        raise UserError("You have no answer in this round.")
    question = await ports.store.rounds.question(round_.question_id, mine.grading.rubric)
    return receipt(
        question,
        mine.grading,
        revision=mine.revision,
        round_id=round_.id,
        closes_at=round_.closes_at if round_.state is State.OPEN else None,
        zone=challenge.settings.zone,
        grading_id=mine.grading_id,
    )
