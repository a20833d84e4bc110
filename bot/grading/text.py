"""A text as content-word stems with positions, sentences, clauses and negation.

Everything here is pure. Offsets always point into the text as it was written, so that
a receipt can quote it, whatever normalisation did in between.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import Final, NamedTuple

from snowballstemmer import stemmer

from bot.grading.words import (
    CLAUSE_OPENERS,
    CONTRASTS,
    DENIERS,
    FUNCTION_WORDS,
    IRREGULAR,
    LOOK_ALIKES,
    NEGATORS,
    SHORT_FORMS,
    UNSCOPED_AFTER_NOT,
    WHOLE,
)

NOT: Final = "not"
MAX_JOIN: Final = 4
"""The most words that an option may have; more belong into slots of their own."""

_SENTENCE_GAP: Final = 6
_NEGATION_REACH: Final = 5
_DROPPED: Final = frozenset({"Cc", "Cf", "Me", "Mn"})
_STEMMER: Final = stemmer("english")
_PIECE: Final = re.compile(
    r"""
    (?P<word>[A-Za-z0-9_]+(?:'[A-Za-z]+)?(?:\.\d+)*)
    |(?P<stop>[.!?…]+(?=[\s"')\]*_]|$)|\n|;|•|。)
    |(?P<unequal>!=)
    |(?P<gap>\(\))
    |(?P<pause>[,:()—–→]|->|=>|\s-+\s|\bvs\b)
    |(?P<mark>[=+|/])
    """,
    re.VERBOSE,
)
_SENTENCE_OF: Final = attrgetter("sentence")
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_+")
_PLURAL: Final = re.compile(r"[A-Z]{2,}s")
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
    """What the graders know about a text.

    ``plain`` is it after normalisation; ``longest_run`` counts the most content words in a
    row with neither a function word nor a mark between them.
    """

    written: str
    plain: str
    tokens: tuple[Token, ...]
    words: tuple[str, ...]
    stems: frozenset[str]
    longest_run: int

    def quote(self, first: int, last: int) -> str:
        """The written words from token ``first`` to token ``last``."""
        return self.written[self.tokens[first].start : self.tokens[last].end]


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """The Snowball stem of one lower-case word, short and irregular forms led back first."""
    whole = SHORT_FORMS.get(word, word)
    result: str = _STEMMER.stemWord(IRREGULAR.get(whole, whole))
    return result


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    """What one character reads as: nothing for invisible ones, Latin for look-alikes."""
    if char == "≠":
        return "!="
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
    pieces = [char if char.isascii() else _plain(char) for char in text]
    clean = "".join(pieces)
    if len(clean) == len(text) and all(pieces):
        return clean, None
    return clean, [offset for offset, piece in enumerate(pieces) for _ in piece]


def read(text: str) -> Text:
    """Index ``text``."""
    clean, offsets = normalise(text)
    reader = _Reader([match.end() for match in _DENIAL.finditer(clean)])
    for match in _PIECE.finditer(clean):
        group = match.lastgroup
        if group == "word":
            reader.word(match.group(), match.start())
        elif group == "unequal":
            reader.word(NOT, match.start())
        elif group in {"gap", "mark"}:
            reader.end_run()
        else:
            reader.boundary(sentence=group == "stop")
    tokens = _once(reader.tokens)
    if offsets is not None:
        tokens = tuple(
            token._replace(start=offsets[token.start], end=offsets[token.end - 1] + 1)
            for token in tokens
        )
    reader.end_run()
    stems = frozenset(token.stem for token in tokens)
    return Text(text, clean, tokens, tuple(reader.words), stems, reader.longest_run)


def _once(tokens: list[Token]) -> tuple[Token, ...]:
    """The tokens without the sentences that repeat an earlier one word for word."""
    said: set[tuple[str, ...]] = set()
    kept: list[Token] = []
    for _, group in groupby(tokens, key=_SENTENCE_OF):
        sentence = list(group)
        stems = tuple(token.stem for token in sentence)
        if stems not in said:
            said.add(stems)
            kept.extend(sentence)
    return tuple(kept)


class _Kind(Enum):
    """What a written word is to the index."""

    CONTENT = "content"
    FUNCTION = "function"
    OPENER = "opener"
    NEGATOR = "negator"
    DENIER = "denier"
    CONTRAST = "contrast"


class _Word(NamedTuple):
    """A written word, analysed once: its pieces are (stem, offset, length)."""

    lower: str
    kind: _Kind
    pieces: tuple[tuple[str, int, int], ...]


@lru_cache(maxsize=65_536)
def _analyse(written: str) -> _Word:
    lower = written.lower()
    if lower in NEGATORS or lower.endswith("n't"):
        return _Word(lower, _Kind.NEGATOR, ())
    head = lower.partition("'")[0]
    pieces = tuple((stem(part), offset, len(part)) for part, offset in _split(written))
    if head in CLAUSE_OPENERS:
        return _Word(lower, _Kind.OPENER, () if head in FUNCTION_WORDS else pieces)
    if head in FUNCTION_WORDS:
        return _Word(lower, _Kind.FUNCTION, ())
    if head in DENIERS:
        return _Word(lower, _Kind.DENIER, pieces)
    return _Word(lower, _Kind.CONTRAST if head in CONTRASTS else _Kind.CONTENT, pieces)


def _split(written: str) -> Iterator[tuple[str, int]]:
    """The lower-case words inside a written one, with their offsets."""
    head = written.partition("'")[0]
    if head.lower() in WHOLE or (head.isalpha() and (head.islower() or head.istitle())):
        yield head.lower(), 0
    elif _PLURAL.fullmatch(head):
        yield head[:-1].lower(), 0
    else:
        start = 0
        for match in [*_CAMEL.finditer(head), None]:
            end = len(head) if match is None else match.start()
            if end > start:
                yield head[start:end].lower(), start
            start = end if match is None else match.end()


class _Reader:
    """Turns the pieces of one text into tokens; keeps track of clause and negation."""

    def __init__(self, denials: list[int]) -> None:
        self.tokens: list[Token] = []
        self.words: list[str] = []
        self.sentence = 0
        self.longest_run = 0
        self._run = 0
        self._clause = 0
        self._reach = 0
        self._denials = denials
        self._denied = False
        self._after_not = False

    def boundary(self, *, sentence: bool) -> None:
        """End the clause, and the sentence too if it has begun."""
        self._clause += 1
        self._reach = 0
        self.end_run()
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
        lower, kind, pieces = _analyse(written)
        self.words.append(lower)
        if kind is _Kind.CONTENT and not (self._after_not and lower in UNSCOPED_AFTER_NOT):
            self._content(pieces, start)
            self._run += 1
        else:
            self.end_run()
            self._other(written, kind, pieces, start)
        self._after_not = kind is _Kind.NEGATOR

    def _other(
        self, written: str, kind: _Kind, pieces: tuple[tuple[str, int, int], ...], start: int
    ) -> None:
        """Take a word that does something to its clause."""
        if kind is _Kind.OPENER or kind is _Kind.CONTRAST:
            self._clause += 1
            self._reach = 0
        if kind is _Kind.NEGATOR:
            self._content(((NOT, 0, len(written)),), start, denies=True)
            self._reach = 0 if self._reach else _NEGATION_REACH
        elif kind is _Kind.CONTENT:
            self._reach = 0
        elif pieces:
            self._content(pieces, start)
        if kind is _Kind.DENIER or kind is _Kind.CONTRAST:
            self._reach = _NEGATION_REACH

    def end_run(self) -> None:
        """End a run of content words."""
        self.longest_run = max(self.longest_run, self._run)
        self._run = 0

    def _content(
        self, pieces: tuple[tuple[str, int, int], ...], start: int, *, denies: bool = False
    ) -> None:
        tokens, sentence, clause = self.tokens, self.sentence, self._clause
        for stemmed, offset, length in pieces:
            begin = start + offset
            place = len(tokens) + _SENTENCE_GAP * sentence
            negated = not denies and (self._reach > 0) is not self._denied
            tokens.append(Token(stemmed, begin, begin + length, place, sentence, clause, negated))
            if self._reach and not denies:
                self._reach -= 1
