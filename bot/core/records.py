"""What is kept of rounds, answers and messages, and what platforms tell."""

from datetime import date, datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from bot.core.grading import Grading
from bot.core.intents import Outgoing
from bot.core.people import Channel, Member


class Record(BaseModel):
    """Something that is kept: it does not change, and knows no fields beside its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class State(StrEnum):
    """Where a round is in its life."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"


class Via(StrEnum):
    """Whether an answer came for all to see or privately."""

    THREAD = "thread"
    PRIVATE = "private"


class EventKind(StrEnum):
    """What happened to a member's message."""

    ANSWER = "answer"
    EDIT = "edit"
    DELETE = "delete"


class Round(Record):
    """One question for one local date of one challenge.

    ``question_id`` and ``question_version`` are set once it has been opened;
    ``scheduled`` is false for one posted by hand on a day that has none.
    """

    id: int
    challenge_id: int
    channel: Channel
    local_date: date
    state: State
    scheduled: bool
    opens_at: datetime
    closes_at: datetime | None
    question_id: str | None
    question_version: str | None


class Quiz(Record):
    """One practice question for one member."""

    id: int
    member: Member
    question_id: str
    question_version: str


class Incoming(Record):
    """What a member did, as the platform told it.

    The key is (platform, workspace, channel, message id) with ``kind`` and ``version``;
    ``sent_at`` is the platform's time. Exactly one of ``round_id`` and ``quiz_id`` is set;
    ``question_id`` is the question that the member had before them.
    """

    kind: EventKind
    channel: Channel
    member: Member
    message_id: str
    sent_at: datetime
    version: str = ""
    text: str = ""
    via: Via = Via.THREAD
    round_id: int | None = None
    quiz_id: int | None = None
    question_id: str | None = None


class Pending(Record):
    """A stored event that still waits to be handled."""

    id: int
    incoming: Incoming


class Thread(Record):
    """A post that put a question to a round: answers in its thread are for that question."""

    round: Round
    question_id: str
    reference: str


class Delivery(Record):
    """An outgoing message claimed for sending.

    ``thread`` is the platform's reference of the message that it belongs under; ``attempts``
    counts this attempt and those before it that ended without a clear outcome; no attempt
    was made before ``queued_at``.
    """

    id: int
    outgoing: Outgoing
    thread: str | None
    attempts: int
    queued_at: datetime


class CountedAnswer(Record):
    """The revision that counts for a member in a round, with its current grading."""

    member: Member
    quotable: bool
    revision: int
    text: str
    grading_id: int
    grading: Grading


class Mark(Record):
    """One scheduled and closed round, and whether a member answered it."""

    local_date: date
    took_part: bool


class PastScore(Record):
    """A score of a member's own past, in a round or a quiz."""

    question_id: str
    score: int
    practice: bool
