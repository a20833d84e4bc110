"""The commands of the console, their parsing and their help."""

from dataclasses import dataclass
from typing import Final

FINISH: Final = "."
"""A line with just this sends the answer."""

COMMANDS: Final = {
    "quiz": ("/quiz [category or topic] [level]", "a practice question, just for you"),
    "hint": ("/hint", "a nudge for the practice question"),
    "result": ("/result", "your receipt of the latest round"),
    "appeal": ("/appeal [why]", "put your last receipt before the moderators"),
    "withdraw": ("/withdraw", "take your answer back"),
    "leaderboard": ("/leaderboard [today|week|month|season|all]", "who is ahead"),
    "progress": ("/progress", "your own record, streak and strong points"),
    "as": ("/as NAME", "speak as another member"),
    "skip": ("/skip", "replace today's question"),
    "close": ("/close", "end the round now"),
    "tomorrow": ("/tomorrow", "move the clock to the next scheduled time"),
    "challenge": (
        "/challenge [show|create|set|pause|resume|remove|appeals|rule]",
        "the challenge's settings, and its appeals",
    ),
    "quote": ("/quote on|off", "whether your answers may be shown at the close"),
    "forget": ("/forget me", "remove your answers and scores for good"),
    "help": ("/help", "this list"),
    "quit": ("/quit", "leave; everything is kept"),
}
"""Name to usage and what it does."""

CHALLENGE_ACTIONS: Final = (
    "show",
    "create",
    "set",
    "pause",
    "resume",
    "remove",
    "appeals",
    "rule",
)


@dataclass(frozen=True, slots=True)
class Command:
    """A command as typed: its name and the rest of the line."""

    name: str
    rest: str


def parse(line: str) -> Command | None:
    """The command that a line is; ``None`` for any other text, also with a slash."""
    if not line.startswith("/"):
        return None
    name, _, rest = line[1:].strip().partition(" ")
    return Command(name.lower(), rest.strip()) if name.lower() in COMMANDS else None
