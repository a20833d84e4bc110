"""How the rubric's grading and a model's opinion become one, by the same arithmetic.

A verdict of the model replaces the rubric's where it was asked and can show words of the answer
that bear it out; ``unmet`` needs none. What it cannot show changes nothing. The model
sees only those sentences that are of the subject, and nothing of an answer that may speak to the
grader. Where rubric and model end up far apart, or
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
from bot.grading.detectors import is_other_language
from bot.grading.evidence import find, on_subject, strength
from bot.grading.keyword import Compiled, compile_question, rescored
from bot.grading.scoring import CREDIT
from bot.grading.suspicion import suspicious
from bot.grading.text import read

GAP: Final = 30
"""More points than this between rubric and model need a person."""

BOUNDARIES: Final = (40, 80)
"""Scores that decide how an answer is looked upon."""

_NEAR: Final = 5
_SHARED: Final = 2
"""How many points the same words may earn."""

STEEP: Final = 20
"""A lift by so many points needs quotes that are plainly of the point."""

_WORDS_FOR_ALL: Final = 2
_WORDS_FOR_STEEP: Final = 5
"""How many of a point's own words a quote needs to carry more than ``partial``."""

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
    fresh = _weighed(question, answer, grading, opinion, _WORDS_FOR_ALL)
    doubt = _doubt(grading, fresh, opinion)
    if doubt is not None:
        review = Review(doubt=doubt, rubric=grading.score, model=fresh.score)
        fresh = fresh.model_copy(update={"score": None, "review": review})
    elif (fresh.score or 0) - (grading.score or 0) >= STEEP:
        fresh = _weighed(question, answer, grading, opinion, _WORDS_FOR_STEEP)
    return fresh.model_copy(update={"grader": mode.value})


def _weighed(
    question: Question, answer: str, grading: Grading, opinion: Opinion, words: int
) -> Grading:
    compiled = compile_question(question)
    concepts = _with_judgements(compiled, answer, grading, opinion.judgements, words)
    return rescored(question, answer, grading.model_copy(update={"concepts": concepts}))


def _doubt(former: Grading, fresh: Grading, opinion: Opinion) -> Doubt | None:
    if opinion.injection or Flag.INJECTION in former.flags:
        return Doubt.INJECTION
    # What the rubric could not read has nothing to vouch for it, so it counts as nothing.
    gap = abs((fresh.score or 0) - (former.score or 0))
    return Doubt.GAP if gap > GAP else None


def shown(question: Question, answer: str) -> str:
    """What a model gets to see of an answer."""
    return on_subject(compile_question(question), answer)


def _with_judgements(
    compiled: Compiled,
    answer: str,
    grading: Grading,
    judgements: Sequence[Judgement],
    words: int,
) -> tuple[ConceptResult, ...]:
    by_id = {judgement.id: judgement for judgement in judgements}
    # The rubric's words are no measure of another language; what it cannot read is reviewed.
    needed = 0 if is_other_language(read(answer)) else words
    used: list[str] = []
    results = []
    for (concept, _), result in zip(compiled.concepts, grading.concepts, strict=True):
        judged = _judged(compiled, concept, result, by_id.get(concept.id), answer, needed)
        quote = judged.quote if judged.judge is Judge.MODEL else None
        if quote is not None and _spent(quote, used):
            judged = result
        elif quote is not None:
            used.append(quote)
        results.append(judged)
    return tuple(results)


def _judged(
    compiled: Compiled,
    concept: Concept,
    result: ConceptResult,
    judgement: Judgement | None,
    answer: str,
    needed: int,
) -> ConceptResult:
    """The model's verdict as far as it is borne out, else the rubric's."""
    if judgement is None:
        return result
    verdict = _VERDICTS[judgement.verdict]
    kept: Verdict
    if verdict is Verdict.MISSING:
        kept = result.verdict if result.verdict is Verdict.CONTRADICTED else verdict
        quote = result.quote if kept is Verdict.CONTRADICTED else None
    else:
        kept = verdict
        quote = _evidence(answer, judgement.quote)
        known = 0 if quote is None else strength(compiled, concept, quote)
        if quote is None or (needed and not known):
            return result
        if known < needed:
            kept = Verdict.NAMED
    if kept is not verdict and result.credit > CREDIT[kept]:
        return result
    return ConceptResult(
        id=result.id, verdict=kept, credit=CREDIT[kept], quote=quote, judge=Judge.MODEL
    )


def _evidence(answer: str, claimed: str) -> str | None:
    """The words of the answer that are quoted, unless they speak to the grader."""
    quote = find(answer, claimed)
    return None if quote is None or suspicious(quote) else quote


def _spent(quote: str, used: Sequence[str]) -> bool:
    """Whether the same words have earned as many points as they may."""
    return sum(quote in other or other in quote for other in used) >= _SHARED
