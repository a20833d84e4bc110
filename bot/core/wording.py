"""Sentences that every platform says alike; no markup."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot.core.grading import Flag
from bot.core.intents import Board, Receipt
from bot.core.standings import Period

FLAGS: Final[Mapping[Flag, str]] = {
    Flag.ECHO: "This mostly repeats the question; say what the answer is in your own words.",
    Flag.KEYWORDS: "This reads as a list of terms; say in sentences how they hang together.",
    Flag.DONT_KNOW: "No worries: the model answer comes when the round closes.",
    Flag.HOLLOW: "This stays general; name what happens, why, and what you would do.",
    Flag.INJECTION: "Part of this speaks to the grader rather than to the question; that earns"
    " nothing.",
    Flag.OFF_TOPIC: "This seems to be about something else than the question.",
    Flag.OTHER_LANGUAGE: "I can only read answers in English, so this one is not scored, neither as"
    " right nor as wrong.",
    Flag.CODE: "Read as code.",
}
"""What a detector's flag means for the member."""

PERIODS: Final[Mapping[Period, str]] = {
    Period.TODAY: "today",
    Period.WEEK: "this week",
    Period.MONTH: "this month",
    Period.SEASON: "this season",
    Period.ALL: "all time",
}


def count(number: int, noun: str) -> str:
    """``1 point``, ``2 points``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def clock_time(instant: datetime, zone: str) -> str:
    """An instant as people of a zone would say it."""
    local = instant.astimezone(ZoneInfo(zone))
    return f"{local:%a} {local.day} {local:%b} {local:%H:%M} ({zone})"


def score(receipt: Receipt) -> str:
    """The score as a phrase."""
    return "not scored" if receipt.score is None else f"{receipt.score} of 100"


def still_missing(receipt: Receipt) -> str:
    """How much an open round's answer lacks, without saying what."""
    if not receipt.missing_points:
        return "Nothing is missing."
    of_all = count(len(receipt.made) + receipt.missing_points, "point")
    verb = "is" if receipt.missing_points == 1 else "are"
    return f"{receipt.missing_points} of {of_all} {verb} still missing."


def empty_board(board: Board) -> str:
    """What a board says when nobody is on it."""
    return f"Nobody is on the board for {PERIODS[board.period]} yet."


def waiting(board: Board) -> str | None:
    """Why fresh answers are not on the board, if there are some."""
    if not board.waiting:
        return None
    answers = count(board.waiting, "answer")
    return f"The open round has {answers}; the points go on the board when it closes."
