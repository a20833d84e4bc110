"""What people type after a command, read the same way on every platform."""

import shlex

from bot.core.challenges import settings_from
from bot.core.standings import Period
from bot.errors import UserError


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
