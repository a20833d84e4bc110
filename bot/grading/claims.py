"""Finds known false claims, and keeps right answers from being accused of them.

Two ways of noticing: a narrow pattern, or a sentence that shares most
of its weighted words with a false sentence and clearly fewer with any true one. One weak
sign alone is no proof: the signs of all claims in an answer are weighed together.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Final, NamedTuple

from bot.core.questions import Question
from bot.grading.matching import Kind, Slots, Span, compile_pattern, locate, matches
from bot.grading.text import NOT, Text, Token, read

_LIKE: Final = 0.5
_LEAD: Final = 0.12
_OWN_WORDS: Final = 0.5
_VERY_LIKE: Final = 0.65
_CLEAR_LEAD: Final = 0.25
_MOST_OWN_WORDS: Final = 0.6
_SAME: Final = 0.85
_IN_PASSING: Final = 0.2
_SAYS_LITTLE_ELSE: Final = 0.65
"""The share of a sentence's own features that belong to the false one."""

_VETO: Final = 0.6
_WEAK: Final = 1
_STRONG: Final = 2
_CERTAIN: Final = 3
_PROOF: Final = 3
"""What the strongest signs of all suspected claims must add up to before any counts."""

_QUESTION_WORD: Final = 0.3
_SHORTEST_TRUTH: Final = 5
_SHORTEST_LIE: Final = 6
"""In features; what is shorter has to be said by itself, not among other things."""

_DENIED: Final = "!"

Feature = str
"""A stem, with a mark before it if it is negated."""

Features = tuple[Feature, ...]
"""The distinct features of a sentence in order of their first occurrence."""


class _Sign(NamedTuple):
    """A place that looks like a false claim; a certain likeness needs no other."""

    strength: int
    span: Span


class _Lie(NamedTuple):
    """A false sentence; ``own`` is the number of what it says beyond the true one."""

    claim: str
    own: int
    features: frozenset[Feature]


@dataclass(frozen=True, slots=True)
class Claims:
    """The false claims of one question with the true sentences that veto them.

    Every true and false sentence is a numbered statement whose features have weights that
    add up to 1. ``weights`` maps a feature to the statements that have it; the ``true``
    ones come first. ``lies`` maps the number of a statement to the false sentence it is.
    """

    patterns: Mapping[str, tuple[Slots, ...]]
    lies: Mapping[int, _Lie]
    weights: Mapping[Feature, tuple[tuple[int, float], ...]]
    statements: int
    true: int

    def find(self, text: Text, places: Mapping[str, list[Span]]) -> dict[str, list[Span]]:
        """The ids of the false claims that ``text`` makes, with every place that makes them."""
        alike: dict[str, list[_Sign]] = {name: [] for name in self.patterns}
        settled: set[int] = set()
        for number, features, span in _sentences(text):
            shares = self._shares(features)
            truth = max(shares[: self.true], default=0.0)
            likenesses = self._likenesses(features, shares, truth)
            for name, strength in likenesses:
                alike[name].append(_Sign(strength, span))
            if truth >= _VETO and not likenesses:
                settled.add(number)
        doubtful = _outside(places, text, settled)
        matched = {
            name: list(_by_pattern(patterns, text, doubtful))
            for name, patterns in self.patterns.items()
        }
        if sum(_best(alike[name]) + _best(matched[name]) for name in matched) < _PROOF:
            return {}
        signs = {name: [*alike[name], *matched[name]] for name in matched}
        return {name: [sign.span for sign in found] for name, found in signs.items() if found}

    def _likenesses(
        self, features: Features, shares: list[float], truth: float
    ) -> list[tuple[str, int]]:
        """The claims whose false sentences a sentence resembles, and how strongly."""
        found = []
        for number, lie in self.lies.items():
            share = shares[number]
            if share >= _LIKE and share - truth >= _LEAD and shares[lie.own] >= _OWN_WORDS:
                said = len(lie.features.intersection(features)) / len(features)
                clear = share - truth >= _CLEAR_LEAD and shares[lie.own] >= _MOST_OWN_WORDS
                strong = share >= _VERY_LIKE and clear
                if said >= _SAYS_LITTLE_ELSE and (strong or share >= _SAME):
                    found.append((lie.claim, _CERTAIN))
                elif said >= _IN_PASSING and len(lie.features) >= _SHORTEST_LIE:
                    found.append((lie.claim, _STRONG if strong else _WEAK))
        return found

    def _shares(self, features: Features) -> list[float]:
        """How much of each statement's weight the features hold."""
        shares = [0.0] * self.statements
        for feature in features:
            for number, weight in self.weights.get(feature, ()):
                shares[number] += weight
        return shares


