"""Patterns: slots close together, in order for claims, and what a negation does."""

import pytest

from bot.grading.matching import (
    Kind,
    compile_pattern,
    keys_of,
    locate,
    matches,
    occurrences,
    tightest,
)
from bot.grading.text import read


def match(pattern: str, text: str, kind: Kind = Kind.CONCEPT) -> str | None:
    """The quote of a match; in capitals where it is negated."""
    slots = compile_pattern(pattern)
    index = read(text)
    spans = locate(slots, occurrences(index, keys_of([slots])))
    if spans is None:
        return None
    found = (
        tightest(index, spans) if kind is Kind.CONCEPT else next(matches(index, spans, kind), None)
    )
    if found is None:
        return None
    quote = index.quote(found.first, found.last)
    return quote.upper() if found.negated else quote


FAR = "one two three four five six seven eight nine ten"


@pytest.mark.parametrize(
    "pattern, text, quote",
    [
        ("block + loop", "A sleep blocks the event loop.", "blocks the event loop"),
        ("block + loop", "The loop is blocked.", "loop is blocked"),
        ("block | freeze + loop", "It freezes the loop.", "freezes the loop"),
        ("block + loop", f"It blocks {FAR} the loop.", None),
        ("thread pool + sync", "sync code in a ThreadPool", "sync code in a ThreadPool"),
        ("thread pool", "a threadpool", "threadpool"),
        ("threadpool", "a thread pool", "thread pool"),
        ("air", "a chair", None),
        ("loop + event loop", "the event loop", None),
        ("block + loop", "It does not block the loop.", "BLOCK THE LOOP"),
        ("block + loop", "The loop is not blocked.", "LOOP IS NOT BLOCKED"),
        ("not + encrypt", "The cookie is not encrypted.", "not encrypted"),
        ("not encrypted", "The cookie is never encrypted.", "never encrypted"),
        ("block + loop", "It does not block a loop. It blocks a loop.", "blocks a loop"),
        ("pool + run", "It does not run here but in a pool.", "run here but in a pool"),
        (
            "stand still + everyone",
            "Everyone waits as it stood still.",
            "Everyone waits as it stood still",
        ),
    ],
)
def test_concepts(pattern: str, text: str, quote: str | None) -> None:
    assert match(pattern, text) == quote


@pytest.mark.parametrize(
    "pattern, text, quote",
    [
        ("def + async", "Turn def into async.", "def into async"),
        ("def + async", "Turn async into def.", None),
        ("def + async", "It is def. And async.", None),
        (
            "only + own + request",
            "It slows only its own slow request.",
            "only its own slow request",
        ),
        ("a | b + b + c", "b b c", "b b c"),
    ],
)
def test_claims_keep_the_written_order_inside_a_sentence(
    pattern: str, text: str, quote: str | None
) -> None:
    assert match(pattern, text, Kind.CLAIM) == quote


def test_the_shortest_window_is_quoted() -> None:
    assert match("lemon + sour", "Sour grapes, sour milk. A lemon is sour.") == "lemon is sour"
