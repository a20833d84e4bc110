"""What the core wants said, without markup: every platform renders every intent."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.core.challenges import AnswerMode
from bot.core.grading import Doubt, Flag, Judge
from bot.core.people import Channel, Member
from bot.core.questions import Level, Link, Question
from bot.core.standings import Period, Standing, Streak


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Tone(StrEnum):
    """Whether a notice informs, or asks for something to be done differently."""

    INFO = "info"
    SORRY = "sorry"


class Card(_Frozen):
    """A question as it is shown: no rubric, nothing that gives the answer away."""

    question_id: str
    title: str
    prompt: str
    level: Level
    category: str


def as_card(question: Question, categories: Mapping[str, str]) -> Card:
    """A question as members see it; ``categories`` maps ids to the names shown."""
    return Card(
        question_id=question.id,
        title=question.title,
        prompt=question.prompt,
        level=question.level,
        category=categories.get(question.category, question.category),
    )


class MadePoint(_Frozen):
    """A point that an answer made, with the words that earned it.

    ``quote`` is empty where a moderator granted it.
    """

    says: str
    quote: str
    in_full: bool
    judge: Judge = Judge.RUBRIC


class MissedPoint(_Frozen):
    """A point that an answer did not make."""

    says: str
    hint: str


class WrongClaim(_Frozen):
    """Words of an answer that cost points; the truth is withheld while a round is open."""

    quote: str
    truth: str | None


class BestAnswer(_Frozen):
    """An answer worth reading, shown at the close."""

    member: Member
    score: int
    text: str


class RubricLine(_Frozen):
    """One point of the rubric and how many members made it in full."""

    says: str
    weight: int
    made_by: int


class CategoryScore(_Frozen):
    """A member's average in one category."""

    category: str
    average: float
    answers: int


class QuestionPosted(_Frozen):
    """A round's question goes to its channel."""

    kind: Literal["question"] = "question"
    round_id: int
    local_date: date
    card: Card
    closes_at: datetime
    zone: str
    answers: AnswerMode
    ping: str | None = None
    replaces_earlier: bool = False


class QuizPosted(_Frozen):
    """A practice question for one member."""

    kind: Literal["quiz"] = "quiz"
    quiz_id: int
    card: Card
    hints: tuple[str, ...]


class Receipt(_Frozen):
    """What one member's answer earned.

    While the round is open, ``missed`` is empty and only ``missing_points`` counts what
    is missing; ``score`` is ``None`` where the grader could not judge or ``under_review``;
    ``round_id`` is ``None`` for practice. ``remarks`` are sentences to show as they are,
    escaped: who judged what, and a moderator's reason. With a ``grading_id`` the member may
    appeal against that grading.
    """

    kind: Literal["receipt"] = "receipt"
    round_id: int | None = None
    title: str
    score: int | None
    in_full: bool
    practice: bool
    revision: int
    made: tuple[MadePoint, ...]
    missing_points: int
    missed: tuple[MissedPoint, ...] = ()
    wrong: tuple[WrongClaim, ...] = ()
    flags: tuple[Flag, ...] = ()
    explanation: str | None = None
    follow_up: str | None = None
    closes_at: datetime | None = None
    zone: str = "UTC"
    under_review: bool = False
    remarks: tuple[str, ...] = ()
    grading_id: int | None = None


class Board(_Frozen):
    """Standings of one channel and period.

    ``rows`` begin after ``offset`` of the ``members``. ``own`` is the asking member's line
    where it is not among ``rows``; ``waiting`` counts the answers of rounds that are still
    open and not on the board yet.
    """

    kind: Literal["board"] = "board"
    period: Period
    start: date
    rows: tuple[Standing, ...]
    members: int
    offset: int = 0
    own: Standing | None = None
    waiting: int = 0


class RoundClosed(_Frozen):
    """A round is over: the model answer, the best answers and the standings."""

    kind: Literal["closed"] = "closed"
    round_id: int
    local_date: date
    card: Card
    model_answer: str
    explanation: str
    rubric: tuple[RubricLine, ...]
    links: tuple[Link, ...]
    best: tuple[BestAnswer, ...]
    answers: int
    board: Board


class Progress(_Frozen):
    """A member's own record in one channel, with practice beside it."""

    kind: Literal["progress"] = "progress"
    member: Member
    rounds: int
    average: float | None
    streak: Streak
    quizzes: int
    quiz_average: float | None
    strongest: CategoryScore | None
    weakest: CategoryScore | None


class ChallengeShown(_Frozen):
    """A challenge's settings and what comes next."""

    kind: Literal["challenge"] = "challenge"
    channel: Channel
    settings: dict[str, str]
    paused: bool
    questions: int
    next_round: datetime | None
    open_until: datetime | None
    zone: str


class CasePoint(_Frozen):
    """One concept of an appealed grading; ``verdict`` is met, partial or unmet."""

    id: str
    says: str
    verdict: str
    quote: str | None
    judge: Judge


class CaseClaim(_Frozen):
    """A false claim that an appealed grading found."""

    id: str
    quote: str
    truth: str


class Case(_Frozen):
    """An appeal, or a grading under review, as moderators see it; it does not name the member.

    ``doubt`` is set for a review, with the model's score as ``proposed``.
    """

    appeal_id: int
    channel: Channel
    card: Card
    answer: str
    score: int | None
    points: tuple[CasePoint, ...]
    wrong: tuple[CaseClaim, ...]
    flags: tuple[Flag, ...]
    why: str
    doubt: Doubt | None = None
    proposed: int | None = None


class Appeals(_Frozen):
    """Cases that wait for a moderator, oldest first; ``waiting`` counts those not shown too."""

    kind: Literal["appeals"] = "appeals"
    cases: tuple[Case, ...]
    waiting: int


class Notice(_Frozen):
    """One or two plain sentences."""

    kind: Literal["notice"] = "notice"
    text: str
    tone: Tone = Tone.INFO


Intent = Annotated[
    QuestionPosted
    | QuizPosted
    | Receipt
    | Board
    | RoundClosed
    | Progress
    | ChallengeShown
    | Appeals
    | Notice,
    Field(discriminator="kind"),
]


class Outgoing(_Frozen):
    """A message to be posted exactly once; ``marker`` tells it from every other.

    ``member`` makes it private; ``in_thread_of`` puts it under another message's marker;
    ``about`` is the id of the message that it replies to, as the platform gave it.
    """

    marker: str
    channel: Channel
    intent: Intent
    member: Member | None = None
    in_thread_of: str | None = None
    about: str | None = None
