"""Markdown cut to a limit and cleaned."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.platforms.markdown import clean, shorten, split


def test_control_and_direction_characters_are_taken_out() -> None:
    assert clean("a\u202eb\x00c\x1b[0m\u200d\n\td") == "abc[0m\n\td"


@settings(deadline=None)
@given(st.text(max_size=200), st.integers(2, 50))
def test_a_shortened_text_keeps_its_limit(text: str, limit: int) -> None:
    assert len(shorten(text, limit)) <= limit


@pytest.mark.parametrize(
    "text",
    [
        "```" + "a" * 9000 + "\n" + "b\n" * 2000,
        "`" * 9000,
        "~~~~~~~~~" + "~" * 5000 + "\n" + "c\n" * 2000,
        "word " * 3000,
        "x" * 9000,
        "```py\n" + "x = 1\n" * 2000,
    ],
)
def test_pieces_keep_the_limit_and_come_to_an_end(text: str) -> None:
    pieces = split(text, 500)
    assert all(0 < len(piece) <= 500 for piece in pieces)
    assert len(pieces) < 100


def test_a_code_block_is_closed_and_opened_again() -> None:
    pieces = split("```py\n" + "x = 1\n" * 200 + "```", 500)
    assert all(piece.startswith("```py\n") for piece in pieces)
    assert all(piece.endswith("```") for piece in pieces)
    assert sum(piece.count("x = 1") for piece in pieces) == 200
