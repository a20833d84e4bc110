"""``interview-bot run`` as a process that is killed in the middle of a round, twice."""

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from bot.cli.db import faults_of
from bot.config import sqlite_url
from tests.platforms.slack.conftest import eventually, free_port, is_listening, nth, shown
from tests.platforms.slack.server import Fault, Json, Slack
from tests.test_cli import HERE

ANSWER = "An async def endpoint runs on the event loop, so a blocking call stops all requests."
LONGER = f"{ANSWER} Use a plain def endpoint, which FastAPI runs in a thread pool."


class Process:
    """The bot in a process of its own."""

    def __init__(self, slack: Slack, folder: Path) -> None:
        self.slack = slack
        self.folder = folder

    status: int | None = None

    @asynccontextmanager
    async def running(self, mode: str, end: int = signal.SIGKILL) -> AsyncIterator[None]:
        """Until the end of the block, which is the process's end too: by default kill -9."""
        port, before = free_port(), self.slack.connections
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "run", "--db", "k.db"),
            cwd=self.folder,
            env=self._environment(mode, port),
        )
        try:
            if mode == "http":
                self.slack.http_url = f"http://127.0.0.1:{port}/slack/events"
                await eventually(lambda: is_listening(port), "a listening port", 30)
            else:
                self.slack.http_url = None
                await eventually(lambda: self.slack.connections > before, "a connection", 30)
            yield
        finally:
            process.send_signal(end)
            self.status = await process.wait()
        self.forget_leases()

    def _environment(self, mode: str, port: int) -> dict[str, str]:
        half = (
            {"SLACK_APP_TOKEN": self.slack.app_token}
            if mode == "socket"
            else {"SLACK_SIGNING_SECRET": self.slack.secret, "SLACK_PORT": str(port)}
        )
        return {
            **os.environ,
            "PYTHONPATH": str(HERE),
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_API_URL": self.slack.api_url,
            **half,
        }

    def deletions(self) -> int:
        """How many deletions are handled."""
        return self._ask("SELECT count(*) FROM inbox WHERE kind = 'delete' AND handled_at > ''")

    def forget_leases(self) -> None:
        """As if the minute had passed after which an unclear attempt is looked up."""
        self._ask("UPDATE outbox SET leased_until = 0 WHERE leased_until > 0 RETURNING id")

    def _ask(self, statement: str) -> int:
        with closing(sqlite3.connect(self.folder / "k.db")) as database, database:
            row = database.execute(statement).fetchone()
        return int(row[0]) if row else 0


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    server = Slack()
    for user, name in (("UADA", "Ada"), ("UBOB", "Bob"), ("UEVE", "Eve")):
        server.person(user, name)
    server.room()
    await server.start()
    yield server
    await server.stop()


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
async def test_a_process_that_is_asked_to_stop_does(
    slack: Slack, tmp_path: Path, end: signal.Signals
) -> None:
    process = Process(slack, tmp_path)
    async with process.running("socket", end):
        await slack.command("UADA", "/challenge", "create weekdays=daily")
        await nth(slack.replies)
    assert process.status == 0


async def test_kill_9_loses_nothing_and_doubles_nothing(slack: Slack, tmp_path: Path) -> None:
    """Both modes of delivery, one after the other, on one database."""
    process = Process(slack, tmp_path)
    async with process.running("http"):
        await slack.command("UADA", "/challenge", "create weekdays=daily categories=async")
        await nth(slack.replies)
        slack.fault("chat.postMessage", Fault(stall=True))
        await slack.command("UADA", "/challenge", "post-now")
        question = await _question(slack)
        # Slack has the post and the process dies before it learns of it.
    early = await slack.say("UADA", ANSWER, question["ts"])
    async with process.running("socket"):
        await eventually(lambda: _told(slack, "UADA", "Answer 1:"))
        slack.fault("chat.postEphemeral", Fault(stall=True))
        await slack.say("UBOB", ANSWER, question["ts"])
        await eventually(lambda: slack.called("chat.postEphemeral")[-1]["user"] == "UBOB")
        gone = await slack.say("UEVE", ANSWER, question["ts"])
        # Both are acknowledged, so stored; the process dies with their receipts on the way.
    await slack.edit(early, LONGER)
    await slack.delete(gone)
    async with process.running("http"):
        await eventually(lambda: _told(slack, "UADA", "Answer 2:"))
        await eventually(lambda: _told(slack, "UBOB", "Answer 1:"))
        await eventually(process.deletions)
        await slack.command("UADA", "/challenge", "close-now")
        await eventually(lambda: len(slack.posts()) == 3)
    _, close, pointer = slack.posts()
    assert "of 2)" in shown(close)
    assert "2 answers." in shown(pointer)
    assert "Eve" not in shown(close)
    assert await faults_of(sqlite_url(tmp_path / "k.db")) == []


async def _question(slack: Slack) -> Json:
    await eventually(slack.posts)
    return slack.posts()[0]


def _told(slack: Slack, user: str, text: str) -> bool:
    return any(text in shown(each) for each in slack.ephemerals if each["user"] == user)
