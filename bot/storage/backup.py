"""Copies of a SQLite database, taken while it is in use and put back whole."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from sqlalchemy.engine import make_url

from bot.errors import DatabaseError
from bot.storage.database import Database

_HINT: Final = "use pg_dump and pg_restore for PostgreSQL"


def existing_file(url: str) -> Path:
    """The file behind a SQLite URL.

    Raises:
        DatabaseError: it is no SQLite file, or there is none yet.
    """
    path = _file(url)
    if not path.is_file():
        message = f"There is no database at {path} yet; interview-bot play makes one."
        raise DatabaseError(message)
    return path


def backup(url: str, target: Path) -> None:
    """Copy the database behind ``url`` to a new file.

    Raises:
        DatabaseError: there is no database, or the target exists or cannot be written.
    """
    source = existing_file(url)
    if target.exists():
        raise DatabaseError(f"{target} exists already; choose another name or remove it.")
    unfinished = target.with_name(f"{target.name}.part")
    try:
        _copy(source, unfinished)
        unfinished.replace(target)
    except (sqlite3.Error, OSError) as error:
        unfinished.unlink(missing_ok=True)
        raise DatabaseError(f"The copy to {target} failed: {error}.") from None


def restore(source: Path, url: str) -> None:
    """Put a copy in place of the database behind ``url``.

    Raises:
        DatabaseError: the copy is damaged or none of ours, or either side was written by a
            newer program; the database is then as it was.
    """
    target = _file(url)
    if not source.is_file():
        raise DatabaseError(f"There is no file {source}.")
    _check(source)
    if target.is_file():
        asyncio.run(_version(target))
    try:
        _copy(source, target)
    except sqlite3.Error as error:
        raise DatabaseError(f"{source} could not be put back: {error}.") from None


def _file(url: str) -> Path:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise DatabaseError(f"Copies are for SQLite files; {_HINT}.")
    return Path(parsed.database)


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def _check(source: Path) -> None:
    """A copy must be a whole SQLite database that this program can read."""
    try:
        with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as connection:
            found = connection.execute("PRAGMA integrity_check").fetchone()
    except sqlite3.Error as error:
        raise DatabaseError(f"{source} is not a whole database: {error}.") from None
    if found != ("ok",):
        raise DatabaseError(f"{source} is damaged: {found[0]}.")
    if asyncio.run(_version(source)) is None:
        raise DatabaseError(f"{source} is not a database of this program.")


async def _version(path: Path) -> str | None:
    database = Database(f"sqlite+aiosqlite:///{path}")
    try:
        return await database.version()
    finally:
        await database.close()
