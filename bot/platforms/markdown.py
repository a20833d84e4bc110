"""Makes the Markdown of questions and answers fit to show: clean, and cut to the limits."""

import re
import unicodedata
from typing import Final

_MARK: Final = "```"
_FENCE: Final = re.compile(rf"{_MARK}(?:(?P<language>[\w+-]{{0,20}})(?=\n))?")
"""Begins and ends a code block; in chats it does so anywhere in a line."""

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
    code block that is cut is closed in one piece and opened again in the next; one that
    never ends does so with the text.
    """
    pieces: list[str] = []
    rest = text.strip()
    if _open_fence(rest) is not None:
        rest += f"\n{_MARK}"
    while len(rest) > limit:
        piece, rest = _cut(rest, limit)
        pieces.append(piece)
    return [*pieces, rest] if rest else pieces


def _cut(text: str, limit: int) -> tuple[str, str]:
    """The first piece and the rest; both with whole code blocks."""
    at = _before_fence(text, _break(text, limit))
    fence = _open_fence(text[:at])
    if fence is None:
        return _parted(text, at)
    opening, start = fence
    if start > limit // 3:
        return text[:start].rstrip(), text[start:]
    room = limit - len(_MARK) - 1
    at = _before_fence(text, _break(text, room, ("\n",), after=start + len(opening)))
    if _open_fence(text[:at]) is None:
        return _parted(text, at)
    rest = text[at:].lstrip("\n")
    if rest.startswith(_MARK):
        return f"{text[:at].rstrip()}\n{_MARK}", rest.removeprefix(_MARK).lstrip("\n ")
    return f"{text[:at].rstrip()}\n{_MARK}", f"{opening}\n{rest}"


def _parted(text: str, at: int) -> tuple[str, str]:
    return text[:at].rstrip(), text[at:].lstrip("\n ")


def _break(text: str, limit: int, breaks: tuple[str, ...] = _BREAKS, after: int = 0) -> int:
    """Where to end a piece of at most ``limit`` characters, beyond ``after``."""
    for mark in breaks:
        at = text.rfind(mark, after + 1, limit)
        if at > max(after, limit // 3):
            return at + len(mark.rstrip("\n "))
    return limit


def _before_fence(text: str, at: int) -> int:
    """``at``, or where the backticks begin that it would part."""
    if at >= len(text) or text[at] != "`":
        return at
    return len(text[:at].rstrip("`")) or at


def _open_fence(text: str) -> tuple[str, int] | None:
    """The code block that is not closed: how it is opened, and where."""
    marks = list(_FENCE.finditer(text))
    if len(marks) % 2 == 0:
        return None
    return _MARK + (marks[-1]["language"] or ""), marks[-1].start()
