"""How the rubric's grading and a model's opinion become one, by the same arithmetic.

A verdict of the model replaces the rubric's where it was asked and can show words of the answer
that bear it out; ``unmet`` needs none. What it cannot show changes nothing. An answer that may
speak to the grader is not put before the model. Where rubric and model end up far apart, or
either noticed an injection, the answer waits for a moderator and does not count until then.
"""

from collections.abc import Sequence
from typing import Final

from bot.core.grading import (
    ConceptResult,
    Doubt,
    Flag,
    Grading,
    Judge,
    Judgement,
    Mode,
    Opinion,
    Review,
    Verdict,
)
from bot.core.questions import Concept, Question
from bot.grading.evidence import bears_out, find
from bot.grading.keyword import Compiled, compile_question, rescored
from bot.grading.scoring import CREDIT
from bot.grading.suspicion import suspicious

GAP: Final = 30
"""More points than this between rubric and model need a person."""

BOUNDARIES: Final = (40, 80)
"""Scores that decide how an answer is looked upon."""

_NEAR: Final = 5
_SHARED: Final = 2
"""How many points the same words may earn."""

_VERDICTS: Final = {
    "met": Verdict.EXPLAINED,
    "partial": Verdict.NAMED,
    "unmet": Verdict.MISSING,
}


def to_ask(question: Question, answer: str, grading: Grading, mode: Mode) -> tuple[str, ...] | None:
    """The concepts to ask a model about; ``None`` if its opinion is not wanted.

    Empty if there is nothing to ask although ``combined`` has something to say.
    """
    if mode is Mode.KEYWORD:
        return None
    if Flag.INJECTION in grading.flags:
        return ()
    if Flag.KEYWORDS in grading.flags or suspicious(answer):
        return None
    every = tuple(concept.id for concept in question.rubric.concepts)
    if mode is Mode.LLM or grading.score is None or _near_boundary(grading.score):
        return every
    if Flag.DONT_KNOW in grading.flags:
        return None
    left = {
        result.id
        for result in grading.concepts
        if result.verdict in {Verdict.MISSING, Verdict.NAMED}
    }
    return tuple(name for name in every if name in left) or None


def _near_boundary(score: int) -> bool:
    return any(abs(score - boundary) <= _NEAR for boundary in BOUNDARIES)


def combined(
    question: Question, answer: str, grading: Grading, opinion: Opinion, mode: Mode
) -> Grading:
    """The grading with those parts of the opinion that the answer bears out."""
    compiled = compile_question(question)
    concepts = _with_judgements(compiled, answer, grading, opinion.judgements)
    fresh = rescored(question, answer, grading.model_copy(update={"concepts": concepts}))
    fresh = fresh.model_copy(update={"grader": mode.value})
    doubt = _doubt(grading, fresh, opinion)
    if doubt is None:
        return fresh
    review = Review(doubt=doubt, rubric=grading.score, model=fresh.score)
    return fresh.model_copy(update={"score": None, "review": review})


def _doubt(former: Grading, fresh: Grading, opinion: Opinion) -> Doubt | None:
    if opinion.injection or Flag.INJECTION in former.flags:
        return Doubt.INJECTION
    # What the rubric could not read has nothing to vouch for it, so it counts as nothing.
    gap = abs((fresh.score or 0) - (former.score or 0))
    return Doubt.GAP if gap > GAP else None


def _with_judgements(
    compiled: Compiled, answer: str, grading: Grading, judgements: Sequence[Judgement]
) -> tuple[ConceptResult, ...]:
    by_id = {judgement.id: judgement for judgement in judgements}
    used: list[str] = []
    results = []
    for (concept, _), result in zip(compiled.concepts, grading.concepts, strict=True):
        judgement = by_id.get(concept.id)
        if judgement is None:
            results.append(result)
        elif judgement.verdict == "unmet":
            results.append(_judged(result, judgement, None))
        else:
            quote = _evidence(compiled, concept, answer, grading, judgement.quote)
            if quote is None or _spent(quote, used):
                results.append(result)
            else:
                used.append(quote)
                results.append(_judged(result, judgement, quote))
    return tuple(results)


def _evidence(
    compiled: Compiled, concept: Concept, answer: str, grading: Grading, claimed: str
) -> str | None:
    """The words of the answer that a quote is, if they can earn the point."""
    quote = find(answer, claimed)
    if quote is None or suspicious(quote):
        return None
    # The rubric's words are no measure of an answer in another language.
    if grading.score is not None and not bears_out(compiled, concept, quote):
        return None
    return quote


def _spent(quote: str, used: Sequence[str]) -> bool:
    """Whether the same words have earned as many points as they may."""
    return sum(quote in other or other in quote for other in used) >= _SHARED


def _judged(result: ConceptResult, judgement: Judgement, quote: str | None) -> ConceptResult:
    verdict = _VERDICTS[judgement.verdict]
    if verdict is Verdict.MISSING and result.verdict is Verdict.CONTRADICTED:
        return result.model_copy(update={"judge": Judge.MODEL})
    return ConceptResult(
        id=result.id, verdict=verdict, credit=CREDIT[verdict], quote=quote, judge=Judge.MODEL
    )
