"""End to end against a Slack that somebody else wrote, in both modes."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr

from bot.app import SystemClock
from bot.config import Settings
from bot.core import admin, rounds
from bot.core.people import Channel
from bot.platforms.slack.client import SlackPlatform
from bot.runner import serve
from tests.conftest import World
from tests.platforms.slack.conftest import eventually, free_port, is_listening, shown
from tests.samples import FULL, HALF

PROGRAM = Path(__file__).parent / "local/node_modules/local-slack-linux-x64/bin/local-slack"
CHANNEL = Channel(platform="slack", workspace="T1", id="C1", name="general")
APP = {
    "appId": "A1",
    "botUserId": "UBOT",
    "botName": "interview-bot",
    "botToken": "xoxb-local",
    "appToken": "xapp-local",
    "signingSecret": "local-secret",
}

Json = dict[str, Any]

if not PROGRAM.is_file() and not os.environ.get("CI_SERVERS"):
    pytest.skip(
        "local-slack is not installed: npm ci in tests/platforms/slack/local",
        allow_module_level=True,
    )


class Local:
    """The server, and what people do in it."""

    def __init__(self, session: aiohttp.ClientSession, port: int, platform: SlackPlatform) -> None:
        self._session = session
        self.platform = platform
        self.url = f"http://127.0.0.1:{port}"

    async def do(self, what: str, **how: object) -> Json:
        async with self._session.post(f"{self.url}/_control/{what}", json=how) as answer:
            found: Json = await answer.json()
        assert found["ok"], found
        return found

    async def say(self, user: str, text: str, thread: str) -> str:
        said = await self.do("message", channel="C1", user=user, text=text, thread_ts=thread)
        return str(said["message"]["ts"])

    async def submit(self, user: str, text: str) -> None:
        """Fill in the modal that is open."""
        values = {"answer": {"value": {"type": "plain_text_input", "value": text}}}
        async with self._session.ws_connect(f"{self.url}/ui") as browser:
            await browser.send_json({"t": "view_submit", "user": user, "values": values})
            await asyncio.sleep(0.1)

    async def told(self, holds: Callable[[Json], object]) -> None:
        """Wait until what a browser would be told holds."""
        for _ in range(1000):
            async with self._session.ws_connect(f"{self.url}/ui") as browser:
                if holds((await browser.receive_json())["state"]):
                    return
            await asyncio.sleep(0.01)
        pytest.fail("a browser was never told")

    async def messages(self) -> list[Json]:
        async with self._session.get(f"{self.url}/_control/messages/C1") as answer:
            found: list[Json] = (await answer.json())["messages"]
        return found

    async def seen(self, text: str, user: str | None = None) -> Json:
        """The first message of the bot that holds a text, waited for."""
        for _ in range(1000):
            for message in await self.messages():
                mine = message.get("bot_id") and message.get("ephemeral_to") == user
                if mine and text in shown(message):
                    return message
            await asyncio.sleep(0.01)
        pytest.fail(f"no message says {text!r} to {user or 'all'}")


@pytest.fixture(params=["socket", "events"])
async def local(
    world: World, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Local]:
    """A workspace with the bot in it."""
    port, bot_port = free_port(), free_port()
    people = [{"id": f"U{name.upper()}", "name": name} for name in ("ada", "bob", "eve")]
    config = {
        "workspace": {"teamId": "T1"},
        "apps": [
            {
                **APP,
                "mode": request.param,
                "requestUrl": f"http://127.0.0.1:{bot_port}/slack/events",
            }
        ],
        "users": people,
        "channels": [
            {"id": "C1", "name": "general", "members": ["UBOT", *(each["id"] for each in people)]}
        ],
    }
    (tmp_path / "config.json").write_text(json.dumps(config))
    half: dict[str, Any] = (
        {"slack_app_token": SecretStr(APP["appToken"])}
        if request.param == "socket"
        else {"slack_signing_secret": SecretStr(APP["signingSecret"]), "slack_port": bot_port}
    )
    settings = Settings.model_validate(
        {
            "slack_bot_token": APP["botToken"],
            "slack_api_url": f"http://127.0.0.1:{port}/api/",
            **half,
        }
    )
    server = await asyncio.create_subprocess_exec(
        *(str(PROGRAM), "--config", "config.json", "--port", str(port)),
        *("--base-host", "127.0.0.1"),
        cwd=tmp_path,
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        await eventually(lambda: is_listening(port), "local-slack", 20)
        world.ports = replace(world.ports, clock=SystemClock())
        platform = SlackPlatform(world.ports, settings)
        task = asyncio.create_task(serve(world.ports, [platform]))
        async with aiohttp.ClientSession() as session:
            local = Local(session, port, platform)
            if request.param == "socket":
                await local.told(lambda state: state["apps"][0].get("connected"))
            else:
                await eventually(lambda: is_listening(bot_port), "the bot", 20)
            yield local
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    finally:
        server.terminate()
        await server.wait()


async def test_a_round_with_three_members(local: Local, world: World) -> None:
    await admin.create(world.ports, CHANNEL, {"weekdays": "daily"}, "test")
    await rounds.post_now(world.ports, CHANNEL)
    local.platform.woken.set()
    question = await local.seen("Where do flavours come from?")
    thread = question["ts"]
    await _on_record(world, thread)
    ada = await local.say("UADA", HALF, thread)
    await local.seen("2 of 4 points are still missing.", "UADA")
    await local.do("edit-message", channel="C1", ts=ada, user="UADA", text=FULL)
    await local.seen("Answer 2: *Score 100 of 100*", "UADA")
    bob = await local.say("UBOB", FULL, thread)
    await local.seen("Answer 1: *Score 100 of 100*", "UBOB")
    await local.do("delete-message", channel="C1", ts=bob, user="UBOB")
    await local.seen("Your answer is withdrawn.", "UBOB")
    button = question["blocks"][-1]["elements"][0]
    await local.do("interact", channel="C1", messageTs=thread, user="UEVE", action=button)
    await local.told(lambda state: state.get("modalStack"))
    await local.submit("UEVE", HALF)
    await local.seen("2 of 4 points are still missing.", "UEVE")
    await local.do("command", channel="C1", user="UBOB", command="/leaderboard", text="today")
    await local.seen("The open round has 2 answers", "UBOB")
    await local.do("command", channel="C1", user="UBOB", command="/challenge", text="pause")
    await local.seen("Only workspace admins", "UBOB")
    await rounds.close_now(world.ports, CHANNEL)
    local.platform.woken.set()
    close = await local.seen("Model answer")
    assert close["thread_ts"] == thread
    assert "1. *ada* 100 points" in shown(close)
    assert "2. *eve* 73 points" in shown(close)
    assert "bob" not in shown(close)
    await local.seen("2 answers. ada leads.")
    stored = next(each for each in await local.messages() if each["ts"] == ada)
    assert [reaction["name"] for reaction in stored["reactions"]] == ["memo"]


async def test_a_quiz_and_the_home(local: Local) -> None:
    await local.do("command", channel="C1", user="UADA", command="/quiz", text="drink")
    quiz = await local.seen("About cocoa", "UADA")
    buttons = quiz["blocks"][-1]["elements"]
    await local.do("interact", channel="C1", messageTs=quiz["ts"], user="UADA", action=buttons[1])
    await local.seen("Think of lemon.", "UADA")
    await local.do("interact", channel="C1", messageTs=quiz["ts"], user="UADA", action=buttons[0])
    await local.told(lambda state: state.get("modalStack"))
    await local.submit("UADA", FULL)
    await local.seen("Practice: *Score 100 of 100*", "UADA")
    await local.do("open-home", user="UADA")


async def _on_record(world: World, thread: str) -> None:
    for _ in range(1000):
        if await world.store.rounds.thread(CHANNEL, thread):
            return
        await asyncio.sleep(0.01)
    pytest.fail("the question's post is not on record")
