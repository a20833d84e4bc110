"""Grading many answers: with progress, with a model if wanted, and resumable."""

import asyncio
import json
import sys
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any, Final, Self

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bot.app import log_to_stderr, open_refiner
from bot.config import Settings
from bot.core.grading import Grading, Mode, Opinion, Shortfall
from bot.core.questions import Question
from bot.errors import ConfigError, ModelError, NoReplyError, UserError
from bot.grading.keyword import grade_text
from bot.grading.llm.refiner import ModelRefiner

GraderOption = Annotated[
    Mode,
    typer.Option("--grader", help="Who grades: keyword, or a language model too: assist or llm."),
]
OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="FILE",
        help="Write the graded lines here; run again with the same file to go on after a stop.",
    ),
]
_AT_ONCE: Final = 16
_NO_MODEL: Final = "No language model is configured: set OPENAI_BASE_URL and OPENAI_MODEL."

Judge = Callable[[Question, str], Awaitable[Grading]]


@asynccontextmanager
async def open_judge(settings: Settings, mode: Mode) -> AsyncIterator[Judge]:
    """What grades in a mode.

    Raises:
        ConfigError: the mode needs a model and none is configured.
    """
    log_to_stderr(settings)
    async with open_refiner(settings) as refiner:
        if mode is not Mode.KEYWORD and refiner is None:
            raise ConfigError(_NO_MODEL)

        async def judge(question: Question, answer: str) -> Grading:
            first = grade_text(question, answer)
            if refiner is None:
                return first
            return await _second_look(refiner, question, answer, first, mode)

        yield judge


async def _second_look(
    refiner: ModelRefiner, question: Question, answer: str, first: Grading, mode: Mode
) -> Grading:
    ask = refiner.plan(question, answer, first, mode)
    if ask is None:
        return first
    opinion = Opinion(judgements=())
    if ask.concepts:
        try:
            opinion = await refiner.ask(question, answer, ask)
        except ModelError as error:
            unreachable = isinstance(error, NoReplyError)
            shortfall = Shortfall.UNREACHABLE if unreachable else Shortfall.UNUSABLE
            return first.model_copy(update={"shortfall": shortfall})
    return refiner.combine(question, answer, first, opinion, mode)


class Sink:
    """Where graded lines go: a file that is appended to, or standard output."""

    def __init__(self, out: Path | None) -> None:
        self._stream = sys.stdout if out is None else out.open("a", encoding="utf-8")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._stream is not sys.stdout:
            self._stream.close()

    def write(self, line: str) -> None:
        """Write a line so that it survives a stop right behind it."""
        print(line, file=self._stream, flush=True)


async def in_order(
    lines: Sequence[tuple[str, bytes]],
    grade: Callable[[str, bytes], Awaitable[str | None]],
    write: Callable[[str], None],
    *,
    shown: bool,
) -> None:
    """Grade lines, some at a time; write each as soon as all before it are; show a bar."""
    bar = progress_bar(shown=shown)
    running: deque[asyncio.Future[str | None]] = deque()
    with bar:
        shown_task = bar.add_task("", total=len(lines))

        async def take_oldest() -> None:
            graded = await running.popleft()
            if graded is not None:
                write(graded)
            bar.advance(shown_task)

        try:
            for question, line in lines:
                if len(running) == _AT_ONCE:
                    await take_oldest()
                running.append(asyncio.ensure_future(grade(question, line)))
            while running:
                await take_oldest()
        finally:
            for task in running:
                task.cancel()


def progress_bar(*, shown: bool = True) -> Progress:
    """A bar for graded answers on standard error, if somebody watches."""
    return Progress(
        TextColumn("Grading"),
        BarColumn(),
        MofNCompleteColumn(),
        console=Console(stderr=True),
        disable=not (shown and sys.stderr.isatty()),
    )


def finished(out: Path | None, grader: Mode) -> dict[tuple[str, str], dict[str, Any]]:
    """The lines of an earlier run, by question and answer; a torn last line is cut off.

    Raises:
        UserError: the file holds something else.
    """
    if out is None or not out.exists():
        return {}
    text = out.read_text(encoding="utf-8")
    if text and not text.endswith("\n"):
        text = text[: text.rfind("\n") + 1]
        out.write_text(text, encoding="utf-8")
    done = {}
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            row = json.loads(line)
            if row["grader"] != grader.value:
                raise UserError(f"{out} holds answers graded by {row['grader']}; use another file.")
            done[row["question"], row["answer"]] = row
        except (ValueError, KeyError, TypeError):
            raise UserError(f"{out}:{number} is no line of an earlier run.") from None
    return done
