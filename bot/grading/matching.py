"""Finds rubric patterns in a text: every slot within a small window of words.

Time grows with the answer's words plus the places where the question's options occur.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from itertools import pairwise
from typing import Final, NamedTuple

from bot.core.questions import parse_slots
from bot.grading.text import NOT, Text, read, stem
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
_SLACK: Final = 4
"""How many places a match may span beyond two for each slot."""


def key_of(option: str) -> str:
    """The key that an option is looked up by; empty if it has no content word."""
    return "".join(token.stem for token in read(option).tokens)


def compile_pattern(pattern: str) -> Slots:
    """The keys of a pattern's options, slot by slot."""
    return tuple(frozenset(map(key_of, slot)) - {""} for slot in parse_slots(pattern))


class Keys(NamedTuple):
    """Every key that a question looks for, and every beginning of one."""

    whole: frozenset[str]
    beginnings: frozenset[str]


def keys_of(patterns: Iterable[Slots]) -> Keys:
    """The keys of all patterns."""
    whole = frozenset(key for slots in patterns for slot in slots for key in slot)
    return Keys(whole, frozenset(key[:end] for key in whole for end in range(1, len(key) + 1)))


def occurrences(text: Text, keys: Keys) -> dict[str, list[Span]]:
    """Where each key occurs; neighbouring words join, as in "thread pool"."""
    found: dict[str, list[Span]] = {}
    tokens = text.tokens
    whole, beginnings = keys
    for first, token in enumerate(tokens):
        key = token.stem
        last = first
        while key in beginnings:
            if key in whole:
                found.setdefault(key, []).append((first, last))
            last += 1
            if last == len(tokens) or tokens[last].sentence != token.sentence:
                break
            key += tokens[last].stem
    return found


def locate(slots: Slots, places: Mapping[str, list[Span]]) -> list[list[Span]] | None:
    """The spans of each slot, in order of their beginning; ``None`` if a slot has none."""
    for slot in slots:
        if slot.isdisjoint(places):
            return None
    return [sorted(span for key in slot for span in places.get(key, ())) for slot in slots]


def tightest(
    text: Text, spans: Sequence[Sequence[Span]], denied: Collection[Span] = ()
) -> Match | None:
    """The best match of a concept's slots: an affirmed one before a negated one, then the shortest.

    A match that touches one of the ``denied`` spans counts as negated.
    """
    tokens = text.tokens
    found = (
        (
            negated or _touches(first, last, denied),
            tokens[last].place - tokens[first].place,
            first,
            last,
        )
        for first, last, negated in matches(text, spans, Kind.CONCEPT)
    )
    best = min(found, default=None)
    return None if best is None else Match(best[2], best[3], best[0])


def matches(text: Text, spans: Sequence[Sequence[Span]], kind: Kind) -> Iterator[Match]:
    """Every place where all slots stand close enough together."""
    tokens = text.tokens
    limit = _SLACK + 2 * len(spans)
    for chosen in _in_order(spans) if kind is Kind.CLAIM else _windows(spans):
        first, last = chosen[0][0], chosen[-1][1]
        start, end = tokens[first], tokens[last]
        if end.place - start.place < limit and (
            kind is Kind.CONCEPT or end.sentence == start.sentence
        ):
            yield Match(first, last, _is_negated(text, chosen, kind))


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
    """Choices of one span a slot, none overlapping, advancing the earliest each time."""
    rests = [iter(row) for row in spans]
    chosen = [next(rest) for rest in rests]
    while True:
        ordered = sorted(chosen)
        if all(left[1] < right[0] for left, right in pairwise(ordered)):
            yield ordered
        earliest = chosen.index(ordered[0])
        following = next(rests[earliest], None)
        if following is None:
            return
        chosen[earliest] = following


def _touches(first: int, last: int, spans: Collection[Span]) -> bool:
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
