"""Rounds from planned to open to closed: what the scheduler does, and what admins do by hand."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from bot.core.boards import challenge_of, leaderboard
from bot.core.challenges import Challenge
from bot.core.grading import Verdict
from bot.core.intents import (
    BestAnswer,
    Card,
    Notice,
    Outgoing,
    QuestionPosted,
    RoundClosed,
    RubricLine,
    Tone,
    as_card,
)
from bot.core.people import Channel
from bot.core.ports import Ports
from bot.core.questions import Question
from bot.core.records import CountedAnswer, Incoming, Round, State, Via
from bot.core.schedule import due_dates, instant, is_scheduled
from bot.core.selection import choose
from bot.core.standings import Period
from bot.errors import UserError

PLAN_AHEAD: Final = timedelta(days=7)
TOO_LATE: Final = timedelta(hours=6)
"""A round that could not be opened within this time of its hour is skipped."""

_BEST_ANSWERS: Final = 3
_WORTH_SHOWING: Final = 50
_NAMED_DATES: Final = 5


def card(ports: Ports, question: Question) -> Card:
    """A question as members see it."""
    return as_card(question, ports.bank.categories())


def round_marker(round_id: int) -> str:
    """How the markers of all posts begin that put a question to a round."""
    return f"round:{round_id}:"


def post_marker(round_id: int, question_id: str) -> str:
    """The marker of the post that puts a question to a round's channel."""
    return f"{round_marker(round_id)}{question_id}"


def thread_marker(incoming: Incoming) -> str | None:
    """The marker of the post in whose thread a member wrote, if they did."""
    if incoming.via is Via.THREAD and incoming.round_id is not None and incoming.question_id:
        return post_marker(incoming.round_id, incoming.question_id)
    return None


async def tick(ports: Ports, challenge: Challenge) -> None:
    """Bring one challenge up to date: plan ahead, close what is over, open what is due."""
    now = ports.clock.now()
    await plan(ports, challenge)
    for round_ in await ports.store.rounds.open_ones(challenge.id):
        if round_.closes_at is not None and round_.closes_at <= now:
            await ports.store.rounds.close(round_.id, round_.closes_at)
    await announce_closed(ports, challenge)
    if not challenge.settings.paused:
        await _open_due(ports, challenge, now)


async def plan(ports: Ports, challenge: Challenge) -> None:
    """Plan the rounds of the coming days that are not planned yet; none while paused."""
    settings = challenge.settings
    through = settings.local_date(ports.clock.now() + PLAN_AHEAD)
    if not settings.paused and challenge.planned_through < through:
        due = list(due_dates(settings, challenge.planned_through, through, ports.calendar))
        await ports.store.rounds.plan(challenge, due, through)


async def announce_closed(ports: Ports, challenge: Challenge) -> None:
    """Queue the closing posts that are still owed, also after a crash between the two."""
    for round_ in await ports.store.rounds.unannounced(challenge.id):
        await ports.store.rounds.announce(round_.id, await _closing_post(ports, round_))


async def current_round(ports: Ports, channel: Channel) -> Round | None:
    """The open round that was posted last."""
    challenge = await challenge_of(ports, channel)
    rounds = await ports.store.rounds.open_ones(challenge.id)
    return rounds[-1] if rounds else None


async def posted(ports: Ports, round_: Round) -> QuestionPosted | None:
    """An open round's question, to show it again; ``None`` if the round has none."""
    challenge = await ports.store.challenges.of(round_.channel)
    if challenge is None or round_.question_id is None or round_.closes_at is None:
        return None
    version = str(round_.question_version)
    question = await ports.store.rounds.question(round_.question_id, version)
    return _posted(ports, challenge, round_, question, round_.closes_at)


async def post_now(ports: Ports, channel: Channel) -> None:
    """Open today's round at once, whatever the hour or the day.

    Raises:
        UserError: today's round is open or over, or no question fits.
    """
    challenge = await challenge_of(ports, channel)
    settings, now = challenge.settings, ports.clock.now()
    today = settings.local_date(now)
    scheduled = is_scheduled(settings, today, ports.calendar)
    opens_at = instant(today, settings.post_at, settings.tz)
    round_ = await ports.store.rounds.add(challenge, today, opens_at, scheduled=scheduled)
    if round_.state is State.OPEN:
        raise UserError("Today's question is posted already; skip it to get another.")
    if round_.state is State.CLOSED:
        raise UserError("Today's round is over; there is one a day. /quiz has more to practise.")
    await _open(ports, challenge, round_, now)


async def skip(ports: Ports, channel: Channel) -> None:
    """Replace the question of the open round; answers to the old one stop counting.

    Raises:
        UserError: no round is open, or there is no other question.
    """
    challenge = await challenge_of(ports, channel)
    round_ = await current_round(ports, channel)
    if round_ is None or round_.closes_at is None:
        raise UserError("No round is open, so there is nothing to skip.")
    uses = await ports.store.rounds.last_uses(challenge.id)
    others = [each for each in _fitting(ports, challenge) if each.id != round_.question_id]
    question = choose(others, uses, str(challenge.id))
    if question is None:
        raise UserError("No other question fits this challenge; widen its categories or levels.")
    post = _post(ports, challenge, round_, question, round_.closes_at, replaces=True)
    await ports.store.rounds.replace_question(round_.id, question, post)


