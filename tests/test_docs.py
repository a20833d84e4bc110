"""The README says what the code does."""

import re
from pathlib import Path

import pytest
from discord import app_commands

from bot.config import Settings, variable
from bot.core.challenges import ChallengeSettings
from bot.platforms.console.commands import COMMANDS
from bot.platforms.discord.client import Connection
from bot.platforms.discord.desk import Desk
from bot.platforms.discord.permissions import NEEDED, invitation
from bot.platforms.slack.admin import ACTIONS
from bot.platforms.slack.manifest import manifest
from bot.platforms.slack.translate import MENTION_COMMANDS
from tests.conftest import World

README = (Path(__file__).parent.parent / "README.md").read_text()


def _default(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_every_setting_is_documented_as_it_is() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| `?([^|`]*)`? \| (.*) \|$", README, re.MULTILINE)
    assert {(name, default.strip(), meaning) for name, default, meaning in rows} == {
        (variable(name), _default(field.default), field.description)
        for name, field in Settings.model_fields.items()
    }


def test_every_challenge_setting_is_documented_with_its_default() -> None:
    defaults = ChallengeSettings().texts()
    for name, default in defaults.items():
        assert re.search(rf"^\| `{name}` \| .* \| `{default}` \|$", README, re.MULTILINE), name


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented(name: str) -> None:
    usage, _ = COMMANDS[name]
    assert f"`{usage}`".replace("|", "\\|") in README or f"`{usage}`" in README


def test_every_slack_command_is_documented() -> None:
    for command in manifest()["features"]["slash_commands"]:
        usage = " ".join([command["command"], *command.get("usage_hint", "").split()])
        written = usage.replace("|", "\\|")
        assert f"`{usage}`" in README or f"`{written}`" in README, usage
    for action in ACTIONS:
        assert action in README
    for word in MENTION_COMMANDS:
        assert word in README


def test_the_first_two_commands_are_the_promised_ones() -> None:
    block = re.search(r"```sh\n(.*?)```", README, re.DOTALL)
    assert block is not None
    assert block[1].splitlines() == ["uv run interview-bot play", "uv run pytest"]


def test_the_invitation_asks_for_what_is_used_and_no_more() -> None:
    assert f"   {invitation('APPLICATION_ID')}\n" in README
    names = re.search(r"exactly what is used: (.*?)\.\n", README, re.DOTALL)
    assert names is not None
    assert " ".join(names[1].split()).split(", ") == list(NEEDED.values())


async def test_every_discord_command_is_documented(world: World) -> None:
    tree = Connection(Desk(world.ports)).tree
    commands = {
        command.qualified_name
        for command in tree.walk_commands()
        if isinstance(command, app_commands.Command)
    }
    section = README.split("\n## Discord\n")[1].split("\n## ")[0]
    documented = set(re.findall(r"`/([a-z -]+)`", section))
    assert documented - {"challenge"} == commands
