"""Transactions: cancelled callers, concurrent writers, versions."""

import asyncio
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import DatabaseError
from bot.storage.database import Database, known_versions
from bot.storage.rows import id_of, insert_once
from bot.storage.tables import channels, members, metadata
from tests.conftest import World
from tests.samples import ADA, BOB, CHANNEL


async def _names(database: Database) -> list[str]:
    async def read(connection: AsyncConnection) -> list[str]:
        return list(await connection.scalars(sa.select(members.c.external_id)))

    return await database.run(read, write=False)


async def test_a_cancelled_caller_leaves_a_whole_transaction(database: Database) -> None:
    begun = asyncio.Event()

    async def slow(connection: AsyncConnection) -> None:
        await id_of(connection, ADA)
        begun.set()
        await asyncio.sleep(0.05)
        await id_of(connection, BOB)

    caller = asyncio.create_task(database.run(slow, write=True))
    await begun.wait()
    caller.cancel()
    with suppress(asyncio.CancelledError):
        await caller
    await asyncio.sleep(0.2)
    assert sorted(await _names(database)) == ["ada", "bob"]


async def test_a_failing_transaction_leaves_nothing(database: Database) -> None:
    async def fail(connection: AsyncConnection) -> None:
        await id_of(connection, ADA)
        raise ValueError("halfway")

    with pytest.raises(ValueError, match="halfway"):
        await database.run(fail, write=True)
    assert await _names(database) == []


async def test_no_update_is_lost_between_two_connections_pools(tmp_path: Path) -> None:
    """Read, then write: only a lock taken at the beginning keeps such updates apart."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'shared.db'}"
    first, second = Database(url), Database(url)
    await first.upgrade()

    async def count_up(connection: AsyncConnection) -> None:
        await insert_once(
            connection, channels, platform="c", workspace="w", external_id="1", name="0"
        )
        name = await connection.scalar(sa.select(channels.c.name))
        await connection.execute(sa.update(channels).values(name=str(int(name or 0) + 1)))

    await asyncio.gather(
        *(database.run(count_up, write=True) for database in (first, second) for _ in range(50))
    )
    async with asyncio.timeout(10):
        name = await first.run(
            lambda connection: connection.scalar(sa.select(channels.c.name)), write=False
        )
    await first.close()
    await second.close()
    assert name == "100"


async def test_what_a_crash_may_not_lose_is_switched_on(database: Database) -> None:
    async def pragmas(connection: AsyncConnection) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return [await connection.scalar(sa.text(f"PRAGMA {name}")) for name in names]

    assert await database.run(pragmas, write=False) == ["wal", 2, 1]


async def test_tables_are_strict(database: Database) -> None:
    async def loose(connection: AsyncConnection) -> list[str]:
        rows = await connection.execute(sa.text("PRAGMA table_list"))
        return [row.name for row in rows if row.name in metadata.tables and not row.strict]

    assert await database.run(loose, write=False) == []


async def test_the_migrations_make_the_tables_that_the_code_expects(database: Database) -> None:
    def compare(connection: sa.Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    assert await database.run(lambda c: c.run_sync(compare), write=False) == []


async def test_upgrading_twice_changes_nothing(database: Database) -> None:
    await database.upgrade()
    assert await database.version() == known_versions()[0]
    assert await database.integrity() == []


async def test_a_database_of_a_newer_program_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "newer.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        connection.execute("INSERT INTO alembic_version VALUES ('9999')")
        connection.commit()
    before = path.read_bytes()
    database = Database(f"sqlite+aiosqlite:///{path}")
    with pytest.raises(DatabaseError, match="written by a newer version of this program"):
        await database.upgrade()
    await database.close()
    assert path.read_bytes() == before


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "letter.db"
    path.write_text("Dear database, " * 100)
    database = Database(f"sqlite+aiosqlite:///{path}")
    with pytest.raises(DatabaseError, match="cannot be opened: file is not a database"):
        await database.upgrade()
    await database.close()


async def test_damage_is_named(world: World) -> None:
    await world.store.people.set_quotable(ADA, quotable=True)

    async def break_link(connection: AsyncConnection) -> None:
        await connection.execute(sa.text("PRAGMA defer_foreign_keys=ON"))
        await connection.execute(
            sa.text(
                "INSERT INTO challenges (channel_id, settings, planned_through, created_at)"
                " VALUES (77, '{}', '2026-01-01', '2026-01-01')"
            )
        )

    async with world.database._engine.connect() as connection:  # noqa: SLF001 - to do damage
        await connection.exec_driver_sql("ROLLBACK")
        await connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        await connection.exec_driver_sql("BEGIN")
        await break_link(connection)
        await connection.commit()
        await connection.exec_driver_sql("ROLLBACK")
        await connection.exec_driver_sql("PRAGMA foreign_keys=ON")
    assert await world.database.integrity() == ["challenges row 1 points to a missing channels"]


async def test_names_are_kept_up_to_date_but_never_lost(database: Database) -> None:
    async def rename(connection: AsyncConnection) -> list[str]:
        names = []
        for name in ("general", "", "all-hands"):
            await id_of(connection, CHANNEL.model_copy(update={"name": name}))
            names.append(str(await connection.scalar(sa.select(channels.c.name))))
        return names

    assert await database.run(rename, write=True) == ["general", "general", "all-hands"]
