"""Finds what is weak in a question's rubric by running the grader over the file itself."""

from collections.abc import Iterator
from itertools import combinations
from typing import Final

from bot.core.grading import Verdict
from bot.core.questions import Question, parse_slots
from bot.grading.keyword import grade_text
from bot.grading.matching import compile_pattern, key_of
from bot.grading.text import MAX_JOIN, read

FULL_MARKS: Final = 92
"""What a reference must score on its own rubric."""

_COMMON: Final = frozenset(
    """
    app application api base call case client code data default endpoint error example fast fastapi
    file function good http json library main make need new object package parameter problem python
    request response route run server service set thing time type use user value way web work
    """.split()
)


def lint(question: Question) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield (location in the file, what is wrong and what would be right)."""
    yield from _patterns(question)
    yield from _twins(question)
    yield from _references(question)
    yield from _concepts(question)
    yield from _misconceptions(question)
    yield from _tests(question)


def _patterns(question: Question) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Options that can never match, and patterns that match nearly anything."""
    asked = read(question.prompt).stems
    for index, concept in enumerate(question.rubric.concepts):
        for row, pattern in enumerate(concept.accept):
            loc = ("rubric", "concepts", index, "accept", row)
            for fault in _pattern_faults(pattern, asked):
                yield loc, fault
    for index, wrong in enumerate(question.rubric.misconceptions):
        for row, pattern in enumerate(wrong.patterns):
            loc = ("rubric", "misconceptions", index, "patterns", row)
            for fault in _pattern_faults(pattern, asked):
                yield loc, fault


def _pattern_faults(pattern: str, asked: frozenset[str]) -> Iterator[str]:
    slots = parse_slots(pattern)
    for option in (option for slot in slots for option in slot):
        words = len(read(option).tokens)
        if not words:
            yield f"'{option}' has no content word and never matches; drop it or say more"
        elif words > MAX_JOIN:
            yield f"'{option}' has {words} content words; {MAX_JOIN} is the most, use slots instead"
    if len(slots) == 1:
        for option in slots[0]:
            if key_of(option) in _COMMON or key_of(option) in asked:
                yield f"'{option}' alone matches nearly any answer; add a second slot"


def _twins(question: Question) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Two concepts that accept the same pattern, or that the same words always earn."""
    concepts = question.rubric.concepts
    accepted = [{compile_pattern(pattern) for pattern in concept.accept} for concept in concepts]
    texts = [each.text for each in question.references] + [each.answer for each in question.tests]
    rows = [grade_text(question, text).concepts for text in texts]
    for first, second in combinations(range(len(concepts)), 2):
        quotes = {(row[first].quote, row[second].quote) for row in rows} - {(None, None)}
        if accepted[first] & accepted[second]:
            how = "accept the same pattern"
        elif len(quotes) > 1 and all(left == right for left, right in quotes):
            how = "are always earned by the same words"
        else:
            continue
        names = f"'{concepts[second].id}' and '{concepts[first].id}'"
        yield ("rubric", "concepts", second, "accept"), f"{names} {how}; tell them apart"


def _references(question: Question) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """References that miss full marks or are accused of a false claim."""
    for index, reference in enumerate(question.references):
        grading = grade_text(question, reference.text)
        loc = ("references", index, "text")
        missing = [c.id for c in grading.concepts if c.verdict is not Verdict.EXPLAINED]
        if (grading.score or 0) < FULL_MARKS:
            yield (
                loc,
                f"scores {grading.score} on its own rubric; not explained: {', '.join(missing)}",
            )
        for wrong in grading.misconceptions:
            yield loc, f"is accused of '{wrong.id}' for \"{wrong.quote}\"; narrow that claim"
        for flag in grading.flags:
            yield loc, f"is flagged as {flag.value}"


def _concepts(question: Question) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Concepts that no reference explains, or whose own sentence does not earn them."""
    texts = [grade_text(question, reference.text) for reference in question.references]
    for index, concept in enumerate(question.rubric.concepts):
        loc = ("rubric", "concepts", index)
        if all(grading.concepts[index].verdict is not Verdict.EXPLAINED for grading in texts):
            yield loc, f"no reference explains '{concept.id}'; ask for it and answer it, or drop it"
        own = grade_text(question, concept.says)
        if own.concepts[index].verdict is not Verdict.EXPLAINED:
            yield (*loc, "says"), f"its own sentence does not earn '{concept.id}'; add that wording"
        for wrong in own.misconceptions:
            yield (*loc, "says"), f"is accused of '{wrong.id}'; narrow that claim"


def _misconceptions(question: Question) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Claims that do not find themselves, and truths that are accused."""
    for index, wrong in enumerate(question.rubric.misconceptions):
        loc = ("rubric", "misconceptions", index)
        for text in (wrong.claim, *wrong.variants):
            hits = {hit.id for hit in grade_text(question, text).misconceptions}
            if wrong.id not in hits:
                yield loc, f'"{text}" is not noticed; say it further away from what is true'
        for hit in grade_text(question, wrong.truth).misconceptions:
            yield (*loc, "truth"), f"is accused of '{hit.id}'; narrow that claim"


def _tests(question: Question) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Tests that land outside their band."""
    for index, test in enumerate(question.tests):
        low, high = test.expect.bounds
        score = grade_text(question, test.answer).score
        if score is None or not low <= score <= high:
            yield (
                ("tests", index),
                f"scores {score}, expected {test.expect.value} ({low} to {high})",
            )
