"""Notices answers that are no answers: echoes, lists, denials, hollow talk, injections.

Each detector is a pure function of the text and what the rubric found in it. What a flag
costs is decided in ``scoring``.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.core.grading import Flag
from bot.grading.text import NOT, Text
from bot.grading.words import ENGLISH, FUNCTION_WORDS, LANGUAGES_OF

_LONG_RUN: Final = 12
_CODE_LINES: Final = 3
_FOREIGN_WORDS: Final = 3
_FOREIGN_LETTERS: Final = 0.25
_FOREIGN_SHARE: Final = 0.08
_FOREIGN_LEAD: Final = 1.5
_ACCENTED: Final = re.compile(r"\w+")
_ECHO_SHARE: Final = 0.45
_ECHO_FRESH: Final = (0.7, 0.7, 0.64, 0.0)
"""The least share of new words, by the number of concepts explained."""

_ECHO_PACE: Final = 0.4
"""Nobody who adds this many new words for each content word is repeating the question."""

_DENIAL_WORDS: Final = 120
_HOLLOW_WORDS: Final = 30
_HOLLOW_SHARE: Final = 0.5
_HOLLOW_SUBJECT: Final = 0.36
_OFF_TOPIC_SHARE: Final = 0.2
_OFF_TOPIC_SUBJECT: Final = 0.3
_LINKS: Final = ("and", "or", "with", "plus", "then", "also")
_LINKED: Final = 6
_GLUE_SHARE: Final = 0.5
_ALIKE_SENTENCES: Final = 5
_ITEM_WORDS: Final = 3
_LIST_ITEMS: Final = 6
_LIST_SHARE: Final = 0.8
_BARE_SHARE: Final = 0.12
_MARKS: Final = re.compile(r"[.,;:()=<>+|/`→]|\n")
_ITEM_ENDS: Final = re.compile(r"[,;\n•|]+|\.\s|\s/\s")
_RELATES: Final = re.compile(r"^[=<>+]+$|[:→]|->|\b(?:no|not|never|only)\b|n't\b")
_READERS: Final = (
    r"(?:grader|examiner|evaluator|assessor|scorer|reviewer|assistant|ai|llm|language\s+model)s?\b"
)
_INJECTIONS: Final = tuple(
    (frozenset(words.split()), re.compile(pattern, re.IGNORECASE | re.VERBOSE | re.MULTILINE))
    for words, pattern in (
        (
            "ignore disregard forget override bypass",
            r"""
            \b(?:ignore|disregard|forget|override|bypass)\s+(?:\w+\s+){0,3}?
              (?:previous|prior|above|earlier|preceding|foregoing|grading|your)\s+(?:\w+\s+){0,2}?
              (?:instruction|prompt|rubric|rule|guideline|criteria|message|direction|task)s?
            |\b(?:ignore|disregard)\s+(?:the|this|any|all)\s+(?:grading\s+)?
              (?:rubric|instructions|criteria|prompt)\b
            """,
        ),
        (
            "full maximum max perfect highest top 100 hundred 10",
            r"""
            \b(?:give|award|grant|assign|mark|score|rate|grade)\s+(?:\w+\s+){0,4}?
              (?:full|maximum|max|perfect|highest|top|100|hundred|10/10)\s*
              (?:out\s+of\s+\d+|/\s*\d+|marks?|points?|scores?|grades?|credits?|percent|%)
            |["']?\b(?:score|grade|verdict|points|marks)["']?\s*[:=]\s*["']?
              (?:100\b|10/10|full|max)
            """,
        ),
        (
            "grader graders examiner evaluator assessor scorer reviewer assistant ai llm language",
            rf"""
            \b(?:note|message|instruction|hint|attention|info|comment)s?\s+(?:to|for)\s+
              (?:the\s+|any\s+|all\s+)?(?:\w+\s+)?{_READERS}
            |\b(?:dear|hey|hello|attention)\s*,?\s+(?:\w+\s+)?{_READERS}
            |\bas\s+(?:an?\s+|the\s+)?(?:ai\s+|automatic\s+)?{_READERS}
            """,
        ),
        (
            "system assistant developer im_start im_end inst",
            r"""
            ^\s*(?:\#+\s*)?\W{0,3}(?:system|assistant|developer)\W{0,3}\s*
              (?:prompt|message|override|note)?\s*:
            |<\|?/?(?:system|im_start|im_end|assistant|inst)\b|\[/?(?:INST|SYSTEM)\]
            """,
        ),
        (
            "concept concepts criterion criteria point points",
            r"""
            \b(?:all|every|each)\s+(?:the\s+)?(?:rubric\s+)?(?:concept|criteri|point)\w*\s+
              (?:are|is|as|was|were)\s+(?:met|explained|correct|covered|satisfied|fulfilled)
            """,
        ),
        ("now", r"\byou\s+are\s+now\s+(?:an?|the|in)\b"),
        (
            "instruction instructions pretend",
            r"""
            \bnew\s+instructions?\s*:
            |\bpretend\s+(?:that\s+)?(?:you|this\s+answer|my\s+answer)\b
            """,
        ),
        (
            "answer",
            r"""
            \b(?:this|the|my)\s+(?:\w+\s+)?answer\s+
              (?:is|was|has\s+been|should\s+be|must\s+be|deserves)\s+(?:\w+\s+)?
              (?:correct|perfect|complete|approved|verified|graded|scored|full|100|accepted)
            """,
        ),
    )
)
"""Ways of speaking to the grader, each looked for only where one of its words occurs."""

_DENIAL: Final = re.compile(
    r"""
    \b(?:do\s+not|don'?t|did\s*n[o']t|can(?:no|')?t)\s+(?:\w+\s+){0,2}?(?:know|remember|recall)\b
    |\bi(?:'ve)?\s+(?:\w+\s+){0,2}?
      (?:do\s+not|don'?t|did\s*n[o']t|haven'?t|never|can(?:no|')?t|couldn'?t|wouldn'?t)\s+(?:\w+\s+){0,2}?
      (?:answer|say|tell|explain|work|worked|use|used|learned|learnt|heard|come|understand|touched|looked|tried|dealt)\b
    |\b(?:have\s+)?no\s+(?:real\s+)?(?:idea|clue|answer|experience)\b|\bnot\s+(?:\w+\s+)?(?:sure|certain|familiar|aware)\b
    |\bidk\b|\bdunno\b|^\W*pass\W*$|\bskip\s+this\b|\bbeyond\s+me\b|\bnever\s+heard\b
    |\bi(?:'d|\s+would)\s+(?:have\s+to\s+|need\s+to\s+|just\s+)?(?:look|google|check|search|read)\b|\blook\s+(?:it|that|this)\s+up\b
    """,
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)
_CODE_LINE: Final = re.compile(
    r"^\s*(?:@\w|(?:async\s+)?(?:def|class|with|for)\s.*:\s*(?:\#.*)?$|from\s+[\w.]+\s+import\b|import\s+\w"
    r"|return\b|await\s|raise\s|(?:if|elif|try|except|else|while|finally)\b.*:\s*(?:\#.*)?$|[\w.\[\]\"']+\s*(?::[^=]+)?=\s*\S"
    r"|[\w.]+\(.*|[)\]}]+[,:]?\s*(?:->.*)?$|\#|\$\s|(?:FROM|COPY|RUN|CMD|ENTRYPOINT|EXPOSE|WORKDIR|ENV|USER|ARG)\s|pip\s|uvicorn\s|fastapi\s|curl\s|[\"']?\w+[\"']?\s*[:=].*,\s*$|```|\"\"\")",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the rubric found, as far as detectors need it.

    ``share`` is the share of the rubric's weight that was earned, 0 to 1.
    """

    explained: int
    share: float
    question_words: frozenset[str]
    vocabulary: frozenset[str]


def detect(text: Text, found: Evidence) -> tuple[Flag, ...]:
    """Every flag that the answer earns, in the order of ``Flag``."""
    if is_other_language(text):
        return (Flag.OTHER_LANGUAGE,)
    code = is_code(text)
    unknowing = found.explained <= 1 and denies(text)
    checks = {
        Flag.ECHO: is_echo(text, found),
        Flag.KEYWORDS: not code and is_list(text),
        Flag.DONT_KNOW: unknowing,
        Flag.HOLLOW: not code and not unknowing and is_hollow(text, found),
        Flag.INJECTION: injects(text),
        Flag.OFF_TOPIC: not unknowing and is_off_topic(text, found),
        Flag.CODE: code,
    }
    return tuple(flag for flag, raised in checks.items() if raised)


def is_other_language(text: Text) -> bool:
    """Whether the text is clearly in another language than English."""
    words: Sequence[str] = text.words
    if not text.written.isascii():
        letters = [char for char in text.plain if char.isalpha()]
        foreign = sum(not char.isascii() for char in letters)
        if foreign >= _FOREIGN_WORDS and foreign > _FOREIGN_LETTERS * len(letters):
            return True
        words = _ACCENTED.findall(unicodedata.normalize("NFC", text.written.lower()))
    spoken = Counter(language for word in words for language in LANGUAGES_OF.get(word, ()))
    english = spoken.pop(ENGLISH, 0)
    other = max(spoken.values(), default=0)
    return (
        other >= _FOREIGN_WORDS
        and other > _FOREIGN_SHARE * len(words)
        and other > _FOREIGN_LEAD * english
    )


def is_code(text: Text) -> bool:
    """Whether most lines are Python, shell or configuration."""
    lines = [line for line in text.plain.splitlines() if line.strip()]
    if len(lines) < _CODE_LINES:
        return False
    return sum(bool(_CODE_LINE.match(line)) for line in lines) >= 0.6 * len(lines)


def is_echo(text: Text, found: Evidence) -> bool:
    """Whether the answer mostly repeats the question's own words."""
    stems = text.stems - {NOT}
    fresh = len(stems - found.question_words)
    limit = _ECHO_FRESH[min(found.explained, len(_ECHO_FRESH) - 1)]
    few = fresh < limit * len(stems) and fresh < _ECHO_PACE * len(text.tokens)
    return few and found.share < _ECHO_SHARE


def injects(text: Text) -> bool:
    """Whether the text speaks to the grader."""
    return any(
        not words.isdisjoint(text.words) and pattern.search(text.plain)
        for words, pattern in _INJECTIONS
    )


def denies(text: Text) -> bool:
    """Whether the author says that they do not know."""
    return len(text.words) < _DENIAL_WORDS and bool(_DENIAL.search(text.plain))


def is_hollow(text: Text, found: Evidence) -> bool:
    """Whether many words make few of the points, in words that are hardly the subject's."""
    return (
        len(text.words) >= _HOLLOW_WORDS
        and found.share < _HOLLOW_SHARE
        and _on_subject(text, found) < _HOLLOW_SUBJECT
    )


def is_off_topic(text: Text, found: Evidence) -> bool:
    """Whether the words are not those of the question's subject."""
    return (
        bool(text.stems)
        and found.share < _OFF_TOPIC_SHARE
        and _on_subject(text, found) < _OFF_TOPIC_SUBJECT
    )


def _on_subject(text: Text, found: Evidence) -> float:
    """The share of the distinct content words that the question's own texts use too."""
    stems = text.stems - {NOT}
    return len(stems & found.vocabulary) / max(1, len(stems))


def is_list(text: Text) -> bool:
    """Whether the text is a row of terms rather than statements."""
    return (
        text.longest_run >= _LONG_RUN
        or _bare_row(text)
        or _one_glue_word(text)
        or _same_openings(text)
        or _short_items(text)
    )


def _bare_row(text: Text) -> bool:
    """Hardly a function word and hardly a mark: "loop await blocking worker pool"."""
    few = _BARE_SHARE * len(text.words)
    return (
        len(text.words) >= _LONG_RUN
        and sum(word in FUNCTION_WORDS for word in text.words) < few
        and len(_MARKS.findall(text.plain)) < few
    )


def _one_glue_word(text: Text) -> bool:
    """One linking word does most of the joining: "a and b and c and d"."""
    glue = Counter(word for word in text.words if word in FUNCTION_WORDS)
    most = max((glue[word] for word in _LINKS), default=0)
    return most >= _LINKED and most >= _GLUE_SHARE * glue.total()


def _same_openings(text: Text) -> bool:
    """Three sentences in five begin alike."""
    sentences = [part.split() for part in re.split(r"[.!?\n]+", text.plain.lower()) if part.strip()]
    openings = Counter(" ".join(words[:2]) for words in sentences)
    return len(sentences) >= _ALIKE_SENTENCES and max(openings.values()) >= 0.6 * len(sentences)


def _short_items(text: Text) -> bool:
    """Most of the text is short items with hardly a function word and nothing that relates them."""
    items = [item.split() for item in _ITEM_ENDS.split(text.plain.lower())]
    items = [item for item in items if item]
    return len(items) >= _LIST_ITEMS and (sum(map(_is_bare, items)) >= _LIST_SHARE * len(items))


def _is_bare(item: list[str]) -> bool:
    return len(item) <= _ITEM_WORDS and not any(
        word in FUNCTION_WORDS or _RELATES.search(word) for word in item
    )
