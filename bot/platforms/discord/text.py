"""Text as Discord shows it: escaped, cut to its limits, times in the reader's own zone."""

import re
import unicodedata
from datetime import datetime
from typing import Final

from bot.platforms.markdown import shorten, split

_FENCED: Final = re.compile(r"(```[\s\S]*?```)")
_MARKUP: Final = re.compile(r"([\\*_~|`>#\[\]<@]|^[-+])", re.MULTILINE)
_UNSEEN: Final = frozenset("\u200b\u2060\ufeff")


def clean(text: str) -> str:
    """``text`` without control characters and those that turn the reading direction."""
    return "".join(char for char in text if _harmless(char))


def _harmless(char: str) -> bool:
    if char in "\n\t\u200d":
        return True
    category = unicodedata.category(char)
    return category not in {"Cc", "Cf", "Cs"} and char not in _UNSEEN


def escape(text: str) -> str:
    """What somebody wrote, shown as written: no formatting, no mention, no link.

    Whole code blocks stay code blocks, since nothing inside of them has an effect.
    """
    parts = _FENCED.split(clean(text))
    return "".join(
        part if index % 2 else _MARKUP.sub(r"\\\1", part) for index, part in enumerate(parts)
    )


def excerpt(text: str, limit: int) -> str:
    """The beginning of Markdown in at most ``limit`` characters; never half a code block."""
    pieces = split(text, limit)
    if len(pieces) < 2:  # noqa: PLR2004 - one piece is all of it
        return pieces[0] if pieces else ""
    beginning = split(text, limit - 2)[0]
    if beginning.endswith("```"):
        return f"{beginning}\n…"
    return f"{beginning[: -1 if _ends_in_half_an_escape(beginning) else None]}…"


def _ends_in_half_an_escape(text: str) -> bool:
    return (len(text) - len(text.rstrip("\\"))) % 2 == 1


def line(text: str, limit: int) -> str:
    """Somebody's words on one line, escaped."""
    return excerpt(escape(shorten(" ".join(text.replace("```", " ").split()), limit)), limit)


def moment(instant: datetime, style: str = "f") -> str:
    """An instant, which each reader sees in their own zone; style ``R`` says how far off."""
    return f"<t:{int(instant.timestamp())}:{style}>"
