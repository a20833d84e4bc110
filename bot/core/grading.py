"""What graders say about one answer: the receipt's raw material."""

from collections.abc import Mapping
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


class Judge(StrEnum):
    """Who gave the verdict on one concept."""

    RUBRIC = "rubric"
    MODEL = "model"
    MODERATOR = "moderator"


class Mode(StrEnum):
    """How much a language model has to say, once one is configured.

    ``ASSIST`` asks it about what the rubric's patterns left open, ``LLM`` about everything.
    """

    KEYWORD = "keyword"
    ASSIST = "assist"
    LLM = "llm"


class Shortfall(StrEnum):
    """Why a grading has no opinion of the model although it was to have one."""

    BUDGET = "budget"
    UNREACHABLE = "unreachable"
    UNUSABLE = "unusable"


class Doubt(StrEnum):
    """Why a person looks at a grading before it counts."""

    GAP = "gap"
    INJECTION = "injection"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Review(_Frozen):
    """A grading that waits for a moderator, with both scores that are in question."""

    doubt: Doubt
    rubric: int | None
    model: int | None


class ConceptResult(_Frozen):
    """The verdict on one concept.

    ``credit`` runs from 0 to 1; ``quote`` is a verbatim piece of the answer that
    earned it, ``None`` where nothing did.
    """

    id: str
    verdict: Verdict
    credit: Annotated[float, Field(ge=0, le=1)]
    quote: str | None = None
    judge: Judge = Judge.RUBRIC


class MisconceptionResult(_Frozen):
    """A known wrong claim found in the answer, with the words that make it."""

    id: str
    quote: str


class Grading(_Frozen):
    """The verdict of one grader, engine version and rubric version on one answer.

    ``score`` runs from 0 to 100; ``None`` means that it does not count: the grader cannot
    judge, or ``review`` says what a moderator must look at first. ``reason`` is a
    moderator's, for the member to read.
    """

    grader: str
    engine: str
    rubric: str
    score: Annotated[int, Field(ge=0, le=100)] | None
    concepts: tuple[ConceptResult, ...]
    misconceptions: tuple[MisconceptionResult, ...] = ()
    flags: tuple[Flag, ...] = ()
    model: str | None = None
    shortfall: Shortfall | None = None
    review: Review | None = None
    reason: str | None = None


class Grader(Protocol):
    """Scores one answer to one question; never raises for what a member wrote."""

    async def grade(self, question: Question, answer: str) -> Grading:
        """Grade ``answer`` (at most ``MAX_ANSWER`` characters)."""
        ...

    def amend(
        self, question: Question, answer: str, grading: Grading, verdicts: Mapping[str, Verdict]
    ) -> Grading:
        """Score anew with a moderator's verdicts on some concepts.

        A misconception that is named too was not claimed. Caps of detectors are lifted.
        """
        ...


class Ask(_Frozen):
    """A question about one answer that is worth a model's time.

    ``key`` is the same for the same model, prompt, rubric, concepts and normalised answer;
    ``tokens`` is the most that asking can cost.
    """

    key: str
    concepts: tuple[str, ...]
    tokens: int


class Judgement(_Frozen):
    """What the model says of one concept: ``met``, ``partial`` or ``unmet``, and the words."""

    id: str
    verdict: str
    quote: str = ""


class Opinion(_Frozen):
    """A model's reply, not checked against the answer yet; ``tokens`` is what it cost."""

    judgements: tuple[Judgement, ...]
    injection: bool = False
    tokens: int = 0


class Limits(_Frozen):
    """The most tokens a day: of one member, in one channel, and in all."""

    member: int
    channel: int
    day: int


class Refiner(Protocol):
    """A language model's second look at what the rubric's grader said."""

    @property
    def limits(self) -> Limits:
        """The budgets."""
        ...

    def plan(self, question: Question, answer: str, grading: Grading, mode: Mode) -> Ask | None:
        """What to ask; ``None`` where nothing is open."""
        ...

    async def ask(self, question: Question, answer: str, ask: Ask) -> Opinion:
        """Ask the model.

        Raises:
            ModelError: it cannot be reached, or its reply is of no use.
        """
        ...

    def combine(
        self, question: Question, answer: str, grading: Grading, opinion: Opinion, mode: Mode
    ) -> Grading:
        """The grading with those parts of the opinion that the answer bears out."""
        ...
