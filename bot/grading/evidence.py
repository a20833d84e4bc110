"""Whether words that a model quotes are the answer's own, and say something of the point."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bot.core.questions import Concept, parse_slots
from bot.grading.keyword import Compiled
from bot.grading.text import NOT, normalise, read

MAX_QUOTE: Final = 400
"""A longer quote points at nothing in particular."""

_MIN_LETTERS: Final = 4
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


def bears_out(compiled: Compiled, concept: Concept, quote: str) -> bool:
    """Whether a quote can earn a point: it speaks of the subject.

    It needs at least one word that the rubric uses for this point and the question does not.
    """
    stems = compiled.speller.correct(read(quote)).stems - {NOT}
    words = _words_of(concept)
    return not stems.isdisjoint(words - compiled.question_words or words)


@lru_cache(maxsize=4096)
def _words_of(concept: Concept) -> frozenset[str]:
    options = [option for way in concept.accept for slot in parse_slots(way) for option in slot]
    return read("\n".join([concept.says, *options])).stems - {NOT}
