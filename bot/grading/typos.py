"""Reads misspelt words of a question's subject as what was meant.

A word is corrected only if it is unknown, long enough, begins like a word of the question
and lies within one typo of it (two from eight letters on). Words that are right but mean
something else are known, or deny-listed.
"""

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from importlib import resources
from typing import Final

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from bot.grading.text import NOT, Text, normalise, stem
from bot.grading.words import DENY_LISTED

_SHORTEST: Final = 5
_TWO_TYPOS_FROM: Final = 8


class Speller:
    """Corrects answers to one question; ``words`` are those that its file uses."""

    def __init__(self, words: Iterable[str]) -> None:
        own = sorted({word for word in words if len(word) >= _SHORTEST and word.isalpha()})
        self._known = known_stems() | {stem(word) for word in own} | {NOT}
        self._by_letter: dict[str, list[str]] = defaultdict(list)
        for word in own:
            self._by_letter[word[0]].append(word)

    def correct(self, text: Text) -> Text:
        """``text`` with the stems of misspelt words replaced; quotes stay as written."""
        meant = {
            token.stem: better
            for token in text.tokens
            if token.stem not in self._known
            and (better := self._meant(normalise(text.written[token.start : token.end])[0].lower()))
        }
        if not meant:
            return text
        tokens = tuple(
            token._replace(stem=meant[token.stem]) if token.stem in meant else token
            for token in text.tokens
        )
        stems = frozenset(token.stem for token in tokens)
        return Text(text.written, text.plain, tokens, text.words, stems, text.longest_run)

    def _meant(self, word: str) -> str | None:
        """The stem of the word that was meant, if one is near enough."""
        if len(word) < _SHORTEST or not word.isalpha():
            return None
        limit = 1 if len(word) < _TWO_TYPOS_FROM else 2
        near = extractOne(
            word, self._by_letter.get(word[0], ()), scorer=OSA.distance, score_cutoff=limit
        )
        if near is None or frozenset({word, near[0]}) in DENY_LISTED:
            return None
        return stem(near[0])


@lru_cache(maxsize=1)
def known_stems() -> frozenset[str]:
    """The stems of common words of the trade and of everyday English."""
    listed = resources.files("bot.grading").joinpath("known-stems.txt").read_text("utf-8")
    return frozenset(listed.split())
