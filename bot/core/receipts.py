"""What a grading means to the member who wrote the answer."""

from collections.abc import Callable
from datetime import datetime

from bot.core import wording
from bot.core.grading import Grading, Verdict
from bot.core.intents import MadePoint, MissedPoint, Outgoing, Receipt, WrongClaim
from bot.core.ports import Ports
from bot.core.questions import Concept, Question
from bot.core.records import State
from bot.core.revising import Appeal, Refinement
from bot.core.rounds import thread_marker


def receipt(
    question: Question,
    grading: Grading,
    *,
    revision: int,
    round_id: int | None,
    closes_at: datetime | None,
    zone: str = "UTC",
    grading_id: int | None = None,
    second_look: bool = False,
) -> Receipt:
    """The receipt of a grading by ``question``; ``closes_at`` is set while the round is open.

    An open round's receipt counts what is missing without naming it; one without a round
    is practice. ``second_look`` says that a refined receipt will follow.
    """
    in_full, practice = closes_at is None, round_id is None
    concepts = {concept.id: concept for concept in question.rubric.concepts}
    missing = [concepts[result.id] for result in grading.concepts if result.credit == 0]
    remarks = wording.remarks(grading)
    return Receipt(
        round_id=round_id,
        title=question.title,
        score=grading.score,
        in_full=in_full,
        practice=practice,
        revision=revision,
        made=_made(grading, concepts),
        missing_points=len(missing),
        missed=tuple(MissedPoint(says=each.says, hint=each.hint) for each in missing)
        if in_full
        else (),
        wrong=_wrong(question, grading, in_full=in_full),
        flags=grading.flags,
        explanation=question.explanation if in_full else None,
        follow_up=question.follow_up if in_full and practice else None,
        closes_at=closes_at,
        zone=zone,
        under_review=grading.review is not None,
        remarks=(*remarks, wording.SECOND_LOOK) if second_look else remarks,
        grading_id=grading_id if can_appeal(grading) else None,
    )


def can_appeal(grading: Grading) -> bool:
    """Whether nobody has ruled on a grading, nor is going to."""
    return grading.review is None and grading.reason is None


def _made(grading: Grading, concepts: dict[str, Concept]) -> tuple[MadePoint, ...]:
    return tuple(
        MadePoint(
            says=concepts[result.id].says,
            quote=result.quote or "",
            in_full=result.verdict is Verdict.EXPLAINED,
            judge=result.judge,
        )
        for result in grading.concepts
        if result.credit > 0
    )


def _wrong(question: Question, grading: Grading, *, in_full: bool) -> tuple[WrongClaim, ...]:
    truths = {wrong.id: wrong.truth for wrong in question.rubric.misconceptions}
    return tuple(
        WrongClaim(quote=hit.quote, truth=truths[hit.id] if in_full else None)
        for hit in grading.misconceptions
    )


async def follow_up(
    ports: Ports, about: Refinement | Appeal, marker: str, grading: Grading
) -> Callable[[int], Outgoing]:
    """The message with the receipt of a later grading, given that grading's id.

    It goes where the first receipt went.
    """
    challenge = await ports.store.challenges.of(about.channel)
    round_ = None if about.round_id is None else await ports.store.rounds.get(about.round_id)
    answer = await ports.store.answers.received(about.channel, about.message_id)
    is_open = round_ is not None and round_.state is State.OPEN

    def reply(grading_id: int) -> Outgoing:
        return Outgoing(
            marker=marker,
            channel=about.channel,
            member=about.member,
            in_thread_of=None if answer is None else thread_marker(answer),
            about=about.message_id,
            intent=receipt(
                about.question,
                grading,
                revision=about.revision,
                round_id=about.round_id,
                closes_at=round_.closes_at if round_ is not None and is_open else None,
                zone=challenge.settings.zone if challenge else "UTC",
                grading_id=grading_id if challenge else None,
            ),
        )

    return reply
