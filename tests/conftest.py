"""Fixtures: a store on a fresh database, a clock that tests move, a small bank."""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.intents import Intent
from bot.core.ports import Ports
from bot.grading.keyword import KeywordGrader
from bot.storage.database import Database
from bot.storage.store import Store
from tests.samples import MONDAY, make_bank, make_question


class ManualClock:
    """Stands still until a test moves it."""

    def __init__(self, instant: datetime = MONDAY) -> None:
        self.instant = instant

    def now(self) -> datetime:
        return self.instant

    def advance(self, **by: float) -> None:
        self.instant += timedelta(**by)


class DummyCalendar:
    """Knows one country, XX, with one holiday."""

    holidays = frozenset({date(2026, 3, 4)})

    def is_holiday(self, place: str, day: date) -> bool:
        return place == "XX" and day in self.holidays

    def check(self, place: str) -> None:
        assert place == "XX"


class World:
    """Ports with the concrete parts at hand, and the outbox as a list of intents."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = ManualClock()
        self.calendar = DummyCalendar()
        self.store = Store(database)
        questions = [
            make_question("apples"),
            make_question("beans"),
            make_question("cocoa", category="drink"),
        ]
        self.ports = Ports(
            store=self.store,
            clock=self.clock,
            grader=KeywordGrader(),
            bank=make_bank(questions),
            calendar=self.calendar,
        )

    async def outbox(self) -> list[Intent]:
        """What was queued since the last look, in order."""
        deliveries = await self.store.messages.claim("console", 60, 1000)
        for delivery in deliveries:
            await self.store.messages.sent(delivery.id, f"ref-{delivery.id}")
        return [delivery.outgoing.intent for delivery in deliveries]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'test.db'}")
    await database.upgrade()
    yield database
    await database.close()


@pytest.fixture
async def world(database: Database) -> World:
    return World(database)
