"""The keyword grader on a small question: verdicts, credit, quotes, flags, determinism."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.grading import Flag, Grading, Verdict
from bot.grading.keyword import KeywordGrader, grade_text
from tests.samples import FULL, HALF, WRONG, make_question

QUESTION = make_question()
SENTENCES = FULL.removesuffix(".").split(". ")


def verdicts(grading: Grading) -> str:
    """One letter for each concept."""
    return "".join(result.verdict.value[0] for result in grading.concepts)


@pytest.mark.parametrize(
    "text, expected",
    [
        (FULL, "eeee"),
        (HALF, "eemm"),
        ("A lemon does not taste sour.", "cmmm"),
        (
            "A lemon is a fruit that grows on old trees in warm dry sunny places, rarely sour.",
            "nmmm",
        ),
        ("", "mmmm"),
    ],
)
def test_verdicts(text: str, expected: str) -> None:
    assert verdicts(grade_text(QUESTION, text)) == expected


def test_the_quote_is_the_words_that_earned_the_point() -> None:
    result = grade_text(QUESTION, "I think that a LEMON always tastes sour!").concepts[0]
    assert (result.verdict, result.quote) == (Verdict.EXPLAINED, "LEMON always tastes sour")


async def test_scores_rise_with_points_and_fall_with_false_claims() -> None:
    grader = KeywordGrader()
    scores = [
        (await grader.grade(QUESTION, text)).score or 0
        for text in ("Nice weather today.", SENTENCES[0], HALF, ". ".join(SENTENCES[:3]), FULL)
    ]
    assert scores == sorted(set(scores))
    assert (scores[0], scores[-1]) == (0, 100)
    wrong = grade_text(QUESTION, f"{HALF} {WRONG}")
    assert [hit.id for hit in wrong.misconceptions] == ["sugar"]
    assert (wrong.score or 0) < scores[2]


def test_another_language_is_not_scored() -> None:
    grading = grade_text(QUESTION, "Die Zitrone ist sauer und das Salz kommt aus dem Meer.")
    assert (grading.score, grading.flags) == (None, (Flag.OTHER_LANGUAGE,))


@given(st.permutations(SENTENCES))
def test_the_order_of_sentences_does_not_matter(sentences: list[str]) -> None:
    assert grade_text(QUESTION, ". ".join(sentences)).score == 100


@given(st.sets(st.sampled_from(range(4)), min_size=1), st.integers(0, 3))
def test_adding_a_true_sentence_never_lowers_the_score(chosen: set[int], more: int) -> None:
    text = ". ".join(SENTENCES[number] for number in sorted(chosen))
    before = grade_text(QUESTION, text).score or 0
    assert (grade_text(QUESTION, f"{text}. {SENTENCES[more]}").score or 0) >= before


@given(st.integers(2, 5))
def test_repeating_an_answer_gains_nothing(times: int) -> None:
    assert grade_text(QUESTION, f"{HALF} " * times).score == grade_text(QUESTION, HALF).score


@pytest.mark.parametrize("number", range(4))
def test_negating_a_key_statement_lowers_the_score(number: int) -> None:
    changed = [
        sentence.replace("tastes", "does not taste").replace("comes", "does not come")
        if index == number
        else sentence
        for index, sentence in enumerate(SENTENCES)
    ]
    assert (grade_text(QUESTION, ". ".join(changed)).score or 0) < 100


@pytest.mark.parametrize(
    "disguise",
    [
        str.upper,
        str.lower,
        lambda text: text.replace(" ", "  \t"),
        lambda text: text.replace("e", "\u0435"),
        lambda text: text.replace("o", "o\u200b"),
        lambda text: "".join(chr(ord(c) + 0xFEE0) if c.isalpha() else c for c in text),
    ],
    ids=["upper", "lower", "spaces", "look-alikes", "invisible", "full width"],
)
def test_case_spacing_and_unicode_forms_change_nothing(disguise: Callable[[str], str]) -> None:
    assert grade_text(QUESTION, disguise(HALF)).score == grade_text(QUESTION, HALF).score


@given(st.text(max_size=300))
def test_no_text_makes_the_grader_fail(text: str) -> None:
    grading = grade_text(QUESTION, text)
    assert grading.score is None or 0 <= grading.score <= 100
    for result in grading.concepts:
        assert result.quote is None or result.quote in text
    assert grade_text(QUESTION, text) == grading
