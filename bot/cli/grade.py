"""``interview-bot grade``: JSON lines in, the same lines with their gradings out."""

import asyncio
import json
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from bot import bank
from bot.app import load_bank
from bot.cli import batch, jsonlines
from bot.cli.batch import GraderOption, Judge, OutOption, Sink
from bot.cli.shared import settings_for
from bot.core.grading import Grading, Mode
from bot.core.grading import Judge as By
from bot.errors import UserError

_OUTPUT: Final = frozenset(
    {"score", "concepts", "misconceptions", "flags", "grader", "review", "shortfall"}
)


def grade(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE]...", help="JSON lines; standard input if none is given."),
    ] = None,
    grader: GraderOption = Mode.KEYWORD,
    out: OutOption = None,
) -> None:
    """Grade answers: each line {"question": id, "answer": text, ...} comes back with its score.

    Example: interview-bot grade answers.jsonl > graded.jsonl
    """
    if asyncio.run(_grade(files or [], grader, out)):
        raise typer.Exit(1)


async def _grade(files: list[Path], mode: Mode, out: Path | None) -> int:
    settings = settings_for(None)
    questions = load_bank(settings)
    done = batch.finished(out, mode)
    async with batch.open_judge(settings, mode) as judge:
        run = _Run(questions, judge, mode, done.keys(), labelled=out is not None)
        if mode is Mode.KEYWORD and out is None:
            # Line by line, so that a pipe flows.
            for place, line in jsonlines.lines_of(files):
                graded = await run.graded(place, line)
                if graded is not None:
                    print(graded)
        else:
            with Sink(out) as sink:
                lines = list(jsonlines.lines_of(files))
                await batch.in_order(lines, run.graded, sink.write, shown=True)
    return run.failed


class _Run:
    """Grades lines; counts those that cannot be graded."""

    def __init__(
        self,
        questions: bank.Bank,
        judge: Judge,
        mode: Mode,
        done: Collection[tuple[str, str]],
        *,
        labelled: bool,
    ) -> None:
        self.failed = 0
        self._questions = questions
        self._judge = judge
        self._mode = mode
        self._done = done
        self._labelled = labelled or mode is not Mode.KEYWORD

    async def graded(self, place: str, line: bytes) -> str | None:
        """The line with its grading; ``None`` if it has one already or cannot have one."""
        try:
            row = jsonlines.parse(line)
            if (row["question"], row["answer"]) in self._done:
                return None
            grading = await self._judge(self._questions.get(row["question"]), row["answer"])
        except UserError as error:
            self.failed += 1
            print(f"{place}: {error}", file=sys.stderr)
            return None
        kept = {name: value for name, value in row.items() if name not in _OUTPUT}
        return json.dumps(kept | _result(grading) | self._labels(grading))

    def _labels(self, grading: Grading) -> dict[str, Any]:
        """What a model had to do with it, where one was asked for."""
        if not self._labelled:
            return {}
        review = grading.review.model_dump(mode="json") if grading.review else None
        return {"grader": self._mode.value, "review": review, "shortfall": grading.shortfall}


def _result(grading: Grading) -> dict[str, Any]:
    return {
        "score": grading.score,
        "concepts": [
            {
                "id": result.id,
                "verdict": result.verdict.value,
                "credit": result.credit,
                "quote": result.quote,
                **({} if result.judge is By.RUBRIC else {"judge": result.judge.value}),
            }
            for result in grading.concepts
        ],
        "misconceptions": [{"id": hit.id, "quote": hit.quote} for hit in grading.misconceptions],
        "flags": [flag.value for flag in grading.flags],
    }
