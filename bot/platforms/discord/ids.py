"""The ids of buttons and forms: they say everything that a press means, so they outlive restarts.

An id is an action and its arguments, joined by colons; the last argument may contain some.
"""

from typing import Final, NamedTuple

LIMIT: Final = 100

ANSWER: Final = "answer"
"""``answer:<round>:<question>`` opens the form, and is the form."""
RESULT: Final = "result"
"""``result:<round>:<marker of the message>`` shows a member's own receipt."""
BOARD: Final = "board"
"""``board:<period>:<offset>`` turns to a page; ``board:<period>:new:<marker>`` shows one."""
QUIZ: Final = "quiz"
"""``quiz:<wish>:<marker of the message>`` gives a practice question."""
TRY: Final = "try"
"""``try:<quiz>:<wish>`` opens the form of a practice question, and is the form."""
HINT: Final = "hint"
"""``hint:<quiz>:<wish>:<number>`` shows so many hints."""
APPEAL: Final = "appeal"
"""``appeal:<grading>:<server>`` opens the form for an appeal, and is the form."""
RULE: Final = "rule"
"""``rule:<server>:<channel>:<case>`` opens the form for a ruling, and is the form."""
FORGET: Final = "forget"
"""``forget`` removes everything of the member who presses it."""


class Press(NamedTuple):
    """What an id says."""

    action: str
    arguments: tuple[str, ...]

    @property
    def custom_id(self) -> str:
        """The id that says this."""
        return custom_id(self.action, *self.arguments)

    def argument(self, number: int) -> str:
        """An argument, empty if there are fewer."""
        return self.arguments[number] if number < len(self.arguments) else ""

    def number(self, number: int) -> int:
        """An argument that is a number, 0 if it is none."""
        text = self.argument(number)
        return int(text) if text.isdecimal() else 0


def custom_id(action: str, *arguments: object) -> str:
    """The id of a button; what Discord has no room for is cut."""
    return ":".join([action, *map(str, arguments)])[:LIMIT]


def parse(text: str) -> Press:
    """Read an id."""
    action, *arguments = text.split(":")
    return Press(action, tuple(arguments))
