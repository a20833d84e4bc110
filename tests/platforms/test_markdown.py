"""Cutting Markdown: within limits, at sensible places, code blocks whole."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.markdown import shorten, split

CODE = (
    "Before.\n\n```python\n" + "\n".join(f"line_{n} = {n}" for n in range(40)) + "\n```\n\nAfter."
)


@pytest.mark.parametrize(
    "text, limit, expected",
    [
        ("short", 10, "short"),
        ("one two three four", 12, "one two…"),
        ("unbroken" * 4, 10, "unbrokenu…"),
    ],
)
def test_shortening(text: str, limit: int, expected: str) -> None:
    assert shorten(text, limit) == expected


@pytest.mark.parametrize(
    "text, limit, expected",
    [
        ("", 10, []),
        ("fits", 10, ["fits"]),
        ("First one.\n\nSecond one.", 15, ["First one.", "Second one."]),
        ("A line here\nand another", 15, ["A line here", "and another"]),
        ("One thing. Another thing.", 15, ["One thing.", "Another thing."]),
        ("several words here", 10, ["several", "words here"]),
        ("x" * 25, 10, ["x" * 10, "x" * 10, "x" * 5]),
    ],
)
def test_splitting(text: str, limit: int, expected: list[str]) -> None:
    assert split(text, limit) == expected


def test_a_code_block_that_is_cut_is_closed_and_opened_again() -> None:
    pieces = split(CODE, 200)
    assert all(len(piece) <= 200 for piece in pieces)
    assert all(piece.count("```") % 2 == 0 for piece in pieces)
    lines = [line for piece in pieces for line in piece.splitlines() if line.startswith("line_")]
    assert lines == [f"line_{n} = {n}" for n in range(40)]


@given(
    text=st.text(st.sampled_from("ab `\n.~x"), max_size=400) | st.just(CODE * 3),
    limit=st.integers(40, 120),
)
def test_pieces_fit_and_lose_no_word(text: str, limit: int) -> None:
    pieces = split(text, limit)
    assert all(0 < len(piece) <= limit for piece in pieces)

    def letters(string: str) -> str:
        return re.sub(r"[^abx_=0-9]", "", string.replace("python", ""))

    assert letters("".join(pieces)) == letters(text)
