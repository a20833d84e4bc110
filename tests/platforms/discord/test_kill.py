"""``interview-bot run`` as its own process, killed in the middle of a round."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.platforms.discord.conftest import texts
from tests.platforms.discord.parts import until
from tests.platforms.discord.people import People
from tests.platforms.discord.server import TOKEN, Server, running
from tests.platforms.discord.state import ADA, BOB, EVE, GENERAL, MOD
from tests.test_cli import HERE

RIGHT = "It blocks the event loop, so every other request waits."


def environment(server: Server) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": str(HERE),
        "DISCORD_TOKEN": TOKEN,
        "DISCORD_API_URL": f"{server.url}/api",
        "DISCORD_GATEWAY_URL": server.gateway_url,
    }


@asynccontextmanager
async def bot(server: Server, folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """The program, killed at the end of the block: it is never asked to stop."""
    with (folder / "log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", cwd=folder, env=environment(server), stderr=log
        )
    try:
        known = len(server.identifies)
        await until(lambda: len(server.identifies) > known, (folder / "log").read_text(), 30)
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        await process.wait()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with running() as server:
        yield server


async def test_kill_9_in_the_middle_of_a_round(server: Server, tmp_path: Path) -> None:
    """Two answers come before, one while it is dead; all count, and nothing is said twice."""
    people = People(server)
    async with bot(server, tmp_path):
        await until(lambda: server.state.commands, "the commands")
        made = await people.command(MOD, "challenge setup", weekdays="daily")
        await until(lambda: made.original, "the settings")
        await people.command(MOD, "challenge post-now")
        await until(lambda: server.posts(r"/channels/101/messages/\d+/threads"), "the thread")
        opened = await people.press(ADA, people.post, "Answer")
        await until(lambda: opened.callback, "the form")
        handed_in = await people.submit(ADA, opened, RIGHT)
        await until(lambda: handed_in.callback, "the acknowledgement")
        await people.say(BOB, RIGHT)
    await people.say(EVE, RIGHT)
    async with bot(server, tmp_path):
        inboxes = [server.state.messages[int(server.state.direct(who)["id"])] for who in (BOB, EVE)]
        await until(lambda: all(inboxes), "the receipts", 30)
        await people.command(MOD, "challenge close-now")
        thread = server.state.channels[people.thread]["thread_metadata"]
        await until(lambda: thread["locked"], "the end of the round", 30)
    assert [len(inbox) for inbox in inboxes] == [1, 1]
    assert len(server.state.messages[GENERAL]) == 1
    closing = [each for each in server.state.messages[people.thread] if each["author"]["bot"]]
    assert "of 3)" in "\n".join(map(texts, closing))
    headings = [embed.get("title") for each in closing for embed in each["embeds"]]
    assert len(headings) == len(set(headings))


async def said_by(server: Server, folder: Path, token: str, *words: str) -> tuple[int | None, str]:
    """The exit status of a command and everything that it printed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *words),
        cwd=folder,
        env={**environment(server), "DISCORD_TOKEN": token},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    shown, _ = await process.communicate()
    return process.returncode, shown.decode()


async def test_start_and_doctor_say_in_a_sentence_what_is_wrong(
    server: Server, tmp_path: Path
) -> None:
    server.content_allowed = False
    refused, withheld, started = await asyncio.gather(
        said_by(server, tmp_path, "revoked", "doctor"),
        said_by(server, tmp_path, TOKEN, "doctor"),
        said_by(server, tmp_path, "revoked", "run", "--db", "another.db"),
    )
    assert refused[0] == 1
    assert "FIX  discord: Discord refuses DISCORD_TOKEN. Copy the bot's token" in refused[1]
    assert withheld[0] == 1
    assert "FIX  discord: the token is good, but interview-bot may not read" in withheld[1]
    assert started[0] == 1
    assert started[1].startswith("Discord refuses DISCORD_TOKEN. Copy the bot's token anew")
    assert len(started[1].splitlines()) == 1
