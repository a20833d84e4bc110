"""``interview-bot grade``: JSON lines in, the same lines with their gradings out."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import bank
from bot.app import load_bank
from bot.cli import jsonlines
from bot.cli.shared import settings_for
from bot.core.grading import Grader, Grading
from bot.errors import UserError
from bot.grading.keyword import KeywordGrader

_OUTPUT = {"score", "concepts", "misconceptions", "flags"}


def grade(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE]...", help="JSON lines; standard input if none is given."),
    ] = None,
) -> None:
    """Grade answers: each line {"question": id, "answer": text, ...} comes back with its score.

    Example: interview-bot grade answers.jsonl > graded.jsonl
    """
    questions = load_bank(settings_for(None))
    failed = asyncio.run(_grade_all(files or [], questions, KeywordGrader()))
    if failed:
        raise typer.Exit(1)


async def _grade_all(files: list[Path], questions: bank.Bank, grader: Grader) -> int:
    failed = 0
    for place, line in jsonlines.lines_of(files):
        try:
            print(await _graded(line, questions, grader))
        except UserError as error:
            failed += 1
            print(f"{place}: {error}", file=sys.stderr)
    return failed


async def _graded(line: bytes, questions: bank.Bank, grader: Grader) -> str:
    row = jsonlines.parse(line)
    grading = await grader.grade(questions.get(row["question"]), row["answer"])
    kept = {name: value for name, value in row.items() if name not in _OUTPUT}
    return json.dumps(kept | _result(grading))


def _result(grading: Grading) -> dict[str, Any]:
    return {
        "score": grading.score,
        "concepts": [
            {
                "id": result.id,
                "verdict": result.verdict.value,
                "credit": result.credit,
                "quote": result.quote,
            }
            for result in grading.concepts
        ],
        "misconceptions": [{"id": hit.id, "quote": hit.quote} for hit in grading.misconceptions],
        "flags": [flag.value for flag in grading.flags],
    }
