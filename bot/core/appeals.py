"""Appeals: a member disputes a grading, a moderator decides, and that is final."""

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from bot.core.boards import challenge_of
from bot.core.challenges import Challenge
from bot.core.grading import Grading, Verdict
from bot.core.intents import Appeals, Case, CaseClaim, CasePoint, Notice, Outgoing
from bot.core.people import Channel, Member
from bot.core.ports import Ports
from bot.core.receipts import follow_up
from bot.core.revising import Appeal, AppealOutcome
from bot.core.rounds import card
from bot.errors import UserError

MAX_REASON: Final = 500
"""The longest reason for an appeal or a ruling, in characters."""

SHOWN: Final = 10

CASES_MARKER: Final = "appeals:"
"""How the markers of posts begin that tell moderators of new cases."""

VERDICTS: Final[Mapping[str, Verdict]] = {
    "met": Verdict.EXPLAINED,
    "partial": Verdict.NAMED,
    "unmet": Verdict.MISSING,
}
"""The words for verdicts in rulings."""

_REFUSALS: Final = {
    AppealOutcome.UNKNOWN: "I could not find that grading of yours.",
    AppealOutcome.CHANGED: "You have changed this answer since; appeal by its newest receipt.",
    AppealOutcome.WAITING: "This answer is with the moderators already; their ruling comes to you.",
    AppealOutcome.FINAL: "A moderator has ruled on this answer, and a ruling is final.",
}


class Ruling(BaseModel):
    """What a moderator decides: a score, or verdicts on concepts, or to keep what there is.

    Where an answer is under review, to keep means that the rubric's score stands.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: Annotated[str, Field(min_length=1, max_length=MAX_REASON)]
    score: Annotated[int, Field(ge=0, le=100)] | None = None
    verdicts: dict[str, Verdict] = {}


async def appeal(ports: Ports, member: Member, grading_id: int, why: str = "") -> Notice:
    """Put a grading before the moderators.

    Raises:
        UserError: it is not the member's, or it was appealed or ruled on already.
    """
    if len(why) > MAX_REASON:
        raise UserError(f"Say why in at most {MAX_REASON} characters.")
    outcome = await ports.store.appeals.open(grading_id, member, why.strip())
    if outcome is not AppealOutcome.OPENED:
        raise UserError(_REFUSALS[outcome])
    return Notice(text="Your appeal is with the moderators; their ruling comes to you.")


async def queue(ports: Ports, channel: Channel) -> Appeals:
    """What waits for the moderators of a channel.

    Raises:
        UserError: the channel has no challenge.
    """
    await challenge_of(ports, channel)
    waiting, total = await ports.store.appeals.waiting(channel, SHOWN)
    return Appeals(cases=tuple(_case(ports, each) for each in waiting), waiting=total)


async def waiting_case(ports: Ports, channel: Channel, appeal_id: int) -> Case:
    """A case of a channel that waits for a ruling.

    Raises:
        UserError: there is no such case.
    """
    return _case(ports, await _waiting(ports, channel, appeal_id))


async def announce(ports: Ports, challenge: Challenge) -> None:
    """Tell the channel that moderators chose of new cases, if they chose one."""
    chosen = challenge.settings.appeals
    fresh = await ports.store.appeals.unannounced(challenge.channel) if chosen else []
    if not chosen or not fresh:
        return
    ids = [each.id for each in fresh]
    cases = tuple(_case(ports, each) for each in fresh)
    where = challenge.channel.model_copy(update={"id": chosen, "name": ""})
    post = Outgoing(
        marker=f"{CASES_MARKER}{challenge.id}:{ids[-1]}",
        channel=where,
        intent=Appeals(cases=cases, waiting=len(cases)),
    )
    await ports.store.appeals.announce(ids, post)


async def rule(ports: Ports, channel: Channel, appeal_id: int, ruling: Ruling, actor: str) -> None:
    """Decide a case of a channel; the member gets a receipt with the reason.

    Raises:
        UserError: there is no such case, or the ruling names what the rubric does not have.
    """
    case = await _waiting(ports, channel, appeal_id)
    grading = _ruled(ports, case, ruling)
    reply = await follow_up(ports, case, f"ruling:{case.id}", grading)
    if not await ports.store.appeals.rule(case, grading, actor, reply):
        raise UserError("Somebody has ruled on this case already, and a ruling is final.")


async def _waiting(ports: Ports, channel: Channel, appeal_id: int) -> Appeal:
    case = await ports.store.appeals.get(appeal_id)
    if case is None or case.channel.key != channel.key:
        raise UserError(f"No case {appeal_id} waits here; /challenge appeals lists those that do.")
    return case


def _ruled(ports: Ports, case: Appeal, ruling: Ruling) -> Grading:
    former = case.grading
    score = former.score
    if ruling.verdicts:
        _check(case, ruling)
        former = ports.grader.amend(case.question, case.text, former, ruling.verdicts)
        score = former.score
    elif ruling.score is not None:
        score = ruling.score
    elif former.review is not None:
        score = former.review.rubric
    return former.model_copy(
        update={"grader": "moderator", "score": score, "review": None, "reason": ruling.reason}
    )


def _check(case: Appeal, ruling: Ruling) -> None:
    points = [result.id for result in case.grading.concepts]
    claims = [hit.id for hit in case.grading.misconceptions]
    for name, verdict in ruling.verdicts.items():
        if name not in points and name not in claims:
            known = ", ".join([*points, *claims])
            raise UserError(f"This grading has no point '{name}'; it has {known}.")
        if name in claims and verdict is not Verdict.MISSING:
            raise UserError(f"'{name}' is a false claim; {name}=unmet says that it is not made.")


def _case(ports: Ports, each: Appeal) -> Case:
    question, grading = each.question, each.grading
    review = grading.review
    truths = {wrong.id: wrong.truth for wrong in question.rubric.misconceptions}
    return Case(
        appeal_id=each.id,
        channel=each.channel,
        card=card(ports, question),
        answer=each.text,
        score=review.rubric if review else grading.score,
        points=_points(each),
        wrong=tuple(
            CaseClaim(id=hit.id, quote=hit.quote, truth=truths[hit.id])
            for hit in grading.misconceptions
        ),
        flags=grading.flags,
        why=each.why,
        doubt=review.doubt if review else None,
        proposed=review.model if review else None,
    )


def _points(each: Appeal) -> tuple[CasePoint, ...]:
    says = {concept.id: concept.says for concept in each.question.rubric.concepts}
    words = {verdict: word for word, verdict in VERDICTS.items()}
    return tuple(
        CasePoint(
            id=result.id,
            says=says[result.id],
            verdict=words.get(result.verdict, "unmet"),
            quote=result.quote,
            judge=result.judge,
        )
        for result in each.grading.concepts
    )
