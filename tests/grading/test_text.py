"""The text index: stems, places, clauses, negation, and quotes from the written text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.grading.text import read


def stems(text: str) -> list[str]:
    return [token.stem for token in read(text).tokens]


def negated(text: str) -> list[str]:
    return [token.stem for token in read(text).tokens if token.negated]


@pytest.mark.parametrize(
    "left, right",
    [
        ("blocking blocked blocks", "block block block"),
        ("ran run running", "run run run"),
        ("ThreadPool", "thread pool"),
        ("run_in_threadpool", "run in_ threadpool".replace("_", "")),
        ("HTTPException", "HTTP exception"),
        ("don't", "not"),
        ("cannot", "not"),
        ("never", "without"),
        ("ＦａｓｔＡＰＩ", "FastAPI"),
        ("Fast\u200bAPI", "FastAPI"),
        ("сасhе", "cache"),
        ("naïve café", "naive cafe"),
        ("isn\u2019t", "isn't"),
    ],
)
def test_forms_of_the_same_words_read_alike(left: str, right: str) -> None:
    expected = ["run", "in", "threadpool"] if left == "run_in_threadpool" else stems(right)
    assert stems(left) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("it does not block the loop", ["block", "loop"]),
        ("it does not block, the loop waits", ["block"]),
        ("it doesn't block because threads wait", ["block"]),
        ("not only fast but typed", []),
        ("the loop is blocked", []),
        ("It is not true that threads wait. Loops wait.", ["true", "thread", "wait"]),
        ("A myth that threads never wait", ["thread", "not"][:1]),
        ("(not encrypted) but signed", ["encrypt"]),
        ("it is not without danger", []),
    ],
)
def test_a_negation_reaches_its_clause_and_no_further(text: str, expected: list[str]) -> None:
    assert [stem for stem in negated(text) if stem != "not"] == expected


def test_places_leave_a_gap_between_sentences() -> None:
    first, second, third = read("Lemon sour. Melon").tokens
    assert (first.place, second.place, third.place) == (0, 1, 8)
    assert (first.sentence, third.sentence) == (0, 1)


def test_versions_stay_whole() -> None:
    assert stems("FastAPI 0.115 and 3.11.7") == ["fastapi", "0.115", "3.11.7"]


@pytest.mark.parametrize("text", ["", "...", "the of and", "\u200b\u200b", "🙂"])
def test_a_text_without_content_has_no_tokens(text: str) -> None:
    assert read(text).tokens == ()


@given(st.text())
def test_every_token_points_into_the_written_text(text: str) -> None:
    for token in read(text).tokens:
        assert 0 <= token.start < token.end <= len(text)


@given(st.text(alphabet="Ａbс é\u200b'.\n", max_size=40))
def test_quotes_are_verbatim(text: str) -> None:
    index = read(text)
    if index.tokens:
        assert index.quote(0, len(index.tokens) - 1) in text


@given(st.text())
def test_places_only_grow(text: str) -> None:
    places = [token.place for token in read(text).tokens]
    assert places == sorted(set(places))
