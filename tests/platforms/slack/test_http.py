"""HTTP mode: what is refused, what has no effect, and what gets an answer."""

import json
import time
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import ConfigError
from bot.platforms.slack.http import MAX_BODY, WINDOW_SECONDS, is_signed
from tests.conftest import World
from tests.platforms.slack.conftest import Bot, nth
from tests.platforms.slack.server import SECRET, Slack
from tests.samples import FULL, HALF


def _event(bot: Bot, **event: object) -> bytes:
    message = {
        "type": "message",
        "user": "UADA",
        "channel": "C1",
        "text": FULL,
        "ts": f"{int(bot.world.clock.now().timestamp())}.000999",
        "thread_ts": bot.question()["ts"],
        **event,
    }
    return json.dumps(
        {"type": "event_callback", "event_id": "E1", "team_id": "T1", "event": message}
    ).encode()


async def test_the_address_is_verified(http_bot: Bot) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "abc"}).encode()
    status, text = await http_bot.slack.send(body)
    assert (status, json.loads(text)["challenge"]) == (200, "abc")
    status, text = await http_bot.slack.send(body, secret="other")  # noqa: S106 - a wrong one
    assert (status, "abc" in text) == (401, False)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"secret": "other"},
        {"headers": {"X-Slack-Signature": "v0=\xe4"}},
        {"headers": {"X-Slack-Signature": ""}},
        {"headers": {"X-Slack-Request-Timestamp": "soon"}},
        {"headers": {"X-Slack-Request-Timestamp": "-1"}},
    ],
)
async def test_forged_and_stale_requests_have_no_effect(
    http_bot: Bot, changes: dict[str, Any]
) -> None:
    await http_bot.challenge()
    far = WINDOW_SECONDS + 60
    for stamp in (None,) if changes else (int(time.time()) - far, int(time.time()) + far):
        got, _ = await http_bot.slack.send(_event(http_bot), **{"stamp": stamp, **changes})
        assert got == 401
    await http_bot.slack.say("UBOB", HALF, http_bot.question()["ts"])
    await nth(http_bot.slack.ephemerals)
    assert [each["user"] for each in http_bot.slack.ephemerals] == ["UBOB"]


async def test_an_oversized_request_is_refused(http_bot: Bot) -> None:
    status, _ = await http_bot.slack.send(b"x" * (MAX_BODY + 1))
    assert status == 413


async def test_a_replayed_command_has_no_effect(http_bot: Bot) -> None:
    body = urlencode(
        {
            "command": "/quiz",
            "text": "",
            "user_id": "UADA",
            "channel_id": "C1",
            "response_url": f"http://127.0.0.1:{http_bot.slack.port}/response/UADA-1",
        }
    ).encode()
    content = "application/x-www-form-urlencoded"
    stamp = int(time.time())
    for _ in range(3):
        assert (await http_bot.slack.send(body, content, stamp=stamp))[0] == 200
    await http_bot.slack.command("UBOB", "/quiz")
    await nth(http_bot.slack.replies, 2)
    assert {each["user"] for each in http_bot.slack.replies} == {"UADA", "UBOB"}


@pytest.mark.parametrize(
    "body",
    [
        {"type": "event_callback", "event": {"type": "emoji_changed"}},
        {"type": "event_callback", "event": {"type": "message", "subtype": "channel_topic"}},
        {"type": "shortcut", "callback_id": "x", "user": {"id": "U1"}},
    ],
)
async def test_what_nobody_handles_gets_200(http_bot: Bot, body: dict[str, Any]) -> None:
    assert (await http_bot.slack.send(json.dumps(body).encode()))[0] == 200


async def test_a_failure_to_store_is_told_so_that_slack_sends_again(
    http_bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    await http_bot.challenge()

    async def broken(*_: object) -> bool:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr("bot.core.answers.receive", broken)
        assert (await http_bot.slack.send(_event(http_bot)))[0] == 500
    assert (await http_bot.slack.send(_event(http_bot), retry=1))[0] == 200
    await nth(http_bot.slack.ephemerals)


@settings(deadline=None)
@given(st.binary(), st.text(), st.text())
def test_the_signature_check_never_fails(body: bytes, stamp: str, signature: str) -> None:
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature}
    assert not is_signed(SECRET, headers, body, 1.0)


async def test_a_port_in_use_is_a_clear_sentence(world: World, slack: Slack) -> None:
    bot = Bot(world, slack, "http", slack_port=slack.port)
    with pytest.raises(ConfigError, match=r"Port \d+ cannot be used \(.*\); set SLACK_PORT"):
        await bot.platform.run()
