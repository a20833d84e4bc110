"""From what was found in an answer to points: the arithmetic every grader shares."""

import math
from collections.abc import Iterable, Sequence
from typing import Final

from bot.core.grading import Flag, Verdict

FULL_RUBRIC: Final = 0.82
"""The share of the rubric's weight that counts as all of it: nobody says everything."""

CREDIT: Final = {
    Verdict.EXPLAINED: 1.0,
    Verdict.NAMED: 0.4,
    Verdict.CONTRADICTED: 0.0,
    Verdict.MISSING: 0.0,
}
"""The share of a concept's weight that each verdict earns."""

_COVERAGE_WEIGHT: Final = 0.3
_COVERAGE_FROM: Final = 0.12
_COVERAGE_RANGE: Final = 0.30
_WRONG_SCALE: Final = 2.2
_WRONG_POWER: Final = 3.5

CAPS: Final = {
    Flag.ECHO: 5,
    Flag.KEYWORDS: 6,
    Flag.DONT_KNOW: 4,
    Flag.HOLLOW: 8,
    Flag.INJECTION: 5,
    Flag.OFF_TOPIC: 2,
}
"""The most points that an answer with a flag can have."""


def coverage(stems: frozenset[str], references: Iterable[frozenset[str]]) -> float:
    """How far the answer's words cover the best reference, scaled to 0 to 1."""
    best = max((len(stems & words) / len(words) for words in references if words), default=0.0)
    return min(1.0, max(0.0, (best - _COVERAGE_FROM) / _COVERAGE_RANGE))


def points(
    rubric: float, covered: float, *, wrong: int, flags: Sequence[Flag], code: bool = False
) -> int:
    """The score from 0 to 100.

    ``rubric`` is the earned share of the rubric's weight and ``covered`` the reference
    coverage, both 0 to 1; ``wrong`` counts distinct false claims.
    """
    full = min(1.0, rubric / FULL_RUBRIC)
    support = full if code else covered * min(1.0, rubric / 0.4)
    raw = (1 - _COVERAGE_WEIGHT) * full + _COVERAGE_WEIGHT * support
    raw /= 1 + math.pow(wrong / _WRONG_SCALE, _WRONG_POWER)
    cap = min((CAPS[flag] for flag in flags if flag in CAPS), default=100)
    return min(cap, round(100 * raw))
