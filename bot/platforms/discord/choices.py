"""What Discord offers while somebody types an option."""

from collections.abc import Iterable
from typing import Final

from discord import app_commands

Choices = list[app_commands.Choice[str]]

_MOST: Final = 25
_LONGEST: Final = 100


def among(known: Iterable[str], current: str) -> Choices:
    """The names that hold what was typed; those that begin with it come first."""
    typed = current.strip().casefold().replace(" ", "_")
    fitting = [name for name in known if typed in name.casefold()]
    ordered = sorted(fitting, key=lambda name: not _begins(name, typed))
    return [app_commands.Choice(name=name, value=name) for name in ordered[:_MOST]]


def _begins(name: str, typed: str) -> bool:
    return any(part.casefold().startswith(typed) for part in (name, name.rpartition("/")[2]))


def listed(known: Iterable[str], current: str) -> Choices:
    """What was typed, with each name that fits its last item in that item's place."""
    before, _, last = current.rpartition(",")
    taken = [part.strip() for part in before.split(",") if part.strip()]
    texts = [
        ",".join([*taken, name])
        for name in known
        if name not in taken and name.casefold().startswith(last.strip().casefold())
    ]
    fitting = [text for text in texts if len(text) <= _LONGEST]
    return [app_commands.Choice(name=text, value=text) for text in fitting[:_MOST]]
