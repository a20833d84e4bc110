"""What a grader says about one answer: the receipt's raw material."""

from enum import StrEnum
from typing import Annotated, Protocol

from pydantic import BaseModel, ConfigDict, Field

from bot.core.questions import Question

MAX_ANSWER = 4000
"""The longest answer that is graded, in characters."""


class Verdict(StrEnum):
    """How one concept fared in one answer."""

    EXPLAINED = "explained"
    NAMED = "named"
    CONTRADICTED = "contradicted"
    MISSING = "missing"


class Flag(StrEnum):
    """What a detector noticed about an answer as a whole."""

    ECHO = "echo"
    KEYWORDS = "keywords"
    DONT_KNOW = "dontknow"
    HOLLOW = "hollow"
    INJECTION = "injection"
    OFF_TOPIC = "offtopic"
    OTHER_LANGUAGE = "otherlang"
    CODE = "code"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ConceptResult(_Frozen):
    """The verdict on one concept.

    ``credit`` runs from 0 to 1; ``quote`` is a verbatim piece of the answer that
    earned it, ``None`` where nothing did.
    """

    id: str
    verdict: Verdict
    credit: Annotated[float, Field(ge=0, le=1)]
    quote: str | None = None


class MisconceptionResult(_Frozen):
    """A known wrong claim found in the answer, with the words that make it."""

    id: str
    quote: str


class Grading(_Frozen):
    """The verdict of one grader, engine version and rubric version on one answer.

    ``score`` runs from 0 to 100; ``None`` means that the grader cannot judge.
    """

    grader: str
    engine: str
    rubric: str
    score: Annotated[int, Field(ge=0, le=100)] | None
    concepts: tuple[ConceptResult, ...]
    misconceptions: tuple[MisconceptionResult, ...] = ()
    flags: tuple[Flag, ...] = ()


class Grader(Protocol):
    """Scores one answer to one question; never raises for what a member wrote."""

    async def grade(self, question: Question, answer: str) -> Grading:
        """Grade ``answer`` (at most ``MAX_ANSWER`` characters)."""
        ...
