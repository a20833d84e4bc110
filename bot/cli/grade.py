"""``interview-bot grade``: JSON lines in, the same lines with their gradings out."""

import asyncio
import json
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from bot import bank
from bot.app import load_bank
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
    for place, line in _lines(files):
        try:
            print(await _graded(line, questions, grader))
        except UserError as error:
            failed += 1
            print(f"{place}: {error}", file=sys.stderr)
    return failed


def _lines(files: list[Path]) -> Iterator[tuple[str, bytes]]:
    """Every line that is not empty, with the file's name and the line's number."""
    for name, stream in _streams(files):
        with closing(stream):
            for number, line in enumerate(stream, start=1):
                if line.strip():
                    yield f"{name}:{number}", line


def _streams(files: list[Path]) -> Iterator[tuple[str, BinaryIO]]:
    if not files:
        yield "stdin", sys.stdin.buffer
    for path in files:
        try:
            yield str(path), path.open("rb")
        except OSError as error:
            raise UserError(f"{path} cannot be read: {error.strerror}.") from None


async def _graded(line: bytes, questions: bank.Bank, grader: Grader) -> str:
    row = _parse(line)
    grading = await grader.grade(questions.get(row["question"]), row["answer"])
    kept = {name: value for name, value in row.items() if name not in _OUTPUT}
    return json.dumps(kept | _result(grading))


def _parse(line: bytes) -> dict[str, Any]:
    """One line as an object with a question and an answer.

    Raises:
        UserError: it is none; says what is missing.
    """
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise UserError("This line is not UTF-8.") from None
    except RecursionError:
        raise UserError("This line is nested too deeply.") from None
    except ValueError as error:
        raise UserError(f"This line is not JSON: {error}.") from None
    if not isinstance(row, dict):
        raise UserError('This line is not an object; write {"question": id, "answer": text}.')
    for name in ("question", "answer"):
        if not isinstance(row.get(name), str):
            raise UserError(f'"{name}" is missing or no text.')
    return row


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
