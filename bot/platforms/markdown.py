"""Makes the Markdown of questions and answers fit to show: clean, and cut to the limits."""

import re
import unicodedata
from typing import Final

# Bounded, so that the lines which close and reopen a block always fit beside some of its text.
_FENCE: Final = re.compile(
    r"^(?P<fence>`{3,8}|~{3,8})(?P<language>[\w+-]{0,20})[^\n]*$", re.MULTILINE
)
_ELLIPSIS: Final = "…"
_BREAKS: Final = ("\n\n", "\n", ". ", " ")


def clean(text: str) -> str:
    """``text`` without control and direction characters, which could disguise what it says."""
    return "".join(
        char for char in text if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cf"}
    )


def shorten(text: str, limit: int) -> str:
    """``text`` in at most ``limit`` characters, the end marked if something is missing."""
    if len(text) <= limit:
        return text
    kept = text[: limit - 1]
    at = kept.rfind(" ")
    return (kept[:at] if at > limit // 2 else kept).rstrip() + _ELLIPSIS


def split(text: str, limit: int) -> list[str]:
    """``text`` in pieces of at most ``limit`` characters.

    Pieces end at paragraphs, lines, sentences or words, in this order of preference. A
    code block that is cut is closed in one piece and opened again in the next.
    """
    pieces: list[str] = []
    rest = text.strip()
    while len(rest) > limit:
        piece, rest = _cut(rest, limit)
        pieces.append(piece)
    return [*pieces, rest] if rest else pieces


def _cut(text: str, limit: int) -> tuple[str, str]:
    """The first piece and the rest; both with whole code blocks."""
    at = _break(text, limit)
    fence = _open_fence(text[:at])
    if fence is None:
        return text[:at].rstrip(), text[at:].lstrip("\n ")
    opening, closing, start = fence
    if start > limit // 3:
        return text[:start].rstrip(), text[start:]
    at = _break(text, limit - len(closing) - 1, ("\n",), after=start + len(opening))
    return f"{text[:at].rstrip()}\n{closing}", f"{opening}\n{text[at:].lstrip(chr(10))}"


def _break(text: str, limit: int, breaks: tuple[str, ...] = _BREAKS, after: int = 0) -> int:
    """Where to end a piece of at most ``limit`` characters, beyond ``after``."""
    for mark in breaks:
        at = text.rfind(mark, after + 1, limit)
        if at > max(after, limit // 3):
            return at + len(mark.rstrip("\n "))
    return limit


def _open_fence(text: str) -> tuple[str, str, int] | None:
    """The code block that is not closed: its opening and closing line, and where it begins."""
    opened: re.Match[str] | None = None
    for match in _FENCE.finditer(text):
        if opened is None:
            opened = match
        elif match["fence"] == opened["fence"] and not match["language"]:
            opened = None
    if opened is None:
        return None
    return opened["fence"] + opened["language"], opened["fence"], opened.start()
