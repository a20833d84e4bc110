"""Whether words that a model quotes are the answer's own, and say something of the point."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bot.core.questions import Concept, parse_slots
from bot.grading.detectors import is_other_language
from bot.grading.keyword import Compiled
from bot.grading.text import NOT, normalise, read

MAX_QUOTE: Final = 400
"""A longer quote points at nothing in particular."""

_MIN_LETTERS: Final = 4
_MIN_KNOWN: Final = 2
_KNOWN_SHARE: Final = 0.33
_SENTENCES: Final = re.compile(r".+?(?:[.!?;]+(?=\s)\s*|\n+|\Z)", re.DOTALL)
_EDGES: Final = " \t\n\"'`.,;:…-"
_MARKS: Final = str.maketrans("’‘“”„«»–—", '\'\'"""""--')


@dataclass(frozen=True, slots=True)
class Folded:
    """A text in lower case with single spaces, and where each character was written."""

    text: str
    offsets: tuple[int, ...]


def fold(text: str) -> Folded:
    """``text`` as comparing reads it: look-alikes, invisible characters and spacing folded."""
    clean, origins = normalise(text.translate(_MARKS))
    kept: list[str] = []
    offsets: list[int] = []
    for place, char in enumerate(clean):
        origin = place if origins is None else origins[place]
        for low in " " if char.isspace() else char.lower():
            if low != " " or (kept and kept[-1] != " "):
                kept.append(low)
                offsets.append(origin)
    return Folded("".join(kept), tuple(offsets))


def find(answer: str, quote: str) -> str | None:
    """The words of ``answer`` that ``quote`` quotes, as they were written."""
    wanted = fold(quote).text.strip(_EDGES)
    if not _MIN_LETTERS <= len(wanted) <= MAX_QUOTE:
        return None
    inside = fold(answer)
    match = re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", inside.text)
    if match is None:
        return None
    return answer[inside.offsets[match.start()] : inside.offsets[match.end() - 1] + 1]


def strength(compiled: Compiled, concept: Concept, quote: str) -> int:
    """How many words of a quote the rubric uses for this point and the question does not.

    Without any it does not speak of the point; one alone is no more than a mention.
    """
    stems = compiled.speller.correct(read(quote)).stems - {NOT}
    words = _words_of(concept)
    return len(stems & (words - compiled.question_words or words))


def on_subject(compiled: Compiled, answer: str) -> str:
    """Those sentences of ``answer`` that are in the words of the question's subject.

    Nothing else is put before a model: what speaks of something else earns nothing anyway,
    and cannot talk anybody into anything. An answer in another language stays whole.
    """
    if is_other_language(read(answer)):
        return answer
    words = compiled.vocabulary.union(*(_words_of(concept) for concept, _ in compiled.concepts))
    return "".join(part for part in _SENTENCES.findall(answer) if _fits(compiled, words, part))


def _fits(compiled: Compiled, words: frozenset[str], sentence: str) -> bool:
    stems = compiled.speller.correct(read(sentence)).stems - {NOT}
    known = len(stems & words)
    return known >= min(_MIN_KNOWN, len(stems)) and known >= _KNOWN_SHARE * len(stems)


@lru_cache(maxsize=4096)
def _words_of(concept: Concept) -> frozenset[str]:
    options = [option for way in concept.accept for slot in parse_slots(way) for option in slot]
    return read("\n".join([concept.says, *options])).stems - {NOT}
