"""Finds known false claims, and keeps right answers from being accused of them.

Two ways of noticing: a narrow pattern inside one sentence, or a sentence that shares
most of its weighted words with a false sentence and clearly fewer with any true one.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from bot.core.questions import Question
from bot.grading.matching import Kind, Slots, Span, compile_pattern, locate, tightest
from bot.grading.text import NOT, Text, read

_FIRES_AT: Final = 0.5
_LEAD: Final = 0.12
_VETO: Final = 0.45
_OWN_WORDS: Final = 0.5
_QUESTION_WORD: Final = 0.3
_SHORTEST_TRUTH: Final = 3

Feature = tuple[str, bool]
"""A stem and whether it is negated."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A true or false sentence as weighted features that add up to 1."""

    weights: Mapping[Feature, float]

    def overlap(self, features: frozenset[Feature]) -> float:
        """The share of the statement's weight that ``features`` hold."""
        return sum(weight for feature, weight in self.weights.items() if feature in features)


@dataclass(frozen=True, slots=True)
class FalseClaim:
    """One misconception, compiled."""

    id: str
    sentences: tuple[Statement, ...]
    own: tuple[Statement, ...]
    patterns: tuple[Slots, ...]


@dataclass(frozen=True, slots=True)
class Claims:
    """The false claims of one question with the true sentences that veto them."""

    false: tuple[FalseClaim, ...]
    true: tuple[Statement, ...]

    def find(self, text: Text, places: Mapping[str, list[Span]]) -> dict[str, Span]:
        """The ids of the false claims that ``text`` makes, with the tokens that make them."""
        sentences = _sentences(text)
        truths = [max((s.overlap(fs) for s in self.true), default=0.0) for fs, _ in sentences]
        found = {}
        for claim in self.false:
            span = _by_sentence(claim, sentences, truths) or _by_pattern(
                claim, text, places, truths
            )
            if span is not None:
                found[claim.id] = span
        return found


def compile_claims(question: Question, question_words: frozenset[str]) -> Claims:
    """Prepare the false and true sentences of a question."""
    false = question.rubric.misconceptions
    truths = [sentence for text in _true_texts(question) for sentence in features_of(read(text))]
    lies = {wrong.id: [_whole(text) for text in (wrong.claim, *wrong.variants)] for wrong in false}
    weigh = _Weights([*truths, *(fs for group in lies.values() for fs in group)], question_words)
    return Claims(
        tuple(
            FalseClaim(
                wrong.id,
                tuple(weigh(fs) for fs in lies[wrong.id]),
                tuple(weigh(fs - _whole(wrong.truth)) for fs in lies[wrong.id]),
                tuple(map(compile_pattern, wrong.patterns)),
            )
            for wrong in false
        ),
        tuple(weigh(fs) for fs in truths if len(fs) >= _SHORTEST_TRUTH),
    )


def features_of(text: Text) -> list[frozenset[Feature]]:
    """The features of each sentence."""
    return [features for features, _ in _sentences(text)]


def _true_texts(question: Question) -> Iterable[str]:
    yield from (reference.text for reference in question.references)
    yield from (concept.says for concept in question.rubric.concepts)
    yield from (wrong.truth for wrong in question.rubric.misconceptions)
    yield question.explanation


def _whole(text: str) -> frozenset[Feature]:
    return frozenset((t.stem, t.negated) for t in read(text).tokens if t.stem != NOT)


class _Weights:
    """Gives rare words of a question's sentences more weight, words of its prompt less."""

    def __init__(self, sentences: list[frozenset[Feature]], question_words: frozenset[str]) -> None:
        self._count = len(sentences)
        self._in = Counter(feature for sentence in sentences for feature in sentence)
        self._question_words = question_words

    def __call__(self, features: frozenset[Feature]) -> Statement:
        raw = {feature: self._weight(feature) for feature in sorted(features)}
        total = sum(raw.values()) or 1.0
        return Statement({feature: weight / total for feature, weight in raw.items()})

    def _weight(self, feature: Feature) -> float:
        idf = math.log(1 + self._count / (1 + self._in[feature]))
        return idf * (_QUESTION_WORD if feature[0] in self._question_words else 1.0)


def _sentences(text: Text) -> list[tuple[frozenset[Feature], Span]]:
    """The features of each sentence and the indexes of its first and last token."""
    rows: list[tuple[frozenset[Feature], Span]] = []
    first = 0
    for index, token in enumerate(text.tokens):
        if index + 1 == len(text.tokens) or text.tokens[index + 1].sentence != token.sentence:
            inside = text.tokens[first : index + 1]
            rows.append(
                (frozenset((t.stem, t.negated) for t in inside if t.stem != NOT), (first, index))
            )
            first = index + 1
    return rows


def _by_sentence(
    claim: FalseClaim, sentences: list[tuple[frozenset[Feature], Span]], truths: list[float]
) -> Span | None:
    for (features, span), truth in zip(sentences, truths, strict=True):
        for whole, own in zip(claim.sentences, claim.own, strict=True):
            share = whole.overlap(features)
            if (
                share >= _FIRES_AT
                and share - truth >= _LEAD
                and own.overlap(features) >= _OWN_WORDS
            ):
                return span
    return None


def _by_pattern(
    claim: FalseClaim, text: Text, places: Mapping[str, list[Span]], truths: list[float]
) -> Span | None:
    for slots in claim.patterns:
        match = tightest(text, locate(slots, places), Kind.CLAIM)
        if match and not match.negated and truths[text.tokens[match.first].sentence] < _VETO:
            return match.first, match.last
    return None
