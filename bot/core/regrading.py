"""Grading again what counts, after a rubric or the engine has changed."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

from pydantic import BaseModel, ConfigDict

from bot.core.grading import Mode
from bot.core.ports import Ports
from bot.core.questions import Question
from bot.core.refining import Subject, second_look
from bot.core.revising import RankChange, Regradable, Regrading
from bot.core.standings import Period
from bot.errors import UserError

_AT_ONCE: Final = 8
_PERIODS: Final = (Period.SEASON, Period.ALL)


class Outcome(BaseModel):
    """What a regrade changed, or would change.

    ``answers`` were graded again; ``changes`` are those whose score differs. ``rulings``
    stayed as they are, and so did the ``unasked`` answers that a model has a say in but
    could not be asked about.
    """

    model_config = ConfigDict(frozen=True)

    answers: int
    changes: tuple[Regrading, ...]
    ranks: tuple[RankChange, ...]
    rulings: int
    unasked: int


async def regrade(
    ports: Ports,
    *,
    question_id: str | None = None,
    since: date | None = None,
    dry_run: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Outcome:
    """Grade again the answers that count, by the questions as they are now.

    ``progress`` is told how many of how many are done. A question that is gone from the
    packs keeps its last text.
    """
    found, rulings = await ports.store.regrades.countable(question_id, since)
    graded: list[Regrading | None] = []
    for start in range(0, len(found), _AT_ONCE):
        batch = found[start : start + _AT_ONCE]
        graded += await asyncio.gather(*(_again(ports, each) for each in batch))
        progress(len(graded), len(found))
    done = [each for each in graded if each is not None]
    fresh = [each for each in done if each.grading != each.before.grading]
    ranks = await ports.store.regrades.apply(fresh, _PERIODS, dry_run=dry_run)
    return Outcome(
        answers=len(done),
        changes=tuple(_changes(fresh)),
        ranks=tuple(ranks),
        rulings=rulings,
        unasked=len(graded) - len(done),
    )


def _changes(fresh: Sequence[Regrading]) -> list[Regrading]:
    return [each for each in fresh if each.grading.score != each.before.grading.score]


async def _again(ports: Ports, each: Regradable) -> Regrading | None:
    question = _current(ports, each.question)
    grading = await ports.grader.grade(question, each.text)
    if ports.refiner is not None and each.mode is not Mode.KEYWORD:
        subject = Subject(each.member, each.channel, question, each.text)
        grading = await second_look(ports, ports.refiner, subject, grading, each.mode)
    unasked = ports.refiner is None or grading.shortfall is not None
    if each.grading.model is not None and unasked:
        return None
    return Regrading(before=each, question=question, grading=grading)


def _current(ports: Ports, question: Question) -> Question:
    try:
        return ports.bank.get(question.id)
    except UserError:
        return question