def compile_claims(question: Question, question_words: frozenset[str]) -> Claims:
    """Prepare the false and true sentences of a question."""
    false = question.rubric.misconceptions
    truths = [
        features for text in _true_texts(question) for _, features, _ in _sentences(read(text))
    ]
    lies = {wrong.id: [_whole(text) for text in (wrong.claim, *wrong.variants)] for wrong in false}
    weigh = _Weights([*truths, *(fs for group in lies.values() for fs in group)], question_words)
    long_truths = [features for features in truths if len(features) >= _SHORTEST_TRUTH]
    for features in long_truths:
        weigh.number(features)
    numbered: dict[int, _Lie] = {}
    for wrong in false:
        truth = set(_whole(wrong.truth))
        for lie in lies[wrong.id]:
            whole = weigh.number(lie)
            own = weigh.number(tuple(each for each in lie if each not in truth))
            numbered[whole] = _Lie(wrong.id, own, frozenset(lie))
    return Claims(
        patterns={wrong.id: tuple(map(compile_pattern, wrong.patterns)) for wrong in false},
        lies=numbered,
        weights={feature: tuple(rows) for feature, rows in weigh.postings.items()},
        statements=weigh.numbered,
        true=len(long_truths),
    )


def _true_texts(question: Question) -> Iterable[str]:
    yield from (reference.text for reference in question.references)
    yield from (concept.says for concept in question.rubric.concepts)
    yield from (wrong.truth for wrong in question.rubric.misconceptions)
    yield question.explanation


def _whole(text: str) -> Features:
    return _features(read(text).tokens)


def _features(tokens: Iterable[Token]) -> Features:
    features = dict.fromkeys([_DENIED + t.stem if t.negated else t.stem for t in tokens])
    features.pop(NOT, None)
    return tuple(features)


class _Weights:
    """Numbers statements; rare words of the sentences weigh more, words of the prompt less."""

    def __init__(self, sentences: Sequence[Features], question_words: frozenset[str]) -> None:
        self.postings: dict[Feature, list[tuple[int, float]]] = defaultdict(list)
        self.numbered = 0
        self._count = len(sentences)
        self._in = Counter(feature for sentence in sentences for feature in sentence)
        self._question_words = question_words

    def number(self, features: Features) -> int:
        """Enter a statement and return its number."""
        raw = [self._weight(feature) for feature in features]
        for feature, weight in zip(features, raw, strict=True):
            self.postings[feature].append((self.numbered, weight / sum(raw)))
        self.numbered += 1
        return self.numbered - 1

    def _weight(self, feature: Feature) -> float:
        idf = math.log(1 + self._count / (1 + self._in[feature]))
        return idf * (
            _QUESTION_WORD if feature.removeprefix(_DENIED) in self._question_words else 1.0
        )


def _sentences(text: Text) -> Iterator[tuple[int, Features, Span]]:
    """Each sentence's number, features, and the indexes of its first and last token."""
    end = 0
    for number, group in groupby(text.tokens, key=attrgetter("sentence")):
        inside = list(group)
        start, end = end, end + len(inside)
        yield number, _features(inside), (start, end - 1)


def _best(signs: Sequence[_Sign]) -> int:
    return max((sign.strength for sign in signs), default=0)


def _outside(
    places: Mapping[str, list[Span]], text: Text, sentences: AbstractSet[int]
) -> dict[str, list[Span]]:
    """The places that are not in one of the ``sentences``."""
    kept = {
        key: [span for span in spans if text.tokens[span[0]].sentence not in sentences]
        for key, spans in places.items()
    }
    return {key: spans for key, spans in kept.items() if spans}


def _by_pattern(
    patterns: Iterable[Slots], text: Text, places: Mapping[str, list[Span]]
) -> Iterator[_Sign]:
    for slots in patterns:
        spans = locate(slots, places)
        for first, last, negated in matches(text, spans, Kind.CLAIM) if spans else ():
            if not negated:
                yield _Sign(_WEAK, (first, last))