async def close_now(ports: Ports, channel: Channel) -> None:
    """End the open round now.

    Raises:
        UserError: no round is open.
    """
    challenge = await challenge_of(ports, channel)
    round_ = await current_round(ports, channel)
    if round_ is None:
        raise UserError("No round is open, so there is nothing to close.")
    await ports.store.rounds.close(round_.id, ports.clock.now())
    await announce_closed(ports, challenge)


async def _open_due(ports: Ports, challenge: Challenge, now: datetime) -> None:
    """Open the round that is due, and say which ones are too late to open."""
    due = await ports.store.rounds.planned(challenge.id, now)
    late = [round_ for round_ in due if now - round_.opens_at > TOO_LATE]
    if late:
        notice = Outgoing(
            marker=f"missed:{challenge.id}:{late[-1].local_date}",
            channel=challenge.channel,
            intent=Notice(text=_missed([round_.local_date for round_ in late])),
        )
        await ports.store.rounds.miss([round_.id for round_ in late], notice)
    for round_ in due[len(late) :]:
        try:
            await _open(ports, challenge, round_, now)
        except UserError as error:
            sorry = Notice(text=f"{error} Today's round is skipped.", tone=Tone.SORRY)
            notice = Outgoing(
                marker=f"nothing:{round_.id}", channel=challenge.channel, intent=sorry
            )
            await ports.store.rounds.miss([round_.id], notice)


def _missed(days: Sequence[date]) -> str:
    names = [f"{day:%a} {day.day} {day:%b}" for day in days[-_NAMED_DATES:]]
    listed = ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else names[0]
    if len(days) == 1:
        return f"I was away and skipped the round of {listed}. Nobody's streak is harmed."
    more = f", the last of them {listed}" if len(days) > _NAMED_DATES else f": {listed}"
    return f"I was away and skipped {len(days)} rounds{more}. Nobody's streak is harmed."


async def _open(ports: Ports, challenge: Challenge, round_: Round, now: datetime) -> None:
    uses = await ports.store.rounds.last_uses(challenge.id)
    question = choose(_fitting(ports, challenge), uses, str(challenge.id))
    if question is None:
        raise UserError("No question fits this challenge; widen its categories or levels.")
    closes_at = now + timedelta(minutes=challenge.settings.round_minutes)
    post = _post(ports, challenge, round_, question, closes_at)
    await ports.store.rounds.open(round_.id, question, now, closes_at, post)


def _fitting(ports: Ports, challenge: Challenge) -> Sequence[Question]:
    settings = challenge.settings
    return ports.bank.select(categories=settings.categories, levels=settings.levels)


def _post(
    ports: Ports,
    challenge: Challenge,
    round_: Round,
    question: Question,
    closes_at: datetime,
    *,
    replaces: bool = False,
) -> Outgoing:
    intent = _posted(ports, challenge, round_, question, closes_at)
    return Outgoing(
        marker=post_marker(round_.id, question.id),
        channel=challenge.channel,
        intent=intent.model_copy(update={"replaces_earlier": replaces}),
    )


def _posted(
    ports: Ports, challenge: Challenge, round_: Round, question: Question, closes_at: datetime
) -> QuestionPosted:
    return QuestionPosted(
        round_id=round_.id,
        local_date=round_.local_date,
        card=card(ports, question),
        closes_at=closes_at,
        zone=challenge.settings.zone,
        answers=challenge.settings.answers,
        ping=challenge.settings.ping,
    )


async def _closing_post(ports: Ports, round_: Round) -> Outgoing:
    """The closing post of a round that was opened: both question columns are set."""
    question_id, version = str(round_.question_id), str(round_.question_version)
    question = await ports.store.rounds.question(question_id, version)
    answers = await ports.store.answers.counted(round_)
    return Outgoing(
        marker=f"close:{round_.id}",
        channel=round_.channel,
        in_thread_of=post_marker(round_.id, question_id),
        intent=RoundClosed(
            round_id=round_.id,
            local_date=round_.local_date,
            card=card(ports, question),
            model_answer=question.model_answer,
            explanation=question.explanation,
            rubric=_rubric(question, answers),
            links=question.links,
            best=_best(answers),
            answers=len(answers),
            board=await leaderboard(ports, round_.channel, Period.SEASON),
        ),
    )


def _rubric(question: Question, answers: Sequence[CountedAnswer]) -> tuple[RubricLine, ...]:
    explained = [
        result.id
        for answer in answers
        for result in answer.grading.concepts
        if result.verdict is Verdict.EXPLAINED
    ]
    return tuple(
        RubricLine(says=concept.says, weight=concept.weight, made_by=explained.count(concept.id))
        for concept in question.rubric.concepts
    )


def _best(answers: Sequence[CountedAnswer]) -> tuple[BestAnswer, ...]:
    """The best answers whose authors agree to be quoted; a weak one is not held up to view."""
    worth = [
        answer
        for answer in answers
        if answer.quotable and (answer.grading.score or 0) >= _WORTH_SHOWING
    ]
    return tuple(
        BestAnswer(member=answer.member, score=answer.grading.score or 0, text=answer.text)
        for answer in worth[:_BEST_ANSWERS]
    )
