"""The model's second look: queued behind the inbox, so that it never delays a receipt."""

from typing import Final, NamedTuple

from bot.core.grading import Ask, Grading, Mode, Opinion, Refiner, Shortfall
from bot.core.people import Channel, Member
from bot.core.ports import Ports
from bot.core.questions import Question
from bot.core.receipts import follow_up
from bot.core.revising import Refinement
from bot.errors import ModelError, NoReplyError

LEASE_SECONDS: Final = 300.0
"""How long an answer stays with one worker: longer than all attempts of a call together."""

_MAX_ATTEMPTS: Final = 3
_NO_OPINION: Final = Opinion(judgements=())


class Subject(NamedTuple):
    """An answer to look at, and whose budgets it is on."""

    member: Member
    channel: Channel
    question: Question
    text: str


async def work_off(ports: Ports) -> int:
    """Look at every answer that waits, one by one, and return how many there were."""
    done = 0
    while await take_one(ports):
        done += 1
    return done


async def take_one(ports: Ports) -> bool:
    """Look at the oldest answer that waits; false if there is none."""
    if ports.refiner is None:
        return False
    waiting = await ports.store.refinements.claim(LEASE_SECONDS)
    if waiting is None:
        return False
    await _refine(ports, ports.refiner, waiting)
    return True


async def _refine(ports: Ports, refiner: Refiner, waiting: Refinement) -> None:
    if waiting.attempts > _MAX_ATTEMPTS:
        grading = _fallen_short(waiting.grading, Shortfall.UNREACHABLE)
    else:
        subject = Subject(waiting.member, waiting.channel, waiting.question, waiting.text)
        grading = await second_look(ports, refiner, subject, waiting.grading, waiting.mode)
    reply = await follow_up(ports, waiting, f"refined:{waiting.id}", grading)
    await ports.store.refinements.finish(waiting, grading, reply)


async def second_look(
    ports: Ports, refiner: Refiner, subject: Subject, first: Grading, mode: Mode
) -> Grading:
    """The grading with the model's opinion in it, or with the reason why there is none."""
    ask = refiner.plan(subject.question, subject.text, first, mode)
    if ask is None:
        return first
    # Without concepts there is nothing to ask; combining them still finds what is doubtful.
    opinion = await _opinion(ports, refiner, subject, ask) if ask.concepts else _NO_OPINION
    if isinstance(opinion, Shortfall):
        return _fallen_short(first, opinion)
    return refiner.combine(subject.question, subject.text, first, opinion, mode)


def _fallen_short(grading: Grading, shortfall: Shortfall) -> Grading:
    return grading.model_copy(update={"shortfall": shortfall})


async def _opinion(
    ports: Ports, refiner: Refiner, subject: Subject, ask: Ask
) -> Opinion | Shortfall:
    """What the model says: from memory, or for tokens that are reserved beforehand."""
    store = ports.store.refinements
    known = await store.opinion(ask.key)
    if known is not None:
        return known
    day = ports.clock.now().date()
    member, channel, question, text = subject
    if not await store.reserve(member, channel, day, ask.tokens, refiner.limits):
        return Shortfall.BUDGET
    try:
        opinion = await refiner.ask(question, text, ask)
    except ModelError as error:
        await store.settle(member, channel, day, error.tokens - ask.tokens)
        unreachable = isinstance(error, NoReplyError)
        return Shortfall.UNREACHABLE if unreachable else Shortfall.UNUSABLE
    await store.settle(member, channel, day, opinion.tokens - ask.tokens)
    await store.keep(ask.key, member, opinion)
    return opinion
