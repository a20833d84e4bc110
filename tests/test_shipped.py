"""The shipped pack: complete, sound, and with everything that a question of ours must have."""

from collections import Counter

import pytest

from bot import bank
from bot.core.questions import Expectation, Level, Question, Voice
from bot.grading.keyword import grade_text
from bot.grading.lint import lint

BANK = bank.load([bank.shipped_packs()])
QUESTIONS = BANK.select()


def test_all_topics_are_there() -> None:
    assert len(QUESTIONS) == 116
    assert Counter(question.level for question in QUESTIONS) == {
        Level.JUNIOR: 26,
        Level.MID: 54,
        Level.SENIOR: 36,
    }


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_a_question_is_complete(question: Question) -> None:
    assert 5 <= len(question.rubric.concepts) <= 9
    assert len(question.rubric.misconceptions) >= 10
    assert all(len(concept.accept) >= 3 for concept in question.rubric.concepts)
    assert {reference.voice for reference in question.references} == set(Voice)
    assert question.tags
    assert question.links
    expected = Counter(test.expect for test in question.tests)
    assert expected[Expectation.HIGH] >= 2
    assert expected[Expectation.HALF] >= 1
    assert expected[Expectation.LOW] >= 2


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_a_question_passes_its_own_tests_and_lints(question: Question) -> None:
    source = BANK.sources[question.id]
    assert [str(source.fault(loc, message)) for loc, message in lint(question)] == []


def test_another_questions_model_answer_earns_little() -> None:
    """Good talk of the trade about something else is no answer."""
    scores = [
        grade_text(question, other.model_answer).score or 0
        for question in QUESTIONS
        for other in QUESTIONS[::23]
        if other.category != question.category
    ]
    assert sum(scores) / len(scores) < 10
