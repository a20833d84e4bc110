"""What the use cases need from the outside: a store, a clock, a grader, questions, a calendar."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.core.challenges import Challenge, ChallengeSettings
from bot.core.grading import Grader, Grading, Mode, Refiner
from bot.core.intents import Outgoing
from bot.core.people import Channel, Member
from bot.core.questions import Level, Question
from bot.core.records import (
    CountedAnswer,
    Delivery,
    Incoming,
    Mark,
    PastScore,
    Pending,
    Quiz,
    Round,
    Thread,
)
from bot.core.revising import AppealStore, RefinementStore, RegradeStore
from bot.core.schedule import Calendar
from bot.core.standings import Period, Tally


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The current instant, in UTC."""
        ...


class QuestionBank(Protocol):
    """The questions that rounds and quizzes choose from."""

    def get(self, question_id: str) -> Question:
        """Return a question, or raise ``UserError``."""
        ...

    def categories(self) -> Mapping[str, str]:
        """Category ids to the names that members see."""
        ...

    def select(
        self,
        *,
        packs: Iterable[str] = (),
        categories: Iterable[str] = (),
        levels: Iterable[Level] = (),
    ) -> Sequence[Question]:
        """The questions that fit every filter that is not empty."""
        ...


class ChallengeStore(Protocol):
    """Challenges and who changed them."""

    async def create(
        self, channel: Channel, settings: ChallengeSettings, planned_through: date, actor: str
    ) -> Challenge | None:
        """Store a new challenge; ``None`` if the channel has one."""
        ...

    async def change(
        self, challenge_id: int, settings: ChallengeSettings, planned_through: date, actor: str
    ) -> None:
        """Replace the settings and drop the rounds planned with the old ones."""
        ...

    async def remove(self, challenge_id: int, actor: str) -> None:
        """End a challenge; its rounds and standings stay."""
        ...

    async def of(self, channel: Channel) -> Challenge | None:
        """The channel's challenge."""
        ...

    async def all(self) -> list[Challenge]:
        """Every challenge that has not been removed."""
        ...


class RoundStore(Protocol):
    """Rounds from planned to closed, and the questions they used."""

    async def plan(
        self, challenge: Challenge, due: Sequence[tuple[date, datetime]], through: date
    ) -> None:
        """Add planned rounds, passing over dates that have one."""
        ...

    async def add(
        self, challenge: Challenge, day: date, opens_at: datetime, *, scheduled: bool
    ) -> Round:
        """The round of a date, made if there is none."""
        ...

    async def planned(self, challenge_id: int, until: datetime) -> list[Round]:
        """Planned rounds that are due by ``until``, oldest first."""
        ...

    async def next_planned(self, challenge_id: int) -> Round | None:
        """The planned round that comes next."""
        ...

    async def open_ones(self, challenge_id: int) -> list[Round]:
        """Open rounds, oldest first."""
        ...

    async def get(self, round_id: int) -> Round | None:
        """A round by its id."""
        ...

    async def latest(self, channel: Channel) -> Round | None:
        """The round of a channel that was opened last."""
        ...

    async def thread(self, channel: Channel, reference: str) -> Thread | None:
        """The question's post that the platform knows by ``reference``."""
        ...

    async def open_threads(
        self, platform: str, closed_since: datetime | None = None
    ) -> list[Thread]:
        """The posts of every open round of a platform, and of those that closed since."""
        ...

    async def open(
        self,
        round_id: int,
        question: Question,
        opened_at: datetime,
        closes_at: datetime,
        post: Outgoing,
    ) -> bool:
        """Open a planned round and queue its post; false if it is no longer planned."""
        ...

    async def replace_question(self, round_id: int, question: Question, post: Outgoing) -> None:
        """Give an open round another question and queue its post."""
        ...

    async def miss(self, round_ids: Sequence[int], notice: Outgoing) -> None:
        """Close planned rounds that were never opened, and queue the notice that says so."""
        ...

    async def close(self, round_id: int, at: datetime) -> bool:
        """Close an open round and count its answers; false if it is not open."""
        ...

    async def unannounced(self, challenge_id: int) -> list[Round]:
        """Rounds that closed but whose closing post is not queued yet."""
        ...

    async def announce(self, round_id: int, post: Outgoing) -> None:
        """Queue a closing post."""
        ...

    async def last_uses(self, challenge_id: int) -> dict[str, int]:
        """Question ids to a number that grows with every use."""
        ...

    async def question(self, question_id: str, version: str) -> Question:
        """A question as it was when it was posted."""
        ...

    async def latest_instant(self, channel: Channel) -> datetime | None:
        """The latest instant that the channel's rounds and answers know of."""
        ...


