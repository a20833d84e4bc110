"""The engine: transactions that a cancelled caller cannot tear, pragmas, migrations."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import update_wrapper
from pathlib import Path
from typing import Any, Concatenate, Final, ParamSpec, Protocol, TypeVar

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.errors import DatabaseError

_T = TypeVar("_T")
_P = ParamSpec("_P")
_MIGRATIONS: Final = Path(__file__).parent / "migrations"
_PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=30000",
)


class Database:
    """One database, SQLite or PostgreSQL, by SQLAlchemy URL."""

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)
        self._writer = asyncio.Lock()
        self._running: set[asyncio.Task[Any]] = set()

    async def run(self, work: Callable[[AsyncConnection], Awaitable[_T]], *, write: bool) -> _T:
        """Run ``work`` in one transaction.

        The transaction has a task of its own: if the caller is cancelled it still ends,
        whole, and its connection goes back to the pool.
        """
        task = asyncio.create_task(self._transaction(work, write=write))
        self._running.add(task)
        task.add_done_callback(self._forget)
        return await asyncio.shield(task)

    async def _transaction(
        self, work: Callable[[AsyncConnection], Awaitable[_T]], *, write: bool
    ) -> _T:
        if not write:
            async with self._engine.connect() as connection:
                return await work(connection)
        async with self._write() as connection:
            return await work(connection)

    @asynccontextmanager
    async def _write(self) -> AsyncIterator[AsyncConnection]:
        """A connection in a transaction that holds the write lock from its beginning."""
        async with self._writer, self._engine.connect() as connection:
            writer = await connection.execution_options(writes=True)
            async with writer.begin():
                yield writer

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()

    async def close(self) -> None:
        """Let running transactions end, then close every connection."""
        if self._running:
            await asyncio.wait(self._running)
        await self._engine.dispose()

    async def version(self) -> str | None:
        """The migration that the database is at; ``None`` for an empty one.

        Raises:
            DatabaseError: it cannot be opened, or was written by a newer program.
        """
        _must_be_reachable(self._engine)
        # An engine of its own: our pragmas would already write to a database that is not ours.
        looker = create_async_engine(self._engine.url, poolclass=NullPool)
        try:
            async with looker.connect() as connection:
                found = await connection.run_sync(_version)
        except DBAPIError as error:
            raise DatabaseError(_unreadable(self._engine, error)) from None
        finally:
            await looker.dispose()
        if found is not None and found not in known_versions():
            message = (
                f"The database {_name(self._engine)} was written by a newer version of this"
                f" program (schema {found}); install that version or use another database."
            )
            raise DatabaseError(message)
        return found

    async def upgrade(self) -> None:
        """Bring the schema to the newest version; an empty database gets all of it.

        Raises:
            DatabaseError: it cannot be opened, or was written by a newer program.
        """
        if await self.version() != known_versions()[0]:
            async with self._write() as connection:
                await connection.run_sync(_upgrade)

    async def integrity(self) -> list[str]:
        """What the database engine itself finds damaged; empty where it cannot say."""
        if self._engine.dialect.name != "sqlite":
            return []
        async with self._engine.connect() as connection:
            rows = (await connection.execute(sa.text("PRAGMA integrity_check"))).scalars().all()
            broken = (await connection.execute(sa.text("PRAGMA foreign_key_check"))).all()
        faults = [str(row) for row in rows if row != "ok"]
        return faults + [f"{row[0]} row {row[1]} points to a missing {row[2]}" for row in broken]


def _engine(url: str) -> AsyncEngine:
    engine = create_async_engine(url)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine.sync_engine, "connect", _prepare)
        sa.event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    """Set the pragmas, and leave BEGIN to ``_begin``: the driver's own comes too late."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: sa.Connection) -> None:
    """Take the write lock at once where the transaction will write."""
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config


def known_versions() -> list[str]:
    """Every migration of this program, newest first."""
    scripts = ScriptDirectory.from_config(_config())
    return [script.revision for script in scripts.walk_revisions()]


def _version(connection: sa.Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _upgrade(connection: sa.Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _name(engine: AsyncEngine) -> str:
    return engine.url.database or engine.url.render_as_string(hide_password=True)


def _must_be_reachable(engine: AsyncEngine) -> None:
    """Say what keeps a SQLite file from being opened, where that can be seen beforehand."""
    path = Path(engine.url.database or "")
    if engine.dialect.name != "sqlite" or engine.url.database in {None, "", ":memory:"}:
        return
    if not path.parent.is_dir():
        raise DatabaseError(f"There is no folder {path.parent} for the database {path.name}.")
    if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
        raise DatabaseError(
            f"The database {path} cannot be written; check the path and its rights."
        )


def _unreadable(engine: AsyncEngine, error: DBAPIError) -> str:
    reason = str(error.orig).rstrip(".")
    return (
        f"The database {_name(engine)} cannot be opened: {reason}. Check the path and its rights."
    )


class HasDatabase(Protocol):
    """What the decorators below need of the object whose methods they wrap."""

    @property
    def database(self) -> Database:
        """Where the transactions run."""
        ...


_SelfT = TypeVar("_SelfT", bound=HasDatabase)
_Method = Callable[Concatenate[_SelfT, AsyncConnection, _P], Awaitable[_T]]
_Wrapped = Callable[Concatenate[_SelfT, _P], Coroutine[Any, Any, _T]]


def reading(method: _Method[_SelfT, _P, _T]) -> _Wrapped[_SelfT, _P, _T]:
    """Give a method a connection for reading; callers leave it out."""
    return _in_transaction(method, write=False)


def writing(method: _Method[_SelfT, _P, _T]) -> _Wrapped[_SelfT, _P, _T]:
    """Give a method a connection in a transaction of its own; callers leave it out."""
    return _in_transaction(method, write=True)


def _in_transaction(method: _Method[_SelfT, _P, _T], *, write: bool) -> _Wrapped[_SelfT, _P, _T]:
    async def run(self: _SelfT, /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        return await self.database.run(
            lambda connection: method(self, connection, *args, **kwargs), write=write
        )

    update_wrapper(run, method)
    return run
