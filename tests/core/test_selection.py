"""Which question comes next."""

from hypothesis import given
from hypothesis import strategies as st

from bot.core.selection import choose
from tests.samples import make_question

QUESTIONS = [make_question(f"q{number}") for number in range(6)]


@given(st.text())
def test_every_question_is_used_once_before_any_is_repeated(seed: str) -> None:
    uses: dict[str, int] = {}
    order = []
    for turn in range(2 * len(QUESTIONS)):
        question = choose(QUESTIONS, uses, seed)
        assert question is not None
        order.append(question.id)
        uses[question.id] = turn
    first, second = order[: len(QUESTIONS)], order[len(QUESTIONS) :]
    assert sorted(first) == [question.id for question in QUESTIONS]
    assert second == first, "then the least recently used comes first"


def test_seeds_shuffle_differently_and_each_always_the_same() -> None:
    firsts = {seed: choose(QUESTIONS, {}, str(seed)) for seed in range(30)}
    assert len({question.id for question in firsts.values() if question}) > 3
    assert all(choose(QUESTIONS[::-1], {}, str(seed)) == firsts[seed] for seed in firsts)


def test_without_candidates_there_is_no_question() -> None:
    assert choose([], {}, "seed") is None
