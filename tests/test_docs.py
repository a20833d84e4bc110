"""The README says what the code does."""

import re
from pathlib import Path

import pytest

from bot.config import Settings, variable
from bot.core.challenges import ChallengeSettings
from bot.platforms.console.commands import COMMANDS
from bot.platforms.slack.admin import ACTIONS
from bot.platforms.slack.manifest import manifest
from bot.platforms.slack.translate import MENTION_COMMANDS

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
