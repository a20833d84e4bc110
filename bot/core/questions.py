"""Packs and questions: the rubric a member's answer is read against.

A rubric pattern such as ``"block | hold up + event loop | worker"`` is a row of
*slots* joined by ``+``; each slot lists interchangeable *options* joined by ``|``.
A pattern matches where every slot finds one of its options close together.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    StringConstraints,
    model_validator,
)

Slots = tuple[tuple[str, ...], ...]


def parse_slots(pattern: str) -> Slots:
    """Split ``"a | b + c"`` into ``(("a", "b"), ("c",))``; an empty part stays in, empty."""
    return tuple(
        tuple(option.strip() for option in f" {slot} ".split(" | "))
        for slot in f" {pattern} ".split(" + ")
    )


def _complete(pattern: str) -> str:
    if not all(option for slot in parse_slots(pattern) for option in slot):
        message = "a slot or option is empty; slots are joined by ' + ', options by ' | '"
        raise ValueError(message)
    return pattern


def _distinct(ids: Iterable[str], what: str) -> None:
    repeated = [name for name, count in Counter(ids).items() if count > 1]
    if repeated:
        message = f"{what} id '{repeated[0]}' is used more than once; give each its own"
        raise ValueError(message)


Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=60)]
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=400, pattern=r"^[^\n]*$"),
]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Pattern = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=1000),
    AfterValidator(_complete),
]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Level(StrEnum):
    """How much experience a question expects."""

    JUNIOR = "junior"
    MID = "mid"
    SENIOR = "senior"


class Voice(StrEnum):
    """Whether a reference answer uses the trade's terms or everyday words."""

    TECHNICAL = "technical"
    PLAIN = "plain"


class Expectation(StrEnum):
    """The band of scores a test inside a question file must land in."""

    HIGH = "high"
    HALF = "half"
    LOW = "low"

    @property
    def bounds(self) -> tuple[int, int]:
        """The lowest and the highest score of the band, both included."""
        return {"high": (80, 100), "half": (35, 75), "low": (0, 25)}[self.value]


class Concept(_Frozen):
    """One weighted point that a complete answer makes."""

    id: Slug
    weight: Annotated[int, Field(ge=1, le=5)] = 2
    says: Annotated[Line, Field(description="The point in one true sentence, shown at the close.")]
    hint: Annotated[
        Line, Field(description="A nudge towards the point that does not give it away.")
    ]
    accept: Annotated[tuple[Pattern, ...], Field(min_length=1)]


class Misconception(_Frozen):
    """One known wrong claim, and what is true instead."""

    id: Slug
    claim: Annotated[Line, Field(description="The false sentence, as a member would write it.")]
    truth: Annotated[Line, Field(description="What is true instead, shown on the receipt.")]
    variants: Annotated[
        tuple[Line, ...], Field(description="Other ways of saying the same false thing.")
    ] = ()
    patterns: Annotated[
        tuple[Pattern, ...], Field(description="Narrow patterns that only the false claim fits.")
    ] = ()


class Rubric(_Frozen):
    """What an answer must say and what it must not."""

    concepts: Annotated[tuple[Concept, ...], Field(min_length=3, max_length=12)]
    misconceptions: tuple[Misconception, ...] = ()

    @model_validator(mode="after")
    def _ids_are_distinct(self) -> Self:
        _distinct((concept.id for concept in self.concepts), "concept")
        _distinct((wrong.id for wrong in self.misconceptions), "misconception")
        return self

    @property
    def weight(self) -> int:
        """The sum of the concepts' weights."""
        return sum(concept.weight for concept in self.concepts)


class Reference(_Frozen):
    """A model answer in one voice."""

    voice: Voice
    text: Prose


class Link(_Frozen):
    """Where the official documentation says more."""

    title: Line
    url: HttpUrl


class QuestionTest(_Frozen):
    """An answer with the band that its score must land in."""

    answer: Prose
    expect: Expectation
    note: Line | None = None


class Question(_Frozen):
    """One interview question with everything needed to ask, grade and explain it."""

    id: Slug
    title: Annotated[Line, Field(max_length=80)]
    prompt: Annotated[Prose, Field(max_length=1500)]
    level: Level
    category: Slug
    tags: tuple[Slug, ...] = ()
    rubric: Rubric
    references: Annotated[tuple[Reference, ...], Field(min_length=1)]
    explanation: Annotated[Prose, Field(max_length=1500)]
    follow_up: Line
    links: tuple[Link, ...] = ()
    tests: tuple[QuestionTest, ...] = ()

    @cached_property
    def version(self) -> str:
        """Twelve hex digits of the SHA-256 of the content: it changes when the file does."""
        body = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(body.encode()).hexdigest()[:12]

    @property
    def model_answer(self) -> str:
        """The technical reference if there is one, else the first."""
        technical = (ref.text for ref in self.references if ref.voice is Voice.TECHNICAL)
        return next(technical, self.references[0].text)


class Pack(_Frozen):
    """A folder of questions under one title, licence and language."""

    id: Slug
    title: Line
    description: Line
    licence: Line
    language: Annotated[
        str, StringConstraints(pattern=r"^[a-z]{2}$"), Field(description="ISO 639-1 code.")
    ] = "en"
    categories: Annotated[
        dict[Slug, Line], Field(min_length=1, description="Category id to the name members see.")
    ]
