"""Tokens, workspaces, the manifest and the doctor."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

import bot.platforms.slack as package
from bot.config import Settings
from bot.errors import ConfigError, UnreachableError
from bot.platforms.slack.chat import COMMANDS, EVENTS
from bot.platforms.slack.check import check
from bot.platforms.slack.manifest import SCOPES, manifest
from bot.platforms.slack.socket import SdkLog, sdk_logger
from bot.platforms.slack.workspace import redacted
from tests.conftest import World
from tests.platforms.slack.conftest import Bot, eventually, nth, shown
from tests.platforms.slack.server import METHOD_SCOPES, Fault, Slack
from tests.samples import FULL, HALF
from tests.test_cli import run

SOURCE = "\n".join(
    path.read_text() for path in sorted(Path(str(package.__file__)).parent.glob("*.py"))
)


def _settings(slack: Slack, **changes: object) -> Settings:
    return Settings.model_validate(
        {
            "slack_bot_token": slack.bot_token,
            "slack_app_token": slack.app_token,
            "slack_api_url": slack.api_url,
            **changes,
        }
    )


class TestManifest:
    """The manifest against what the code uses."""

    def test_every_method_that_is_called_has_its_scopes(self) -> None:
        called = {
            name.replace("_", ".").replace("users.list", "users.list")
            for name in re.findall(r"(?:strict|patient|client)\.([a-z]+_[a-zA-Z_]+)\(", SOURCE)
        }
        known = {name for name in called if name in METHOD_SCOPES}
        assert called - known <= {"send.dict", "is.connected"}, "not a method of the Web API"
        needed = {scope for name in known for scope in METHOD_SCOPES[name]}
        assert needed | {"app_mentions:read", "commands"} == set(SCOPES)
        assert manifest()["oauth_config"]["scopes"]["bot"] == sorted(SCOPES)

    def test_every_command_and_event_is_there(self) -> None:
        made = manifest()
        commands = [each["command"] for each in made["features"]["slash_commands"]]
        assert commands == list(COMMANDS)
        events = made["settings"]["event_subscriptions"]["bot_events"]
        assert {event.split(".")[0] for event in events} == set(EVENTS)
        assert made["features"]["app_home"]["home_tab_enabled"]

    def test_socket_mode_needs_no_address(self) -> None:
        made = manifest()
        assert made["settings"]["socket_mode_enabled"]
        assert "url" not in json.dumps(made)

    def test_http_puts_one_address_everywhere(self) -> None:
        made = manifest("https://bot.example.org/")
        address = "https://bot.example.org/slack/events"
        assert not made["settings"]["socket_mode_enabled"]
        assert made["settings"]["interactivity"]["request_url"] == address
        assert made["settings"]["event_subscriptions"]["request_url"] == address
        assert {each["url"] for each in made["features"]["slash_commands"]} == {address}

    def test_slacks_own_limits_are_kept(self) -> None:
        made = manifest()
        assert len(made["display_information"]["description"]) <= 140
        assert all(len(each["description"]) <= 2000 for each in made["features"]["slash_commands"])

    def test_it_is_printed_as_json(self, tmp_path: Path) -> None:
        assert json.loads(run("slack", "manifest", cwd=tmp_path).stdout) == manifest()
        done = run("slack", "manifest", "--http", "https://b.example.org", cwd=tmp_path)
        assert json.loads(done.stdout) == manifest("https://b.example.org")


class TestDoctor:
    """One clear sentence for what is to be mended."""

    async def test_all_is_well(self, slack: Slack) -> None:
        assert await check(_settings(slack)) == "Team by Socket Mode"
        http = _settings(slack, slack_app_token=None, slack_signing_secret="s", slack_port=3001)  # noqa: S106
        assert await check(http) == "Team by HTTP on port 3001"

    @pytest.mark.parametrize(
        "changes, sentence",
        [
            ({"slack_bot_token": "xoxb-bad"}, r"refuses the bot token \(invalid_auth\)"),
            ({"slack_app_token": "xapp-bad"}, r"refuses the app-level token \(invalid_auth\)"),
            ({"slack_app_token": None}, "SLACK_BOT_TOKEN needs SLACK_APP_TOKEN"),
            (
                {"slack_bot_token": "a,b,c", "slack_app_token": "x,y"},
                "has 3 and SLACK_APP_TOKEN has 2; give one for all",
            ),
            ({"slack_api_url": "http://127.0.0.1:1/api/"}, "Slack cannot be reached at http://127"),
        ],
    )
    async def test_what_is_wrong(
        self, slack: Slack, changes: dict[str, object], sentence: str
    ) -> None:
        with pytest.raises(ConfigError, match=sentence) as caught:
            await check(_settings(slack, **changes))
        assert "xoxb-" not in str(caught.value)
        assert "xapp-" not in str(caught.value)

    async def test_a_missing_scope(self, slack: Slack) -> None:
        slack.scopes -= {"reactions:write", "users:read"}
        with pytest.raises(ConfigError, match="in Team lacks reactions:write, users:read; paste"):
            await check(_settings(slack))

    async def test_an_error_of_slacks(self, slack: Slack) -> None:
        slack.fault("auth.test", Fault(status=503, error="service_unavailable"))
        with pytest.raises(ConfigError, match=r"answers with an error: service_unavailable\."):
            await check(_settings(slack))

    def test_it_is_part_of_the_doctor(self, tmp_path: Path) -> None:
        env = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": ""}
        done = run("doctor", cwd=tmp_path, env=env)
        assert "FIX  slack: SLACK_BOT_TOKEN needs SLACK_APP_TOKEN" in done.stdout


class TestRefusedTokens:
    """A platform that cannot work says so and ends."""

    @pytest.mark.parametrize("name", ["slack_bot_token", "slack_app_token"])
    async def test_a_refused_token_ends_the_platform(
        self, world: World, slack: Slack, name: str
    ) -> None:
        bot = Bot(world, slack, "socket", **{name: "x-bad"})
        with pytest.raises(ConfigError, match="Slack refuses the"):
            await bot.platform.run()

    async def test_a_slack_out_of_reach_is_tried_again_without_a_traceback(
        self, world: World, slack: Slack
    ) -> None:
        bot = Bot(world, slack, "socket")
        await slack.stop()
        with pytest.raises(UnreachableError, match=r"Slack cannot be reached at http://127"):
            await bot.platform.run()

    async def test_a_token_given_twice(self, world: World, slack: Slack) -> None:
        twice = {"slack_bot_token": "xoxb-good,xoxb-good", "slack_app_token": "xapp-1,xapp-2"}
        bot = Bot(world, slack, "socket", **twice)
        with pytest.raises(ConfigError, match="belong to the same workspace"):
            await bot.platform.run()

    def test_a_secret_is_in_no_repr(self, slack: Slack) -> None:
        assert "xoxb" not in repr(_settings(slack))


@pytest.fixture
def _plain_log() -> Iterator[None]:
    """Logging as it is before the program sets it up, whichever test ran before."""
    before = structlog.get_config()
    structlog.reset_defaults()
    yield
    structlog.configure(**before)


@pytest.mark.usefixtures("_plain_log")
def test_logs_hold_no_secret(capsys: pytest.CaptureFixture[str]) -> None:
    line = "Failed xoxb-1-2-abc at wss://w.example.org/?ticket=t0p&app_id=1 with xapp-1-A"
    assert redacted(line) == (
        "Failed [secret] at wss://w.example.org/?ticket=[secret]&app_id=1 with [secret]"
    )
    logger = sdk_logger()
    assert sdk_logger() is logger
    assert sum(isinstance(handler, SdkLog) for handler in logger.handlers) == 1
    logger.info("with %s", "xoxb-1-2-abc")
    assert "with [secret]" in capsys.readouterr().out


@pytest.fixture
async def other(world: World) -> AsyncIterator[Slack]:
    server = Slack(
        team="T2",
        bot_token="xoxb-other",  # noqa: S106 - of a server that lives for one test
        app_token="xapp-other",  # noqa: S106 - as above
        secret="another-secret",  # noqa: S106 - as above
        now=world.clock.now,
    )
    server.person("UADA", "Another Ada")
    server.room()
    await server.start()
    yield server
    await server.stop()


@pytest.mark.parametrize("shared", [True, False], ids=["one app", "two apps"])
@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_two_workspaces_in_one_process_stay_apart(
    world: World, slack: Slack, other: Slack, mode: str, *, shared: bool
) -> None:
    """Channel and member have the same ids in both."""
    slack.siblings.append(other)
    if shared:
        slack.share_app_with(other)
    halves = {
        "slack_bot_token": "xoxb-good, xoxb-other",
        "slack_app_token": ",".join(dict.fromkeys([slack.app_token, other.app_token])),
        "slack_signing_secret": ",".join(dict.fromkeys([slack.secret, other.secret])),
    }
    if mode == "http":
        halves.pop("slack_app_token")
    bot = Bot(world, slack, mode, **halves)
    await bot.start()
    other.http_url = slack.http_url
    twin = Bot(world, other, mode)
    twin.platform = bot.platform
    try:
        if mode == "socket" and not shared:
            await eventually(lambda: other.connections)
        await bot.challenge()
        await twin.challenge()
        await slack.say("UADA", FULL, bot.question()["ts"])
        await other.say("UADA", HALF, twin.question()["ts"])
        await nth(slack.ephemerals)
        assert "2 of 4 points" in shown(await nth(other.ephemerals))
        close, _ = await bot.close()
        twin_close, _ = await twin.close()
        assert "1. *Ada* 100 points" in shown(close)
        assert "*Another Ada* 73 points" in shown(twin_close)
        assert len(slack.posts()) == len(other.posts()) == 3
    finally:
        await bot.stop()
