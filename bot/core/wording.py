"""Sentences that every platform says alike; no markup."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot.core.grading import Doubt, Flag, Grading, Judge, Shortfall
from bot.core.intents import Board, Case, Receipt
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

SHORTFALLS: Final[Mapping[Shortfall, str]] = {
    Shortfall.BUDGET: "The budget for the language model is used up for today, so the rubric's"
    " verdict stands.",
    Shortfall.UNREACHABLE: "The language model could not be reached, so the rubric's verdict"
    " stands.",
    Shortfall.UNUSABLE: "The language model gave no usable verdict, so the rubric's stands.",
}
"""Why a grading is the rubric's alone."""

DOUBTS: Final[Mapping[Doubt, str]] = {
    Doubt.GAP: "Rubric and language model are far apart on this answer, so a moderator looks at it"
    " before it counts.",
    Doubt.INJECTION: "Part of this seems to speak to the grader, so a moderator looks at it before"
    " it counts.",
}
"""Why an answer is under review."""

JUDGES: Final[Mapping[Judge, str]] = {
    Judge.RUBRIC: "",
    Judge.MODEL: " (read by the language model)",
    Judge.MODERATOR: " (by a moderator)",
}
"""What follows a point to say who judged it."""

SECOND_LOOK: Final = "A language model takes a second look now; its receipt follows."

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
    if receipt.score is None:
        return "under review" if receipt.under_review else "not scored"
    return f"{receipt.score} of 100"


def case_score(case: Case) -> str:
    """The scores in question as a sentence."""
    rubric = "not scored" if case.score is None else f"{case.score} of 100"
    if case.doubt is None:
        return f"Score {rubric}."
    if case.proposed is None:
        return f"The rubric says {rubric}."
    return f"The rubric says {rubric}, the language model's verdicts make {case.proposed}."


def remarks(grading: Grading) -> tuple[str, ...]:
    """Who judged what, and what is special about it."""
    said: list[str] = []
    if grading.model is not None:
        by_model = sum(result.judge is Judge.MODEL for result in grading.concepts)
        points = count(len(grading.concepts), "point")
        said.append(f"The language model judged {by_model} of {points}, the rubric the others.")
    if grading.shortfall is not None:
        said.append(SHORTFALLS[grading.shortfall])
    if grading.review is not None:
        said.append(DOUBTS[grading.review.doubt])
    if grading.reason is not None:
        said.append(f"A moderator ruled on this, and that is final: {grading.reason}")
    return tuple(said)


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
