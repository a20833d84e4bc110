"""How far scores agree with people's: correlation, means per kind, ordering, disagreements."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import permutations
from statistics import StatisticsError, correlation, fmean
from typing import Final

from bot.core.grading import Grading

FAR_APART: Final = 20
"""Answers whose mean scores differ by this much must be put in the same order."""


@dataclass(frozen=True, slots=True)
class Graded:
    """An answer with the score that people gave it and our grading."""

    question: str
    kind: str
    answer: str
    expected: float
    grading: Grading


@dataclass(frozen=True, slots=True)
class Kind:
    """The means of one kind of answers; ``score`` is ``None`` if none was scored."""

    name: str
    answers: int
    score: float | None
    expected: float
    accused: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a file of graded answers says about the grader.

    ``r`` values are Pearson correlations, ``None`` where they are not defined.
    ``ordered`` of ``pairs`` pairs of answers to one question stand in people's order.
    """

    r: float | None
    r_by_question: dict[str, float | None]
    kinds: tuple[Kind, ...]
    ordered: int
    pairs: int
    mean_error: float
    worst: tuple[Graded, ...]


def evaluate(rows: Sequence[Graded], worst: int = 10) -> Evaluation:
    """Compare scores with people's; answers that were not scored count in ``kinds`` only."""
    scored = [row for row in rows if row.grading.score is not None]
    groups = _grouped(scored, lambda row: row.question)
    order = [
        _score(better) > _score(lesser)
        for group in groups.values()
        for better, lesser in permutations(group, 2)
        if better.expected - lesser.expected >= FAR_APART
    ]
    return Evaluation(
        r=_correlation(scored),
        r_by_question={name: _correlation(group) for name, group in groups.items()},
        kinds=tuple(
            _kind(name, group) for name, group in _grouped(rows, lambda row: row.kind).items()
        ),
        ordered=sum(order),
        pairs=len(order),
        mean_error=fmean(map(_error, scored)) if scored else 0.0,
        worst=tuple(sorted(scored, key=_error, reverse=True)[:worst]),
    )


def _grouped(rows: Iterable[Graded], name_of: Callable[[Graded], str]) -> dict[str, list[Graded]]:
    groups: dict[str, list[Graded]] = defaultdict(list)
    for row in rows:
        groups[name_of(row)].append(row)
    return dict(sorted(groups.items()))


def _score(row: Graded) -> int:
    return row.grading.score or 0


def _error(row: Graded) -> float:
    return abs(_score(row) - row.expected)


def _kind(name: str, rows: Sequence[Graded]) -> Kind:
    scores = [row.grading.score for row in rows if row.grading.score is not None]
    return Kind(
        name=name,
        answers=len(rows),
        score=fmean(scores) if scores else None,
        expected=fmean(row.expected for row in rows),
        accused=sum(bool(row.grading.misconceptions) for row in rows),
    )


def _correlation(rows: Sequence[Graded]) -> float | None:
    try:
        return correlation([_score(row) for row in rows], [row.expected for row in rows])
    except StatisticsError:
        return None
