"""Finds known false claims, and keeps right answers from being accused of them.

Two ways of noticing: a narrow pattern inside one sentence, or a sentence that shares
most of its weighted words with a false sentence and clearly fewer with any true one.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from bot.core.questions import Question
from bot.grading.matching import Kind, Slots, Span, compile_pattern, locate, tightest
from bot.grading.text import NOT, Text, Token, read

_FIRES_AT: Final = 0.5
_LEAD: Final = 0.12
_VETO: Final = 0.45
_OWN_WORDS: Final = 0.5
_QUESTION_WORD: Final = 0.3
_SHORTEST_TRUTH: Final = 5

Feature = tuple[str, bool]
"""A stem and whether it is negated."""

Features = tuple[Feature, ...]
"""The distinct features of a sentence in order of their first occurrence."""


@dataclass(frozen=True, slots=True)
class FalseClaim:
    """One misconception, compiled.

    ``sentences`` pairs the number of each false sentence with the number of what it says
    beyond the true one.
    """

    id: str
    sentences: tuple[tuple[int, int], ...]
    patterns: tuple[Slots, ...]


@dataclass(frozen=True, slots=True)
class Claims:
    """The false claims of one question with the true sentences that veto them.

    Every true and false sentence is a numbered statement whose features have weights that
    add up to 1. ``weights`` maps a feature to the statements that have it; the true ones
    come first.
    """

    false: tuple[FalseClaim, ...]
    weights: Mapping[Feature, tuple[tuple[int, float], ...]]
    statements: int
    true: int

    def find(self, text: Text, places: Mapping[str, list[Span]]) -> dict[str, Span]:
        """The ids of the false claims that ``text`` makes, with the tokens that make them."""
        sentences = [(self._shares(features), span) for features, span in _sentences(text)]
        truths = [max(shares[: self.true], default=0.0) for shares, _ in sentences]
        found = {}
        for claim in self.false:
            span = _by_sentence(claim, sentences, truths) or _by_pattern(
                claim, text, places, truths
            )
            if span is not None:
                found[claim.id] = span
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
    truths = [features for text in _true_texts(question) for features, _ in _sentences(read(text))]
    lies = {wrong.id: [_whole(text) for text in (wrong.claim, *wrong.variants)] for wrong in false}
    weigh = _Weights([*truths, *(fs for group in lies.values() for fs in group)], question_words)
    long_truths = [features for features in truths if len(features) >= _SHORTEST_TRUTH]
    for features in long_truths:
        weigh.number(features)
    compiled = []
    for wrong in false:
        truth = set(_whole(wrong.truth))
        pairs = [
            (weigh.number(lie), weigh.number(tuple(each for each in lie if each not in truth)))
            for lie in lies[wrong.id]
        ]
        patterns = tuple(map(compile_pattern, wrong.patterns))
        compiled.append(FalseClaim(wrong.id, tuple(pairs), patterns))
    postings = {feature: tuple(rows) for feature, rows in weigh.postings.items()}
    return Claims(tuple(compiled), postings, weigh.numbered, len(long_truths))


def _true_texts(question: Question) -> Iterable[str]:
    yield from (reference.text for reference in question.references)
    yield from (concept.says for concept in question.rubric.concepts)
    yield from (wrong.truth for wrong in question.rubric.misconceptions)
    yield question.explanation


def _whole(text: str) -> Features:
    return _features(read(text).tokens)


def _features(tokens: Iterable[Token]) -> Features:
    return tuple(dict.fromkeys((t.stem, t.negated) for t in tokens if t.stem != NOT))


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
        return idf * (_QUESTION_WORD if feature[0] in self._question_words else 1.0)


def _sentences(text: Text) -> list[tuple[Features, Span]]:
    """The features of each sentence and the indexes of its first and last token."""
    rows: list[tuple[Features, Span]] = []
    for _, group in groupby(enumerate(text.tokens), key=lambda pair: pair[1].sentence):
        inside = list(group)
        span = (inside[0][0], inside[-1][0])
        rows.append((_features(token for _, token in inside), span))
    return rows


def _by_sentence(
    claim: FalseClaim, sentences: list[tuple[list[float], Span]], truths: list[float]
) -> Span | None:
    for (shares, span), truth in zip(sentences, truths, strict=True):
        for whole, own in claim.sentences:
            share = shares[whole]
            if share >= _FIRES_AT and share - truth >= _LEAD and shares[own] >= _OWN_WORDS:
                return span
    return None


def _by_pattern(
    claim: FalseClaim, text: Text, places: Mapping[str, list[Span]], truths: list[float]
) -> Span | None:
    for slots in claim.patterns:
        spans = locate(slots, places)
        match = tightest(text, spans, Kind.CLAIM) if spans else None
        if match and not match.negated and truths[text.tokens[match.first].sentence] < _VETO:
            return match.first, match.last
    return None
