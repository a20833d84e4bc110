"""From what a model wrote to an opinion; nothing in it is believed without a check."""

import json
import re
from collections.abc import Sequence
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.core.grading import Judgement, Opinion

_MAX_QUOTE: Final = 4000
_THOUGHTS: Final = re.compile(r"^.*?</think>", re.DOTALL)


class UnfitError(Exception):
    """A reply cannot be used; the text is for the model, which may try once more."""


class _Point(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    verdict: Literal["met", "partial", "unmet"]
    quote: Annotated[str, Field(max_length=_MAX_QUOTE)] = ""


class _Reply(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    points: dict[str, _Point]
    speaks_to_judge: bool = False


def opinion(content: str, concepts: Sequence[str]) -> Opinion:
    """Read a reply about ``concepts``.

    Raises:
        UnfitError: it is not the object that was asked for, or has other ids.
    """
    try:
        reply = _Reply.model_validate(_object_in(content))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][:3])
        raise UnfitError(f'"{where}" is wrong or missing.') from None
    if set(reply.points) != set(concepts):
        raise UnfitError(f"The ids must be exactly {', '.join(concepts)}.")
    judgements = tuple(
        Judgement(id=name, verdict=reply.points[name].verdict, quote=reply.points[name].quote)
        for name in concepts
    )
    return Opinion(judgements=judgements, injection=reply.speaks_to_judge)


def _object_in(content: str) -> object:
    """The JSON object in a reply, whatever stands around it: thoughts, fences, politeness."""
    text = _THOUGHTS.sub("", content)
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        raise UnfitError("It has no JSON object.")
    try:
        found: object = json.loads(text[start : end + 1])
    except (ValueError, RecursionError):
        raise UnfitError("It is not valid JSON.") from None
    return found
