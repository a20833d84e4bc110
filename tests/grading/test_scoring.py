"""The arithmetic from findings to points."""

import pytest

from bot.core.grading import Flag
from bot.grading.scoring import CAPS, coverage, points


@pytest.mark.parametrize(
    "rubric, covered, wrong, expected",
    [
        (0.0, 0.0, 0, 0),
        (0.0, 1.0, 0, 0),
        (0.82, 1.0, 0, 100),
        (1.0, 1.0, 0, 100),
        (1.0, 0.0, 0, 70),
        (0.41, 1.0, 0, 65),
        (1.0, 1.0, 1, 94),
        (1.0, 1.0, 4, 11),
    ],
)
def test_points(rubric: float, covered: float, wrong: int, expected: int) -> None:
    assert points(rubric, covered, wrong=wrong, flags=()) == expected


@pytest.mark.parametrize("flag", CAPS)
def test_a_flag_caps_even_the_best_answer(flag: Flag) -> None:
    assert points(1.0, 1.0, wrong=0, flags=(flag,)) == CAPS[flag]
    assert points(0.0, 0.0, wrong=0, flags=(flag,)) == 0


def test_code_needs_no_prose_to_score() -> None:
    assert points(0.82, 0.0, wrong=0, flags=(Flag.CODE,), code=True) == 100


@pytest.mark.parametrize(
    "stems, expected", [("", 0.0), ("a", 0.0), ("a b c", 0.6), ("a b c d e", 1.0)]
)
def test_coverage_is_that_of_the_best_reference(stems: str, expected: float) -> None:
    references = [frozenset("abcdefghij"), frozenset("xyz"), frozenset()]
    assert coverage(frozenset(stems.split()), references) == pytest.approx(expected)
