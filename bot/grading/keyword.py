"""The keyword grader: rubric patterns, reference coverage, false claims and detectors."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bot.core.grading import ConceptResult, Flag, Grading, Judge, MisconceptionResult, Verdict
from bot.core.questions import Concept, Question
from bot.grading import detectors
from bot.grading.claims import Claims, compile_claims
from bot.grading.matching import (
    Keys,
    Match,
    Slots,
    Span,
    compile_pattern,
    keys_of,
    locate,
    occurrences,
    tightest,
)
from bot.grading.scoring import CREDIT, coverage, points
from bot.grading.text import Text, read
from bot.grading.typos import Speller

ENGINE: Final = "1"
"""Changes whenever the same answer could score differently."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A question ready for grading."""

    version: str
    concepts: tuple[tuple[Concept, tuple[Slots, ...]], ...]
    claims: Claims
    keys: Keys
    references: tuple[frozenset[str], ...]
    question_words: frozenset[str]
    vocabulary: frozenset[str]
    speller: Speller
    weight: int


class KeywordGrader:
    """Reads answers against rubrics; the same input gives the same output everywhere."""

    async def grade(self, question: Question, answer: str) -> Grading:
        """Grade ``answer``; see ``grade_text``."""
        return grade_text(question, answer)

    def amend(
        self, question: Question, answer: str, grading: Grading, verdicts: Mapping[str, Verdict]
    ) -> Grading:
        """Score anew with a moderator's verdicts; caps of detectors are lifted."""
        concepts = tuple(
            _amended(result, verdicts[result.id]) if result.id in verdicts else result
            for result in grading.concepts
        )
        claims = tuple(hit for hit in grading.misconceptions if hit.id not in verdicts)
        update = {"concepts": concepts, "misconceptions": claims}
        return rescored(question, answer, grading.model_copy(update=update), capped=False)


def grade_text(question: Question, answer: str) -> Grading:
    """Grade ``answer`` against the rubric of ``question``."""
    compiled = compile_question(question)
    text = compiled.speller.correct(read(answer))
    places = occurrences(text, compiled.keys)
    wrong = compiled.claims.find(text, places)
    false_places = [span for spans in wrong.values() for span in spans]
    concepts = tuple(
        _judge(concept, patterns, text, places, false_places)
        for concept, patterns in compiled.concepts
    )
    share = _share(compiled, concepts)
    flags = detectors.detect(text, _evidence(compiled, concepts, share))
    stems = _trusted(text, false_places) - compiled.question_words
    score = points(
        share,
        coverage(stems, compiled.references),
        wrong=len(wrong),
        flags=flags,
        code=Flag.CODE in flags,
    )
    return Grading(
        grader="keyword",
        engine=ENGINE,
        rubric=compiled.version,
        score=None if Flag.OTHER_LANGUAGE in flags else score,
        concepts=concepts,
        misconceptions=tuple(
            MisconceptionResult(id=name, quote=text.quote(*spans[0]))
            for name, spans in wrong.items()
        ),
        flags=flags,
    )


def rescored(question: Question, answer: str, grading: Grading, *, capped: bool = True) -> Grading:
    """The flags and the score that follow from the verdicts in ``grading``.

    Where the rubric cannot read the answer's language, flags and coverage mean nothing.
    """
    compiled = compile_question(question)
    text = compiled.speller.correct(read(answer))
    unread = detectors.is_other_language(text)
    share = _share(compiled, grading.concepts)
    flags = () if unread else detectors.detect(text, _evidence(compiled, grading.concepts, share))
    if not capped:
        flags = tuple(flag for flag in flags if flag is Flag.CODE)
    score = points(
        share,
        coverage(text.stems - compiled.question_words, compiled.references),
        wrong=len(grading.misconceptions),
        flags=flags,
        code=unread or Flag.CODE in flags,
    )
    return grading.model_copy(update={"flags": flags, "score": score})


def _amended(result: ConceptResult, verdict: Verdict) -> ConceptResult:
    credit = CREDIT[verdict]
    quote = result.quote if credit else None
    return ConceptResult(
        id=result.id, verdict=verdict, credit=credit, quote=quote, judge=Judge.MODERATOR
    )


def compile_question(question: Question) -> Compiled:
    """Prepare a question once; later calls with the same content are free."""
    return _compile(_Keyed(question))


class _Keyed:
    """A question that hashes by its content."""

    def __init__(self, question: Question) -> None:
        self.question = question

    def __hash__(self) -> int:
        return hash(self.question.version)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Keyed) and self.question.version == other.question.version


@lru_cache(maxsize=1024)
def _compile(keyed: _Keyed) -> Compiled:
    question = keyed.question
    asked = read(f"{question.title}\n{question.prompt}").stems
    concepts = tuple(
        (concept, tuple(map(compile_pattern, concept.accept)))
        for concept in question.rubric.concepts
    )
    claims = compile_claims(question, asked)
    patterns = [slots for _, accepted in concepts for slots in accepted]
    patterns += [slots for claimed in claims.patterns.values() for slots in claimed]
    references = tuple(read(ref.text).stems - asked for ref in question.references)
    said = [read(concept.says).stems for concept in question.rubric.concepts]
    speller = Speller(read(question.model_dump_json()).words)
    return Compiled(
        version=question.version,
        concepts=concepts,
        claims=claims,
        keys=keys_of(patterns),
        references=references,
        question_words=asked,
        vocabulary=frozenset().union(asked, *references, *said),
        speller=speller,
        weight=question.rubric.weight,
    )


def _share(compiled: Compiled, results: tuple[ConceptResult, ...]) -> float:
    earned = sum(
        concept.weight * result.credit
        for (concept, _), result in zip(compiled.concepts, results, strict=True)
    )
    return earned / compiled.weight


def _trusted(text: Text, wrong: Collection[Span]) -> frozenset[str]:
    """The stems outside of false claims."""
    if not wrong:
        return text.stems
    tainted = {index for first, last in wrong for index in range(first, last + 1)}
    return frozenset(t.stem for index, t in enumerate(text.tokens) if index not in tainted)


def _evidence(
    compiled: Compiled, results: tuple[ConceptResult, ...], share: float
) -> detectors.Evidence:
    explained = sum(result.verdict is Verdict.EXPLAINED for result in results)
    return detectors.Evidence(explained, share, compiled.question_words, compiled.vocabulary)


def _judge(
    concept: Concept,
    patterns: tuple[Slots, ...],
    text: Text,
    places: dict[str, list[Span]],
    wrong: Collection[Span],
) -> ConceptResult:
    """What the first pattern that holds makes of the text, else contradicted, named or missing.

    Words that make a false claim earn nothing.
    """
    denied: Match | None = None
    named: Span | None = None
    for slots in patterns:
        spans = locate(slots, places)
        match = tightest(text, spans, wrong) if spans else None
        if match and not match.negated:
            return _result(concept, Verdict.EXPLAINED, text, match.first, match.last)
        denied = denied or match
        if spans and len(spans) > 1:
            named = named or spans[0][0]
    if denied:
        return _result(concept, Verdict.CONTRADICTED, text, denied.first, denied.last)
    if named:
        return _result(concept, Verdict.NAMED, text, *named)
    return ConceptResult(id=concept.id, verdict=Verdict.MISSING, credit=CREDIT[Verdict.MISSING])


def _result(concept: Concept, verdict: Verdict, text: Text, first: int, last: int) -> ConceptResult:
    quote = text.quote(first, last)
    return ConceptResult(id=concept.id, verdict=verdict, credit=CREDIT[verdict], quote=quote)
