"""Misspelt words of the subject are read as what was meant; others never are."""

import pytest

from bot.grading.text import read, stem
from bot.grading.typos import Speller, known_stems
from bot.grading.words import DENY_LISTED

SPELLER = Speller("middleware request synchronous thread serialize dependency state".split())


@pytest.mark.parametrize(
    "typed, meant",
    [
        ("middelware", "middleware"),
        ("middlware", "middleware"),
        ("reqeust", "request"),
        ("dependancy", "dependency"),
        ("synchronos", "synchronous"),
    ],
)
def test_a_typo_is_read_as_what_was_meant(typed: str, meant: str) -> None:
    corrected = SPELLER.correct(read(f"the {typed} here"))
    assert next(token.stem for token in corrected.tokens) == stem(meant)
    assert corrected.quote(0, 0) == typed, "the quote stays as written"


@pytest.mark.parametrize(
    "typed",
    [
        "asynchronous",
        "deserialize",
        "threat",
        "static",
        "stale",
        "reqst",
        "zzzzzzz",
        "2024x",
    ],
)
def test_other_words_stay_what_they_are(typed: str) -> None:
    text = read(typed)
    assert SPELLER.correct(text) is text


def test_known_stems_are_sorted_and_plain() -> None:
    stems = known_stems()
    assert {stem("request"), stem("worker"), stem("database")} <= stems
    assert all(each.isascii() and each.isalpha() for each in stems)


def test_deny_listed_pairs_are_pairs() -> None:
    assert {len(pair) for pair in DENY_LISTED} == {2}