class AnswerStore(Protocol):
    """Events as they arrive, and the answers, revisions and gradings made of them."""

    async def receive(self, incoming: Incoming) -> bool:
        """Store an event; false if it is stored already. The row is the acknowledgement."""
        ...

    async def pending(self) -> list[Pending]:
        """Stored events that are not handled, in order of arrival."""
        ...

    async def refuse(self, pending_id: int, reply: Outgoing) -> None:
        """Mark an event handled without effect, and queue the sentence that says why."""
        ...

    async def record(
        self,
        pending: Pending,
        question_id: str,
        grading: Grading,
        receipt: Callable[[int, int], Outgoing],
        refine: Mode | None = None,
    ) -> None:
        """Store a revision with its grading, queue its receipt, mark the event handled.

        ``receipt`` is called with the revision's number within the answer and the grading's
        id; ``refine`` queues the answer for the model's second look. Nothing happens if the
        message was deleted meanwhile or the event is handled already.
        """
        ...

    async def withdraw(self, pending: Pending, reply: Outgoing) -> None:
        """Withdraw what a deleted message said and mark the event handled."""
        ...

    async def counted(self, round_: Round) -> list[CountedAnswer]:
        """The answers that count in a round, best first."""
        ...

    async def live_messages(self, round_id: int, member: Member) -> list[str]:
        """The ids of a member's messages in a round that are not withdrawn."""
        ...

    async def received(self, channel: Channel, message_id: str) -> Incoming | None:
        """What first arrived about a message."""
        ...

    async def in_thread(self, round_id: int) -> list[Incoming]:
        """The messages in a round's thread whose answers are not withdrawn."""
        ...

    async def count_open(self, channel: Channel) -> int:
        """How many answers the channel's open rounds have."""
        ...


class QuizStore(Protocol):
    """Practice questions."""

    async def start(self, member: Member, question: Question) -> Quiz:
        """Store a new quiz."""
        ...

    async def get(self, quiz_id: int) -> Quiz | None:
        """A quiz by its id."""
        ...

    async def last_uses(self, member: Member) -> dict[str, int]:
        """Question ids to a number that grows with every quiz of the member."""
        ...


class BoardStore(Protocol):
    """Standings, kept as rollups, and members' own records."""

    async def top(
        self, channel: Channel, period: Period, start: date, limit: int, offset: int = 0
    ) -> tuple[list[Tally], int]:
        """Tallies by points from ``offset`` on, and how many members have one."""
        ...

    async def place(
        self, channel: Channel, period: Period, start: date, member: Member
    ) -> tuple[Tally, int] | None:
        """A member's tally and how many members have more points."""
        ...

    async def marks(self, channel: Channel, member: Member) -> list[Mark]:
        """The scheduled rounds that count for a member's streak, oldest first."""
        ...

    async def past_scores(self, channel: Channel, member: Member) -> list[PastScore]:
        """Every score of a member: the channel's closed rounds and all quizzes."""
        ...

    async def recount(self) -> list[str]:
        """Compare the standings with a fresh count; one sentence for each difference."""
        ...


class PeopleStore(Protocol):
    """Members."""

    async def set_quotable(self, member: Member, *, quotable: bool) -> None:
        """Whether a member's answers may be shown to others at the close."""
        ...

    async def quotable(self, member: Member) -> bool:
        """Whether a member's answers may be shown; so until they say otherwise."""
        ...

    async def forget(self, member: Member) -> bool:
        """Remove a member's text and scores everywhere; false if there is no such member."""
        ...


class MessageStore(Protocol):
    """The outbox."""

    async def queue(self, outgoing: Outgoing) -> None:
        """Add a message, unless its marker is there already."""
        ...

    async def claim(self, platform: str, lease_seconds: float, limit: int) -> list[Delivery]:
        """Take messages that nobody else is sending, oldest first."""
        ...

    async def sent(self, delivery_id: int, reference: str) -> None:
        """Note that a message was posted, and the platform's reference of it."""
        ...

    async def postpone(self, delivery_id: int, seconds: float) -> None:
        """Try again later a message that was certainly not posted."""
        ...

    async def give_up(self, delivery_id: int, reason: str) -> None:
        """Note that a message can never be posted, and why."""
        ...


class Store(Protocol):
    """The only door to the database; every method of its parts is one transaction."""

    @property
    def challenges(self) -> ChallengeStore:
        """Challenges and who changed them."""
        ...

    @property
    def rounds(self) -> RoundStore:
        """Rounds from planned to closed."""
        ...

    @property
    def answers(self) -> AnswerStore:
        """The inbox and what was made of it."""
        ...

    @property
    def quizzes(self) -> QuizStore:
        """Practice questions."""
        ...

    @property
    def boards(self) -> BoardStore:
        """Standings and members' own records."""
        ...

    @property
    def people(self) -> PeopleStore:
        """Members."""
        ...

    @property
    def messages(self) -> MessageStore:
        """The outbox."""
        ...

    @property
    def refinements(self) -> RefinementStore:
        """What waits for a model."""
        ...

    @property
    def appeals(self) -> AppealStore:
        """Appeals and rulings."""
        ...

    @property
    def regrades(self) -> RegradeStore:
        """Grading again."""
        ...


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything a use case works with; ``refiner`` is there where a model is configured."""

    store: Store
    clock: Clock
    grader: Grader
    bank: QuestionBank
    calendar: Calendar
    refiner: Refiner | None = None
