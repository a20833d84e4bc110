"""What changes a grading later: the model's second look, appeals, regrades; records and stores."""

from collections.abc import Callable, Sequence
from datetime import date
from enum import StrEnum
from typing import Protocol

from bot.core.grading import Doubt, Grading, Limits, Mode, Opinion
from bot.core.intents import Outgoing
from bot.core.people import Channel, Member
from bot.core.questions import Question
from bot.core.records import Record
from bot.core.standings import Period, Standing


class Refinement(Record):
    """A recorded answer that waits for the model's second look; ``attempts`` counts this one."""

    id: int
    channel: Channel
    member: Member
    message_id: str
    round_id: int | None
    text: str
    question: Question
    revision: int
    grading: Grading
    mode: Mode
    attempts: int


class AppealOutcome(StrEnum):
    """What became of an appeal that somebody wanted to make."""

    OPENED = "opened"
    UNKNOWN = "unknown"
    CHANGED = "changed"
    WAITING = "waiting"
    FINAL = "final"


class Appeal(Record):
    """A disputed answer with the grading that is current for it.

    ``doubt`` is set where the program itself asks for a person's judgement. ``channel`` is
    where the answer was given.
    """

    id: int
    channel: Channel
    member: Member
    message_id: str
    round_id: int | None
    question: Question
    text: str
    revision: int
    grading_id: int
    grading: Grading
    why: str
    doubt: Doubt | None


class Regradable(Record):
    """An answer that counts in a round, as far as grading it anew needs it.

    ``question`` is the text that it was last graded by; ``mode`` that of its challenge.
    """

    grading_id: int
    member: Member
    channel: Channel
    local_date: date
    text: str
    question: Question
    grading: Grading
    mode: Mode


class Regrading(Record):
    """An answer's new grading, by a question's new text."""

    before: Regradable
    question: Question
    grading: Grading


class RankChange(Record):
    """A member's place in the standings of one period before and after; ``None`` is off them."""

    channel: Channel
    period: Period
    start: date
    member: Member
    before: Standing | None
    after: Standing | None


class QuestionStats(Record):
    """How one question fared: shares run from 0 to 1, ``None`` where nothing is known.

    ``met`` holds the share of answers that made each concept in full.
    """

    question_id: str
    answers: int
    mean: float | None
    met: dict[str, float]
    appeals: int
    rulings: int
    overturned: int


class RefinementStore(Protocol):
    """Answers that wait for a model, what it said, and what that cost."""

    async def claim(self, lease_seconds: float) -> Refinement | None:
        """Take the oldest answer that waits and that nobody else works on."""
        ...

    async def opinion(self, key: str) -> Opinion | None:
        """What the model said when it was asked the same before."""
        ...

    async def keep(self, key: str, member: Member, opinion: Opinion) -> None:
        """Remember what the model said of a member's answer."""
        ...

    async def reserve(
        self, member: Member, channel: Channel, day: date, tokens: int, limits: Limits
    ) -> bool:
        """Take tokens from all three budgets of a day, or from none and return false."""
        ...

    async def settle(self, member: Member, channel: Channel, day: date, change: int) -> None:
        """Correct the budgets by the difference to what was reserved."""
        ...

    async def finish(
        self, refinement: Refinement, grading: Grading, receipt: Callable[[int], Outgoing]
    ) -> bool:
        """Supersede the first grading and queue the refined receipt.

        ``receipt`` is called with the new grading's id. Nothing but the end of the job
        happens, and false is returned, if the answer was withdrawn or graded meanwhile by
        somebody else. A grading under review also opens a case for moderators.
        """
        ...


class AppealStore(Protocol):
    """Appeals against gradings, reviews, and moderators' rulings."""

    async def open(self, grading_id: int, member: Member, why: str) -> AppealOutcome:
        """Open a case on the answer that a grading is about, unless there is one already."""
        ...

    async def waiting(self, channel: Channel, limit: int) -> tuple[list[Appeal], int]:
        """The oldest cases of a channel that have no ruling, and how many there are."""
        ...

    async def get(self, appeal_id: int) -> Appeal | None:
        """A case that has no ruling yet."""
        ...

    async def unannounced(self, channel: Channel) -> list[Appeal]:
        """The waiting cases of a channel that no moderator was told of."""
        ...

    async def announce(self, appeal_ids: Sequence[int], post: Outgoing) -> None:
        """Note that moderators were told of cases, and queue the message that does it."""
        ...

    async def rule(
        self, appeal: Appeal, grading: Grading, actor: str, receipt: Callable[[int], Outgoing]
    ) -> bool:
        """Close a case with a moderator's grading; false if it is closed already."""
        ...


class RegradeStore(Protocol):
    """Grading again what counts, and how questions fare."""

    async def countable(
        self, question_id: str | None, since: date | None
    ) -> tuple[list[Regradable], int]:
        """The answers that count in rounds, oldest first, and how many rulings were left out."""
        ...

    async def apply(
        self, regradings: Sequence[Regrading], periods: Sequence[Period], *, dry_run: bool
    ) -> list[RankChange]:
        """Supersede gradings and count the standings anew, in one transaction.

        Answers that were graded by somebody else meanwhile keep that grading. A dry run
        takes everything back at the end.
        """
        ...

    async def stats(self) -> list[QuestionStats]:
        """How every question fared that has answers."""
        ...
