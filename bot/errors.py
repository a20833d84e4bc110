"""Every exception that the project raises on purpose.

::

    BotError
    ├── UserError            what somebody typed cannot be done; its text is shown to them
    ├── ConfigError          settings or files are wrong; its text is shown on the command line
    │   ├── PackError        question files have faults
    │   └── DatabaseError    the database is missing, newer than the program, or damaged
    ├── UnreachableError     a platform does not answer; tried again later
    ├── ModelError           a language model was of no help; the rubric's grading stands
    │   ├── NoReplyError     it did not answer
    │   └── BadReplyError    it answered something that cannot be used
    └── PostError            a message did not reach its platform
        ├── PostponedError   it was not posted and may be tried again later
        └── RefusedError     it can never be posted
"""


class BotError(Exception):
    """The root; its text is always one or more plain sentences for people."""


class UserError(BotError):
    """What a member or admin asked for cannot be done; the only one shown in chat."""


class ConfigError(BotError):
    """Settings, files or the machine are not as they must be."""


class UnreachableError(BotError):
    """A platform does not answer; the text says what to look at."""


class ModelError(BotError):
    """A language model was of no help; ``tokens`` is what asking it has cost, at most."""

    def __init__(self, message: str, tokens: int = 0) -> None:
        super().__init__(message)
        self.tokens = tokens


class NoReplyError(ModelError):
    """A language model did not answer."""


class BadReplyError(ModelError):
    """A language model answered something that cannot be used."""


class PostError(BotError):
    """A message did not reach its platform."""


class PostponedError(PostError):
    """A message was certainly not posted; ``seconds`` says when to try again."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"The platform asks to wait {seconds:g} s.")
        self.seconds = seconds


class RefusedError(PostError):
    """A message can never be posted; the text says why."""


class PackError(ConfigError):
    """A pack cannot be used because its files have faults."""


class DatabaseError(ConfigError):
    """The database cannot be used as it is."""
