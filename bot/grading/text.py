"""A text as content-word stems with positions, sentences, clauses and negation.

Everything here is pure. Offsets always point into the text as it was written, so that
a receipt can quote it, whatever normalisation did in between.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from snowballstemmer import stemmer

from bot.grading.words import (
    CLAUSE_OPENERS,
    FUNCTION_WORDS,
    IRREGULAR,
    LOOK_ALIKES,
    NEGATORS,
    UNSCOPED_AFTER_NOT,
    WHOLE,
)

NOT: Final = "not"
MAX_JOIN: Final = 4
_SENTENCE_GAP: Final = 6
_NEGATION_REACH: Final = 5
_STEMMER: Final = stemmer("english")
_PIECE: Final = re.compile(
    r"""
    (?P<word>[A-Za-z0-9_]+(?:'[A-Za-z]+)?(?:\.\d+)*)
    |(?P<stop>[.!?…]+(?=[\s"')\]*_]|$)|\n|;|•|。)
    |(?P<pause>[,:()—–→]|->|=>|\s-+\s|\bvs\b)
    """,
    re.VERBOSE,
)
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_+")
_DENIAL: Final = re.compile(
    r"(?:\bnot (?:true|correct|right|the case)|\b(?:false|untrue|incorrect|wrong|nonsense)"
    r"|\b(?:a )?(?:myth|misconception|mistake|lie)(?: to (?:think|say|believe|assume))?)"
    r"\s*,? that\b",
    re.IGNORECASE,
)


class Token(NamedTuple):
    """A content word.

    ``start`` and ``end`` are offsets into the written text. ``place`` counts content
    words, with a gap between sentences, so that a distance of places is a distance in
    reading.
    """

    stem: str
    start: int
    end: int
    place: int
    sentence: int
    clause: int
    negated: bool


@dataclass(frozen=True, slots=True)
class Text:
    """What the graders know about a text; ``plain`` is it after normalisation."""

    written: str
    plain: str
    tokens: tuple[Token, ...]
    words: tuple[str, ...]
    sentences: int

    @property
    def stems(self) -> frozenset[str]:
        """The distinct stems of the content words."""
        return frozenset(token.stem for token in self.tokens)

    def quote(self, first: int, last: int) -> str:
        """The written words from token ``first`` to token ``last``."""
        return self.written[self.tokens[first].start : self.tokens[last].end]


_DROPPED: Final = frozenset({"Cc", "Cf", "Me", "Mn"})


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """The Snowball stem of one lower-case word, irregular forms led back first."""
    result: str = _STEMMER.stemWord(IRREGULAR.get(word, word))
    return result


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    """What one character reads as: nothing for invisible ones, Latin for look-alikes."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", char))
    return "".join(
        kept for kept in folded.translate(LOOK_ALIKES) if unicodedata.category(kept) not in _DROPPED
    )


def normalise(text: str) -> tuple[str, list[int] | None]:
    """Fold ``text`` and map each of its characters to an offset in the original.

    The map is ``None`` where it would be the identity.
    """
    if text.isascii():
        return text, None
    pieces: list[str] = []
    offsets: list[int] = []
    for offset, char in enumerate(text):
        plain = char if char in "\n\t" else _plain(char)
        pieces.append(plain)
        offsets.extend([offset] * len(plain))
    return "".join(pieces), offsets


def read(text: str) -> Text:
    """Index ``text``."""
    clean, offsets = normalise(text)
    reader = _Reader(frozenset(match.end() for match in _DENIAL.finditer(clean)))
    for match in _PIECE.finditer(clean):
        if match.lastgroup == "word":
            reader.word(match.group(), match.start())
        else:
            reader.boundary(sentence=match.lastgroup == "stop")
    tokens = tuple(reader.tokens)
    if offsets is not None:
        tokens = tuple(
            token._replace(start=offsets[token.start], end=offsets[token.end - 1] + 1)
            for token in tokens
        )
    return Text(text, clean, tokens, tuple(reader.words), reader.sentence + 1)


class _Reader:
    """Turns the pieces of one text into tokens; keeps track of clause and negation."""

    def __init__(self, denials: frozenset[int]) -> None:
        self.tokens: list[Token] = []
        self.words: list[str] = []
        self.sentence = 0
        self._clause = 0
        self._reach = 0
        self._denials = sorted(denials)
        self._denied = False
        self._after_not = False

    def boundary(self, *, sentence: bool) -> None:
        """End the clause, and the sentence too if it has begun."""
        self._clause += 1
        self._reach = 0
        if sentence:
            self._denied = False
            if self.tokens and self.tokens[-1].sentence == self.sentence:
                self.sentence += 1

    def word(self, written: str, start: int) -> None:
        """Take one written word, which may be an identifier of several."""
        if self._denials and start >= self._denials[0]:
            self._denied = True
            self._reach = 0
            del self._denials[0]
        lower = written.lower()
        self.words.append(lower)
        if "'" in lower:
            self._contraction(lower, start)
        elif lower in NEGATORS:
            self._negator(start, len(written))
        elif lower in FUNCTION_WORDS or (self._after_not and lower in UNSCOPED_AFTER_NOT):
            self._function_word(lower)
        elif lower in WHOLE or _is_plain(written):
            self._content(lower, start, len(written))
        else:
            for piece, offset in _split(written):
                self._content(piece.lower(), start + offset, len(piece))
        self._after_not = lower in NEGATORS or lower.endswith("n't")

    def _contraction(self, lower: str, start: int) -> None:
        if lower.endswith("n't"):
            self._negator(start, len(lower))
            return
        head = lower.partition("'")[0]
        if head not in FUNCTION_WORDS:
            self._content(head, start, len(head))

    def _function_word(self, lower: str) -> None:
        if lower in UNSCOPED_AFTER_NOT:
            self._reach = 0
        elif lower in CLAUSE_OPENERS:
            self._clause += 1
            self._reach = 0

    def _negator(self, start: int, length: int) -> None:
        self._add(NOT, start, length, negated=False)
        self._reach = 0 if self._reach else _NEGATION_REACH

    def _content(self, lower: str, start: int, length: int) -> None:
        self._add(stem(lower), start, length, negated=(self._reach > 0) is not self._denied)
        self._reach = max(0, self._reach - 1)

    def _add(self, stemmed: str, start: int, length: int, *, negated: bool) -> None:
        place = len(self.tokens) + _SENTENCE_GAP * self.sentence
        self.tokens.append(
            Token(stemmed, start, start + length, place, self.sentence, self._clause, negated)
        )


def _is_plain(written: str) -> bool:
    """Whether a word is an ordinary one: letters, with at most the first a capital."""
    return written.isalpha() and (written.islower() or written.istitle())


def _split(written: str) -> Iterator[tuple[str, int]]:
    """The words inside an identifier, with their offsets."""
    start = 0
    for match in _CAMEL.finditer(written):
        if match.start() > start:
            yield written[start : match.start()], start
        start = match.end()
    if start < len(written):
        yield written[start:], start
