"""What people type after a command, read the same way on every platform."""

import re
import shlex
from typing import Final

from pydantic import ValidationError

from bot.core.appeals import MAX_REASON, VERDICTS, Ruling
from bot.core.challenges import settings_from
from bot.core.standings import Period
from bot.errors import UserError

_DECISIONS: Final = "score=0 to 100, or POINT=met, partial or unmet for some points, or keep"
_DECISION: Final = re.compile(r"keep\s+|([\w-]+=[\w-]+\s+)+", re.IGNORECASE)


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
    rest = f"{rest.strip()} "
    decision = _DECISION.match(rest)
    if not number.isdecimal() or int(number) >= 2**31 or decision is None:
        raise UserError(f"Write a ruling as NUMBER, then {_DECISIONS}; and then the reason.")
    return int(number), read_ruling(decision[0], rest[decision.end() :])


def read_ruling(decision: str, reason: str) -> Ruling:
    """``keep``, ``score=80``, or ``lemon=met salt=partial``, with its reason, as a ruling.

    Raises:
        UserError: it is none, or the reason is missing or too long.
    """
    words = decision.lower().split()
    if not _DECISION.fullmatch(f"{' '.join(words)} "):
        raise UserError(f"Write the decision as {_DECISIONS}.")
    if not reason.strip():
        raise UserError("Say why in a sentence after the ruling; the member sees it.")
    pairs = [word.partition("=") for word in words if word != "keep"]
    return _ruling({name: value for name, _, value in pairs}, reason.strip())


def _ruling(decisions: dict[str, str], reason: str) -> Ruling:
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
