"""A wide net for text that might speak to a model rather than to people.

Unlike the injection flag it costs no points: an answer with a suspicious part is not shown to
a model, and the rubric's grading stands. So it may err on the side of caution.
"""

import re
import unicodedata
from typing import Final

from bot.core.grading import Flag
from bot.grading import detectors
from bot.grading.text import Text, normalise, read

_HIDDEN: Final = 3
_TAGS: Final = range(0xE0000, 0xE0080)
_FOREIGN_LETTERS: Final = 8
_WORDS: Final = re.compile(
    r"""
    \b(?:graders?|examiners?|evaluators?|assessors?|scorers?|rubrics?|gradings?|verdicts?
      |jailbreaks?|chatgpt|gpt|llms?|dan|sudo|godmode|chatbot|openai
      |speaks_to_judge|unmet)\b
    |\b(?:full|maximum|max|perfect|top|highest|all|extra|partial|bonus)\s+
      (?:marks?|points?|scores?|credits?|grades?)\b
    |\b(?:language|ai|grading|scoring|evaluation|assessment)\s+(?:model|assistant|system|bot|tool)s?\b
    |\b(?:system|developer|admin|root)\s+(?:prompt|message|mode|note|notice)\b
    |\b(?:ignore|disregard|forget|bypass|skip|neglect)\s+(?:\w+\s+){0,4}?
      (?:instruction|rule|guideline|criteri|previous|above|prior|earlier|told|task)
    |\b(?:you\s+are|you're|act|behave|pretend|imagine|speak|role-?play)\s+
      (?:now\s+|only\s+|to\s+be\s+|as\s+if\s+|as\s+though\s+)?(?:as|an?|my|the|with|that|you)\b
    |\b(?:mark|rate|score|grade|judge|consider|treat|count|deem|report|output|label)\s+
      (?:\w+\s+){0,5}?(?:as\s+|to\s+|=\s*)?
      (?:met|correct|complete|perfect|passed|pass|true|100|full|satisfied|explained)\b
    |\b(?:passes|meets?|met|satisf\w+|covers?|fulfil\w*|deserves?)\s+
      (?:all|every|each|any|full|the\s+(?:concept|point|criteri))
    |\b(?:all|every|each)\s+(?:\w+\s+){0,2}?(?:concept|criteri|point|requirement)\w*\s+
      (?:\w+\s+)?(?:met|present|true|done|ok|covered|correct|satisfied|explained)\b
    |\b(?:this|my|the\s+above|the\s+following)\s+(?:answer|response|submission|text|reply)\b
    |\b(?:end|begin|start|close)\s+of\s+(?:the\s+)?
      (?:answer|student|input|data|text|prompt|message|submission|user)
    |\b(?:rot13|decode\s+this|hidden\s+(?:text|message))\b
    |["']?\b(?:verdict|score|points|grade|met|status|quote)["']?\s*[:=]
    |</?\s*(?:system|assistant|user|answer|instruction|prompt|student|data|input|s)\b
    |<\|?/?\w+\|>|\[/?(?:inst|system|user|assistant)\]|<<\s*/?\s*\w+\s*>>
    |^\s*(?:[#*>=-]+\s*)?(?:system|assistant|user|human|developer|admin|ai|note|important)\s*[:>\]]
    |(?:={5,}|-{5,}|\#{4,}|~{5,}|_{8,}|<{3,}|>{3,}|\*{5,}|"{3}|'{3})
    """,
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)
_ENCODED: Final = re.compile(
    r"\b(?=(?:[A-Za-z+/]*\d){3})[A-Za-z0-9+/]{24,}={0,2}|\b(?-i:[A-Z2-7]{24,})|(?:[0-9a-f]{2}[\s:]?){14,}|(?:\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|%[0-9a-f]{2}|&\#x?\w+;){4,}"
    r"|(?:\b[01]{7,8}\b\s*){4,}|(?:[.\-]{1,5}\s+){8,}|(?:\b\w\b[\s.\-_]+){8,}",
    re.IGNORECASE,
)
_ORDERS: Final = re.compile(
    r"""
    \b(?:ignorez|oubliez|ignoriere|vergiss|ignora|olvida|ignorar|esquece|ignorieren|negeer|zignoruj
      |ignorera|ignoreer|bewerte|bewertung|notez|donnez|puntos|puntuaci\w+|puntaje|punkte|pontos
      |punteggio|punten|anweisung\w*|instrucciones|instru[cç][oõ]es|istruzioni|consignes
      |instructies|instruktioner|instrukcj\w+|calificaci\w+|nota\s+m[aá]xima|volle\s+punktzahl)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)


def suspicious(written: str) -> bool:
    """Whether a text, or a part of it, should not be put before a model."""
    plain, _ = normalise(written)
    return (
        _hides(written)
        or bool(_WORDS.search(plain) or _ENCODED.search(plain) or _ORDERS.search(plain))
        or _speaks_otherwise(written)
        or detectors.injects(read(written))
        or _scrambled(plain)
    )


def _hides(written: str) -> bool:
    """Characters that people do not see, or look-alikes in number."""
    unseen = sum(unicodedata.category(char) in {"Cf", "Co", "Cn"} for char in written)
    return unseen >= _HIDDEN or any(ord(char) in _TAGS for char in written)


def _speaks_otherwise(written: str) -> bool:
    """Whether some of it is in another script or language than the rest."""
    letters = [char for char in written if char.isalpha()]
    foreign = sum(not _is_latin(char) for char in letters)
    if _FOREIGN_LETTERS <= foreign < len(letters) * 0.9:
        return True
    if Flag.OTHER_LANGUAGE is _language(read(written)):
        return False
    return any(
        Flag.OTHER_LANGUAGE is _language(read(part)) for part in re.split(r"[.!?\n:;]+", written)
    )


def _language(text: Text) -> Flag | None:
    return Flag.OTHER_LANGUAGE if detectors.is_other_language(text) else None


def _is_latin(char: str) -> bool:
    return char.isascii() or unicodedata.name(char, "").startswith("LATIN")


def _scrambled(plain: str) -> bool:
    """Whether it reads as orders when turned round, shifted, or freed from leet spelling."""
    leet = plain.translate(str.maketrans("013457@$", "oieastas"))
    turned = (plain[::-1], " ".join(word[::-1] for word in plain.split()), _rot13(plain), leet)
    return any(_WORDS.search(text) and not _WORDS.search(plain) for text in turned)


def _rot13(text: str) -> str:
    lower = str.maketrans("abcdefghijklmnopqrstuvwxyz", "nopqrstuvwxyzabcdefghijklm")
    return text.lower().translate(lower)
