"""Reading lines and writing renderables: a real terminal, or a pipe."""

import asyncio
import io
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from typing import Final, Protocol, TextIO

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import WordCompleter
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.patch_stdout import patch_stdout
from rich.console import Console, RenderableType

from bot.platforms.console.commands import COMMANDS, FINISH
from bot.platforms.markdown import clean

_PIPE_WIDTH: Final = 100
_TOOLBAR: Final = f" A line with just {FINISH} sends your answer. /help lists the commands. "


class Terminal(Protocol):
    """Where a console session reads and writes; ``framed`` says whether boxes look good."""

    framed: bool

    async def read(self, prompt: str) -> str | None:
        """The next line without its end, or ``None`` when the input has ended."""
        ...

    def show(self, renderable: RenderableType) -> None:
        """Write one thing, and an empty line behind it."""
        ...

    def busy(self) -> AbstractContextManager[object]:
        """Shows that something takes a moment, while it is entered."""
        ...


class PipeTerminal:
    """Plain lines in, plain text without control codes out."""

    framed = False

    def __init__(self, lines: TextIO, out: TextIO) -> None:
        self._lines = lines
        self._out = out
        self._console = Console(
            file=out, width=_PIPE_WIDTH, force_terminal=False, color_system=None, highlight=False
        )

    async def read(self, prompt: str) -> str | None:
        """The next line, written out behind its prompt, so that the output is a transcript."""
        line = await asyncio.to_thread(self._lines.readline)
        if not line:
            return None
        text = line.rstrip("\r\n")
        self._console.print(clean(f"{prompt}{text}"), markup=False, soft_wrap=True)
        return text

    def show(self, renderable: RenderableType) -> None:
        """Write, and let a reader at the other end see it at once."""
        with self._console.capture() as captured:
            self._console.print(renderable)
        lines = (line.rstrip() for line in captured.get().splitlines())
        print(*lines, "", sep="\n", file=self._out, flush=True)

    def busy(self) -> AbstractContextManager[object]:
        """A pipe shows no spinner."""
        return nullcontext()


class PromptTerminal:
    """A prompt with history and completion, and colour."""

    framed = True

    def __init__(self) -> None:
        words = [f"/{name}" for name in COMMANDS]
        self._prompt: PromptSession[str] = PromptSession(
            history=InMemoryHistory(),
            completer=WordCompleter(words, sentence=True),
            complete_while_typing=True,
            bottom_toolbar=_TOOLBAR,
        )
        self._console = Console(file=sys.stdout, highlight=False)

    async def read(self, prompt: str) -> str | None:
        """Ask for a line; Ctrl-C clears it, Ctrl-D ends the input."""
        while True:
            try:
                return await self._prompt.prompt_async(prompt)
            except KeyboardInterrupt:
                continue
            except EOFError:
                return None

    def show(self, renderable: RenderableType) -> None:
        """Write above the prompt."""
        self._console.print(renderable)
        self._console.print()

    def busy(self) -> AbstractContextManager[object]:
        """A spinner."""
        return self._console.status("One moment...")


@asynccontextmanager
async def open_terminal() -> AsyncIterator[Terminal]:
    """The terminal that this process has: a prompt for people, plain lines for pipes."""
    if sys.stdin.isatty() and sys.stdout.isatty():
        with patch_stdout(raw=True):
            yield PromptTerminal()
    else:
        for stream in (sys.stdin, sys.stdout):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(encoding="utf-8", errors="replace")
        yield PipeTerminal(sys.stdin, sys.stdout)
