"""What people type after a command, read the same way on every platform."""

import re
import shlex
from typing import Final

from pydantic import ValidationError

from bot.core.appeals import MAX_REASON, VERDICTS, Ruling
from bot.core.challenges import settings_from
from bot.core.standings import Period
from bot.errors import UserError

RULING_USAGE: Final = (
    "Write a ruling as NUMBER, then score=0 to 100, or POINT=met, partial or unmet for some"
    " points, or keep; and then the reason, which the member sees."
)
DECISION_USAGE: Final = (
    "Write keep, or score=0 to 100, or POINT=met, partial or unmet for some points."
)
_DECISION: Final = re.compile(r"([\w-]+)=([\w-]+)\s+")


def parse_period(text: str) -> Period:
    """A leaderboard's period; the season if none is named.

    Raises:
        UserError: there is no such period; names those that there are.
    """
    word = text.lower().removeprefix("this ").strip() or Period.SEASON
    try:
        return Period(word)
    except ValueError:
        known = ", ".join(Period)
        raise UserError(f"There is no leaderboard '{text}'; there are {known}.") from None


def parse_settings(text: str) -> dict[str, str]:
    """``time 09:30`` or ``time=09:30 zone=Europe/Berlin`` as setting names and texts.

    Raises:
        UserError: it is neither.
    """
    try:
        words = shlex.split(text)
    except ValueError:
        raise UserError("A quotation mark is not closed.") from None
    if len(words) > 1 and "=" not in words[0]:
        return {words[0].lower(): " ".join(words[1:])}
    return settings_from(words)


def parse_ruling(text: str) -> tuple[int, Ruling]:
    """``3 lemon=met salt=partial Both are in the last sentence.`` as a case and its ruling.

    Raises:
        UserError: it is none, or the reason is missing or too long.
    """
    number, _, rest = text.strip().partition(" ")
    if not number.isdecimal() or int(number) >= 2**31:
        raise UserError(RULING_USAGE)
    decisions, reason = _decisions(rest.strip(), RULING_USAGE)
    return int(number), _ruling(decisions, reason)


def parse_decision(decision: str, reason: str) -> Ruling:
    """A ruling whose decision and reason were typed into two fields.

    Raises:
        UserError: the decision is none, or the reason is missing or too long.
    """
    decisions, rest = _decisions(decision.replace(",", " ").strip(), DECISION_USAGE)
    if rest:
        raise UserError(DECISION_USAGE)
    return _ruling(decisions, reason.strip())


def _decisions(text: str, usage: str) -> tuple[dict[str, str], str]:
    """The decisions that a text begins with, none of them for ``keep``, and what follows."""
    decisions: dict[str, str] = {}
    rest = f"{text} "
    while match := _DECISION.match(rest):
        decisions[match[1].lower()] = match[2].lower()
        rest = rest[match.end() :]
    word, _, following = rest.partition(" ")
    if not decisions and word.lower() != "keep":
        raise UserError(usage)
    return decisions, (rest if decisions else following).strip()


def _ruling(decisions: dict[str, str], reason: str) -> Ruling:
    if not reason:
        raise UserError("Say why in a sentence after the ruling; the member sees it.")
    score = decisions.pop("score", None)
    if score is not None and decisions:
        raise UserError("Rule on the score or on points, not on both.")
    try:
        verdicts = {name: VERDICTS[word] for name, word in decisions.items()}
        return Ruling.model_validate({"reason": reason, "score": score, "verdicts": verdicts})
    except KeyError as unknown:
        known = ", ".join(VERDICTS)
        raise UserError(f"There is no verdict {unknown}; there are {known}.") from None
    except ValidationError:
        raise UserError(
            f"A score is a number from 0 to 100, a reason has at most {MAX_REASON} characters."
        ) from None
