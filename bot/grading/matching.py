"""Finds rubric patterns in a text: every slot within a small window of words.

Time grows with the answer's words plus the places where the question's options occur.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from itertools import pairwise
from operator import itemgetter
from typing import Final, NamedTuple

from bot.core.questions import parse_slots
from bot.grading.text import MAX_JOIN, NOT, Text, read, stem
from bot.grading.words import DENIERS

Span = tuple[int, int]
"""Indexes of the first and the last token."""

Slots = tuple[frozenset[str], ...]
"""The keys of each slot's options; a key is the joined stems of one option."""


class Match(NamedTuple):
    """Where a pattern stands in a text."""

    first: int
    last: int
    negated: bool


class Kind(Enum):
    """What a pattern looks for, which decides how close together its slots must be."""

    CONCEPT = "concept"
    """Slots in any order; the window may cross a sentence boundary."""

    CLAIM = "claim"
    """Slots in the written order, inside one sentence."""


_DENYING: Final = frozenset({NOT, *map(stem, DENIERS)})
_END: Final = itemgetter(1)
_SLACK: Final = {Kind.CONCEPT: 4, Kind.CLAIM: 4}
"""How many places a match may span beyond two for each slot."""


def key_of(option: str) -> str:
    """The key that an option is looked up by; empty if it has no content word."""
    return "".join(token.stem for token in read(option).tokens)


def compile_pattern(pattern: str) -> Slots:
    """The keys of a pattern's options, slot by slot."""
    return tuple(frozenset(map(key_of, slot)) - {""} for slot in parse_slots(pattern))


def vocabulary(patterns: Iterable[Slots]) -> frozenset[str]:
    """Every key that the patterns look for."""
    return frozenset(key for slots in patterns for slot in slots for key in slot)


def occurrences(text: Text, keys: frozenset[str]) -> dict[str, list[Span]]:
    """Where each of ``keys`` occurs; neighbouring words join, as in "thread pool"."""
    found: dict[str, list[Span]] = {}
    tokens = text.tokens
    for first, token in enumerate(tokens):
        key = ""
        for last in range(first, min(first + MAX_JOIN, len(tokens))):
            if tokens[last].sentence != token.sentence:
                break
            key += tokens[last].stem
            if key in keys:
                found.setdefault(key, []).append((first, last))
    return found


def locate(slots: Slots, places: Mapping[str, list[Span]]) -> list[list[Span]] | None:
    """The spans of each slot, in order of their beginning; ``None`` if a slot has none."""
    if any(slot.isdisjoint(places) for slot in slots):
        return None
    return [sorted(span for key in slot for span in places.get(key, ())) for slot in slots]


def tightest(
    text: Text, spans: Sequence[Sequence[Span]], kind: Kind, denied: Collection[Span] = ()
) -> Match | None:
    """The best match of all slots: an affirmed one before a negated one, then the shortest.

    A match inside one of the ``denied`` spans counts as negated.
    """
    tokens = text.tokens
    limit = _SLACK[kind] + 2 * len(spans)
    best: tuple[bool, int, int, int] | None = None
    for chosen in _in_order(spans) if kind is Kind.CLAIM else _windows(spans):
        first, last = min(chosen)[0], max(map(_END, chosen))
        width = tokens[last].place - tokens[first].place + 1
        if (
            width > limit
            or _overlap(chosen)
            or (kind is Kind.CLAIM and _crosses(text, first, last))
        ):
            continue
        negated = _is_negated(text, chosen, kind) or _inside(first, last, denied)
        candidate = (negated, width, first, last)
        best = candidate if best is None else min(best, candidate)
    return None if best is None else Match(best[2], best[3], best[0])


def _in_order(spans: Sequence[Sequence[Span]]) -> Iterator[list[Span]]:
    """For each place of the first slot the nearest following places of the others."""
    for start in spans[0]:
        chosen = [start]
        for later in spans[1:]:
            after = next((span for span in later if span[0] > chosen[-1][1]), None)
            if after is None:
                return
            chosen.append(after)
        yield chosen


def _windows(spans: Sequence[Sequence[Span]]) -> Iterator[list[Span]]:
    """Choices of one span a slot, advancing the earliest each time."""
    rests = [iter(row) for row in spans]
    chosen = [next(rest) for rest in rests]
    while True:
        yield chosen
        earliest = chosen.index(min(chosen))
        following = next(rests[earliest], None)
        if following is None:
            return
        chosen[earliest] = following


def _overlap(chosen: Sequence[Span]) -> bool:
    ordered = sorted(chosen)
    return any(left[1] >= right[0] for left, right in pairwise(ordered))


def _crosses(text: Text, first: int, last: int) -> bool:
    return text.tokens[last].sentence != text.tokens[first].sentence


def _inside(first: int, last: int, spans: Collection[Span]) -> bool:
    """Whether the tokens touch one of the spans."""
    return any(first <= end and start <= last for start, end in spans)


def _is_negated(text: Text, chosen: Sequence[Span], kind: Kind) -> bool:
    """Whether a negation reaches the match.

    For a claim any denied word is enough; for a concept all of it must stand in the one
    clause that the negation reaches. A pattern that names the negation itself ("not
    encrypted") is never turned round.
    """
    tokens = [text.tokens[index] for first, last in chosen for index in range(first, last + 1)]
    if any(token.stem in _DENYING for token in tokens):
        return False
    clauses = {token.clause for token in tokens}
    return any(token.negated for token in tokens) and (kind is Kind.CLAIM or len(clauses) == 1)
