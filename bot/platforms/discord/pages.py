"""Messages as Discord's API takes them, and its limits."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Json = dict[str, Any]

CONTENT: Final = 2000
TITLE: Final = 256
DESCRIPTION: Final = 4096
FIELD_VALUE: Final = 1024
EMBEDS: Final = 10
EMBEDS_TOTAL: Final = 6000
THREAD_NAME: Final = 100
MODAL_TITLE: Final = 45
TEXT_INPUT: Final = 4000

BLUE: Final = 0x5865F2
GREEN: Final = 0x57F287
YELLOW: Final = 0xFEE75C
RED: Final = 0xED4245
GREY: Final = 0x99AAB5

QUOTE: Final = 160
SAYS: Final = 200
"""How much of an answer's words, and of a point, a list of points shows."""

PRIMARY: Final = 1
SECONDARY: Final = 2
DANGER: Final = 4


@dataclass(frozen=True, slots=True)
class Page:
    """One message.

    ``mark`` is the button by which it is recognised later, ``None`` if it cannot be;
    ``role`` is the one role that it mentions.
    """

    embeds: tuple[Json, ...] = ()
    buttons: tuple[Json, ...] = ()
    content: str = ""
    mark: str | None = None
    role: int | None = None

    def to_json(self) -> Json:
        """The message as the API takes it."""
        row = {"type": 1, "components": list(self.buttons)}
        return {
            "content": self.content,
            "embeds": list(self.embeds),
            "components": [row] if self.buttons else [],
            "allowed_mentions": {"parse": [], "roles": [str(self.role)] if self.role else []},
        }


@dataclass(frozen=True, slots=True)
class Field:
    """A text field of a form; a large one takes several lines."""

    name: str
    label: str
    placeholder: str = ""
    most: int = TEXT_INPUT
    large: bool = True
    required: bool = True


@dataclass(frozen=True, slots=True)
class Form:
    """A window with text fields."""

    custom_id: str
    title: str
    fields: tuple[Field, ...]


def embed(
    description: str,
    *,
    color: int,
    title: str = "",
    fields: Mapping[str, str] | None = None,
    author: str = "",
    footer: str = "",
) -> Json:
    """An embed; empty parts are left out."""
    parts: Json = {
        "author": {"name": author} if author else None,
        "title": title,
        "description": description,
        "fields": [
            {"name": name, "value": value, "inline": True} for name, value in (fields or {}).items()
        ],
        "footer": {"text": footer} if footer else None,
    }
    return {**{name: part for name, part in parts.items() if part}, "color": color}


def button(label: str, custom_id: str, style: int = SECONDARY, *, disabled: bool = False) -> Json:
    """A button."""
    return {
        "type": 2,
        "style": style,
        "label": label,
        "custom_id": custom_id,
        "disabled": disabled,
    }


def size(part: Json) -> int:
    """How much of ``EMBEDS_TOTAL`` an embed takes."""
    texts = [part.get("title", ""), part.get("description", "")]
    texts += [text for each in part.get("fields", ()) for text in (each["name"], each["value"])]
    texts.append((part.get("footer") or {}).get("text", ""))
    texts.append((part.get("author") or {}).get("name", ""))
    return sum(map(len, texts))


def pack(embeds: Iterable[Json]) -> list[tuple[Json, ...]]:
    """Embeds in order, in as few messages as the limits allow."""
    messages: list[list[Json]] = []
    for part in embeds:
        fits = messages and len(messages[-1]) < EMBEDS and _total(messages[-1]) + size(part)
        if fits and fits <= EMBEDS_TOTAL:
            messages[-1].append(part)
        else:
            messages.append([part])
    return [tuple(message) for message in messages]


def _total(embeds: Sequence[Json]) -> int:
    return sum(map(size, embeds))
