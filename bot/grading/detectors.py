"""Notices answers that are no answers: echoes, lists, denials, hollow talk, injections.

Each detector is a pure function of the text and what the rubric found in it. What a flag
costs is decided in ``scoring``.
"""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

from bot.core.grading import Flag
from bot.grading.text import NOT, Text
from bot.grading.words import ENGLISH_MARKERS, FOREIGN_MARKERS, FUNCTION_WORDS

_LONG_RUN: Final = 12
_CODE_LINES: Final = 3
_FOREIGN_WORDS: Final = 3
_FOREIGN_LETTERS: Final = 0.25
_ECHO_EXPLAINS: Final = 2
_ECHO_SHARE: Final = 0.45
_ECHO_FRESH: Final = 0.7
_DENIAL_WORDS: Final = 120
_HOLLOW_WORDS: Final = 30
_HOLLOW_SHARE: Final = 0.12
_HOLLOW_SUBJECT: Final = 0.27
_HOLLOW_SUBJECT_SHARE: Final = 0.35
_OFF_TOPIC_SHARE: Final = 0.2
_OFF_TOPIC_SUBJECT: Final = 0.3
_GLUE_WORDS: Final = 15
_ALIKE_SENTENCES: Final = 5
_ITEM_WORDS: Final = 3
_LIST_ITEMS: Final = 6
_LIST_SHARE: Final = 0.7
_RELATES: Final = re.compile(r"[=:→<>+]|->|\b(?:no|not|never|only)\b|n't\b")
_INJECTION: Final = re.compile(
    r"""
    \b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:instruction|prompt|rubric|rule|above|previous|guideline)
    |\b(?:give|award|grant|assign|mark|score|rate|grade)\b.{0,40}\b(?:full|maximum|max|perfect|highest|top|100|hundred|10/10)\b.{0,20}(?:marks?|points?|scores?|grades?|credit|percent|%)?
    |\b(?:note|message|instruction|hint|attention)s?\b.{0,20}\b(?:to|for)\b.{0,12}\b(?:grader|examiner|evaluator|assessor|scorer|reviewer|assistant|ai|llm|model)\b
    |\b(?:dear|hey|hello)\s+(?:grader|examiner|evaluator|ai|llm|model)\b
    |\bas\s+(?:an?\s+)?(?:grader|examiner|evaluator)\b
    |^\s*(?:\#+\s*)?\W{0,3}(?:system|assistant|developer)\W{0,3}\s*(?:prompt|message|override)?\s*:
    |<\|?/?(?:system|im_start|im_end|assistant|inst)\b|\[/?(?:INST|SYSTEM)\]
    |["']?(?:score|grade|verdict|points)["']?\s*[:=]\s*["']?(?:100|10/10|full|max|met|correct|pass)
    |\b(?:all|every)\s+concepts?\s+(?:are|is|as)\s+(?:met|explained|correct|covered)
    |\byou\s+are\s+now\b|\bnew\s+instructions?\b|\bpretend\s+(?:that|you|to)\b
    |\b(?:this|the|my)\s+answer\s+(?:is|was|has\s+been)\s+(?:\w+\s+)?(?:correct|perfect|complete|approved|verified|graded)
    """,
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)
_DENIAL: Final = re.compile(
    r"""
    \b(?:i\s+)?(?:honestly\s+|really\s+|actually\s+|just\s+)*
      (?:do\s+not|don'?t|did\s*n[o']t|dont|have\s+no|haven'?t|never|can(?:no|')?t|couldn'?t|wouldn'?t)\s+
      (?:\w+\s+){0,2}?(?:know|idea|clue|remember|recall|sure|answer|say|tell|worked|used|learned|learnt|heard|come\s+across|understand)
    |\bno\s+(?:idea|clue|answer|experience)\b|\bnot\s+(?:\w+\s+)?(?:sure|certain|familiar|aware)\b|\bidk\b|\bdunno\b|\bpass\b
    |\bnever\s+(?:\w+\s+)?(?:heard|used|worked|touched|needed|had|learned|looked|tried|dealt)\b|\bskip\s+this\b
    |\bwould\s+(?:have\s+to\s+|need\s+to\s+)?(?:look|google|check|search|read)\b|\blook\s+(?:it|that)\s+up\b|\bbeyond\s+me\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_CODE_LINE: Final = re.compile(
    r"^\s*(?:@\w|(?:async\s+)?(?:def|class|with|for)\s.*:\s*(?:\#.*)?$|from\s+[\w.]+\s+import\b|import\s+\w"
    r"|return\b|await\s|raise\s|(?:if|elif|try|except|else|while|finally)\b.*:\s*(?:\#.*)?$|[\w.\[\]\"']+\s*(?::[^=]+)?=\s*\S"
    r"|[\w.]+\(.*|[)\]}]+[,:]?\s*(?:->.*)?$|\#|\$\s|pip\s|uvicorn\s|fastapi\s|curl\s|[\"']?\w+[\"']?\s*[:=].*,\s*$|```|\"\"\")",
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
    checks = {
        Flag.ECHO: is_echo(text, found),
        Flag.KEYWORDS: not code and is_list(text),
        Flag.DONT_KNOW: found.explained <= 1 and denies(text),
        Flag.HOLLOW: not code and is_hollow(text, found),
        Flag.INJECTION: bool(_INJECTION.search(text.plain)),
        Flag.OFF_TOPIC: is_off_topic(text, found),
        Flag.CODE: code,
    }
    return tuple(flag for flag, raised in checks.items() if raised)


def is_other_language(text: Text) -> bool:
    """Whether the text is clearly in another language than English."""
    letters = [char for char in text.plain if char.isalpha()]
    foreign = sum(not char.isascii() for char in letters)
    if foreign >= _FOREIGN_WORDS and foreign > _FOREIGN_LETTERS * len(letters):
        return True
    words = len(text.words)
    english = sum(word in ENGLISH_MARKERS for word in text.words)
    other = max(sum(word in markers for word in text.words) for markers in FOREIGN_MARKERS.values())
    return other >= _FOREIGN_WORDS and other > 0.08 * words and other > 1.5 * english


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
    return (
        bool(stems)
        and found.explained <= _ECHO_EXPLAINS
        and found.share < _ECHO_SHARE
        and fresh < _ECHO_FRESH * len(stems)
    )


def denies(text: Text) -> bool:
    """Whether the author says that they do not know."""
    return len(text.words) < _DENIAL_WORDS and bool(_DENIAL.search(text.plain))


def is_hollow(text: Text, found: Evidence) -> bool:
    """Whether many words make few of the points, in words that are hardly the subject's."""
    if len(text.words) < _HOLLOW_WORDS:
        return False
    foreign = _on_subject(text, found) < _HOLLOW_SUBJECT and found.share < _HOLLOW_SUBJECT_SHARE
    return found.share < _HOLLOW_SHARE or foreign


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
    return _unbroken_run(text) or _one_glue_word(text) or _same_openings(text) or _short_items(text)


def _unbroken_run(text: Text) -> bool:
    """Twelve content words in a row with neither punctuation nor a function word."""
    pieces = re.split(r"[.,;:!?()\n]|\s[-–—/|+→]\s|->|=>", text.plain.lower())
    return any(
        run >= _LONG_RUN
        for piece in pieces
        for run in _runs(
            [word in FUNCTION_WORDS or word == NOT for word in re.findall(r"[\w']+", piece)]
        )
    )


def _runs(broken: list[bool]) -> list[int]:
    runs, length = [], 0
    for breaks in broken:
        length = 0 if breaks else length + 1
        runs.append(length)
    return runs


def _one_glue_word(text: Text) -> bool:
    """One function word does two fifths of at least fifteen such jobs: "a and b and c"."""
    glue = Counter(word for word in text.words if word in FUNCTION_WORDS)
    total = sum(glue.values())
    return total >= _GLUE_WORDS and max(glue.values()) >= 0.4 * total


def _same_openings(text: Text) -> bool:
    """Three sentences in five begin alike."""
    sentences = [part.split() for part in re.split(r"[.!?\n]+", text.plain.lower()) if part.strip()]
    openings = Counter(" ".join(words[:2]) for words in sentences)
    return len(sentences) >= _ALIKE_SENTENCES and max(openings.values()) >= 0.6 * len(sentences)


def _short_items(text: Text) -> bool:
    """Most of the text is short items with hardly a function word and nothing that relates them."""
    items = [item.strip() for item in re.split(r"[,;\n•|/]+|\.\s", text.plain.lower())]
    items = [item for item in items if item]
    short = [item for item in items if not _RELATES.search(item) and _is_short(item)]
    return len(items) >= _LIST_ITEMS and len(short) >= _LIST_SHARE * len(items)


def _is_short(item: str) -> bool:
    words = re.findall(r"[\w']+", item)
    return len(words) <= _ITEM_WORDS and not any(word in FUNCTION_WORDS for word in words)
