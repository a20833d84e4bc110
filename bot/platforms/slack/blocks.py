"""Block Kit's parts, each within its documented limits, and how they fill messages."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.platforms.markdown import clean, shorten
from bot.platforms.slack.text import escape, line, mrkdwn, pieces

Block = dict[str, Any]

SECTION_LIMIT: Final = 3000
HEADER_LIMIT: Final = 150
LABEL_LIMIT: Final = 75
MESSAGE_BLOCKS: Final = 50
VIEW_BLOCKS: Final = 100
MESSAGE_SIZE: Final = 13_000
"""Characters of all blocks of one message, as JSON; Slack refuses somewhat more than 13,200."""

VIEW_SIZE: Final = 100_000
"""Characters of all blocks of one view, as JSON; Slack refuses more than 250 kilobytes."""

_FALLBACK_LIMIT: Final = 300
_NOTHING: Final = "…"


@dataclass(frozen=True, slots=True)
class Message:
    """What one post shows; ``text`` is what notifications say.

    ``broadcast`` shows a message of a thread in its channel too.
    """

    text: str
    blocks: tuple[Block, ...]
    broadcast: bool = False


def header(text: str) -> Block:
    """A heading in plain text."""
    return {"type": "header", "text": plain_text(text, HEADER_LIMIT)}


def plain_text(text: str, limit: int) -> Block:
    """Text without any markup; never empty, which Slack would refuse."""
    shown = shorten(" ".join(clean(text).split()), limit) or "-"
    return {"type": "plain_text", "text": shown, "emoji": True}


def section(text: str) -> Block:
    """A paragraph of mrkdwn that is escaped and short enough already."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def context(text: str) -> Block:
    """A small grey line of mrkdwn that is escaped already."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}]}


def divider() -> Block:
    """A line."""
    return {"type": "divider"}


def prose(markdown: str) -> list[Block]:
    """Markdown of any length as paragraphs."""
    return [section(piece) for piece in pieces(markdown, mrkdwn, SECTION_LIMIT)]


def verbatim(text: str, first: str = "") -> list[Block]:
    """A member's text of any length; ``first`` is mrkdwn put before it."""
    limit = SECTION_LIMIT - len(first)
    shown = list(pieces(text, escape, limit)) or [_NOTHING]
    return [section((first if at == 0 else "") + piece) for at, piece in enumerate(shown)]


def lines(rows: Iterable[str]) -> list[Block]:
    """Short escaped lines, gathered into as few paragraphs as they fit."""
    found: list[str] = []
    for row in rows:
        if found and len(found[-1]) + 1 + len(row) <= SECTION_LIMIT:
            found[-1] += "\n" + row
        else:
            found.append(row[:SECTION_LIMIT])
    return [section(text) for text in found if text.strip()]


def button(action_id: str, label: str, value: str, style: str | None = None) -> Block:
    """A button; ``value`` comes back with the click."""
    found: Block = {
        "type": "button",
        "action_id": action_id,
        "text": plain_text(label, LABEL_LIMIT),
        "value": value,
    }
    return found | ({"style": style} if style else {})


def actions(*elements: Block) -> Block:
    """A row of buttons."""
    return {"type": "actions", "elements": list(elements)}


def size(blocks: Sequence[Block]) -> int:
    """How long blocks are on the wire."""
    return len(json.dumps(blocks, ensure_ascii=False))


def messages(fallback: str, blocks: Sequence[Block]) -> list[Message]:
    """Blocks as one message, or as several where the limits demand it."""
    filled: list[list[Block]] = [[]]
    for block in blocks:
        candidate = [*filled[-1], block]
        if len(candidate) > MESSAGE_BLOCKS or (filled[-1] and size(candidate) > MESSAGE_SIZE):
            filled.append([block])
        else:
            filled[-1].append(block)
    text = line(fallback, _FALLBACK_LIMIT) or _NOTHING
    return [Message(text, tuple(part)) for part in filled]


def fit(top: Sequence[Block], bottom: Sequence[Block], *, view: bool = False) -> tuple[Block, ...]:
    """All of ``bottom``, and as much of ``top`` above it as one message or view holds."""
    kept: list[Block] = []
    most = VIEW_BLOCKS if view else MESSAGE_BLOCKS
    room = (VIEW_SIZE if view else MESSAGE_SIZE) - size(bottom)
    for block in top:
        if len(kept) + 1 + len(bottom) >= most or size([*kept, block]) > room:
            return (*kept, context(_NOTHING), *bottom)
        kept.append(block)
    return (*kept, *bottom)
