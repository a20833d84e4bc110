"""Comparing scores with people's."""

from bot.core.grading import Grading, MisconceptionResult
from bot.grading.evaluation import Graded, evaluate


def graded(
    question: str, kind: str, expected: float, score: int | None, *, accused: bool = False
) -> Graded:
    hits = (MisconceptionResult(id="x", quote="y"),) if accused else ()
    grading = Grading(
        grader="keyword",
        engine="1",
        rubric="1",
        score=score,
        concepts=(),
        misconceptions=hits,
        flags=(),
    )
    return Graded(question, kind, f"{kind} answer", expected, grading)


def test_an_evaluation() -> None:
    rows = [
        graded("a", "good", 90, 100),
        graded("a", "half", 50, 60),
        graded("a", "wrong", 0, 20, accused=True),
        graded("b", "good", 100, 40),
        graded("b", "half", 60, 80),
        graded("b", "foreign", 95, None),
    ]
    found = evaluate(rows, worst=2)
    assert found.r is not None
    assert 0 < found.r < 1
    assert found.r_by_question["b"] is not None
    assert round(found.r_by_question["b"]) == -1
    assert (found.ordered, found.pairs) == (3, 4)
    assert found.mean_error == (10 + 10 + 20 + 60 + 20) / 5
    assert [row.kind for row in found.worst] == ["good", "wrong"]
    kinds = {kind.name: (kind.answers, kind.score, kind.expected) for kind in found.kinds}
    assert kinds["foreign"] == (1, None, 95)
    assert kinds["good"] == (2, 70, 95)
    assert {kind.name for kind in found.kinds if kind.accused} == {"wrong"}


def test_a_correlation_that_is_not_defined_is_none() -> None:
    assert evaluate([graded("a", "good", 90, 100)]).r is None
    empty = evaluate([])
    assert (empty.r, empty.mean_error, empty.pairs) == (None, 0.0, 0)
