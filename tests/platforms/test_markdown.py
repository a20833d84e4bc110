"""Markdown made fit to show: every piece fits, and no piece has half a code block."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.platforms.markdown import clean, shorten, split

CODE = "```python\n" + "\n".join(f"line_{number} = {number}" for number in range(40)) + "\n```"
parts = st.lists(
    st.sampled_from(
        ["A sentence. ", "word " * 30, "\n\n", "x" * 200, CODE, "```", "``", "`a`", "\n- item"]
    )
    | st.text(max_size=20),
    max_size=12,
)


@settings(max_examples=300, deadline=None)
@example(pieces=["A sentence. ", "```", "\n\n", CODE], limit=40)
@given(pieces=parts, limit=st.integers(40, 400))
def test_every_piece_fits_and_closes_its_code(pieces: list[str], limit: int) -> None:
    text = "".join(pieces)
    cut = split(text, limit)
    assert all(0 < len(piece) <= limit for piece in cut)
    assert all(piece.count("```") % 2 == 0 for piece in cut if "````" not in text)
    kept = "".join("".join(cut).split()).replace("```python", "").replace("`", "")
    wanted = "".join(text.split()).replace("```python", "").replace("`", "")
    assert kept == wanted, "nothing is lost and nothing is doubled"


def test_it_ends_at_a_paragraph_then_a_line_then_a_sentence() -> None:
    assert split("One two.\n\nThree four. Five six.", 24) == ["One two.", "Three four. Five six."]
    assert split("One two three\nfour five six seven", 20) == [
        "One two three",
        "four five six seven",
    ]
    assert split("One two. Three four five six.", 20) == ["One two.", "Three four five six."]


def test_a_code_block_is_closed_and_opened_again() -> None:
    first, *_, last = split(CODE, 200)
    assert first.startswith("```python\n")
    assert first.endswith("\n```")
    assert last.startswith("```python\n")
    assert last.endswith("\n```")


def test_a_code_block_that_begins_late_goes_to_the_next_piece() -> None:
    assert split(f"{'word ' * 20}\n{CODE[:60]}\n```", 150)[1].startswith("```python")


def test_shortened_text_says_so() -> None:
    assert shorten("One two three", 10) == "One two…"
    assert shorten("One", 10) == "One"
    assert shorten("x" * 20, 10) == "x" * 9 + "…"


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
