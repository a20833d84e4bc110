"""Which question comes next: unused ones first, then the least recently used."""

import hashlib
from collections.abc import Iterable, Mapping

from bot.core.questions import Question


def choose(
    candidates: Iterable[Question], last_use: Mapping[str, int], seed: str
) -> Question | None:
    """The next question, or ``None`` if there is no candidate.

    ``last_use`` maps a question's id to a number that grows with every use. Among unused
    questions the order is shuffled by ``seed``, the same way each time.
    """

    def turn(question: Question) -> tuple[int, str]:
        shuffled = hashlib.sha256(f"{seed}:{question.id}".encode()).hexdigest()
        return last_use.get(question.id, -1), shuffled

    return min(candidates, key=turn, default=None)
