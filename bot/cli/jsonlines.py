"""Reads answers as JSON lines, from files or standard input."""

import json
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, BinaryIO

from bot.errors import UserError


def lines_of(files: list[Path]) -> Iterator[tuple[str, bytes]]:
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


def parse(line: bytes, also: tuple[str, ...] = ()) -> dict[str, Any]:
    """One line as an object with a question and an answer.

    ``also`` lists other names that the field "question" may have.

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
    for other in also:
        row.setdefault("question", row.get(other))
    for name in ("question", "answer"):
        if not isinstance(row.get(name), str):
            raise UserError(f'"{name}" is missing or no text.')
    return row
