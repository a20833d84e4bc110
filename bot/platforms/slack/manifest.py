"""The app manifest: what a workspace's admin pastes to create the app."""

from typing import Any, Final

from bot.platforms.slack.admin import ACTIONS
from bot.platforms.slack.chat import COMMANDS, EVENTS
from bot.platforms.slack.http import PATH

SCOPES: Final = {
    "app_mentions:read": "mentions such as @interview-bot leaderboard",
    "channels:history": "answers in threads of public channels",
    "channels:read": "whether the bot is in a channel, and who made it",
    "chat:write": "questions, receipts and results",
    "commands": "/quiz, /leaderboard, /progress and /challenge",
    "groups:history": "answers in threads of private channels",
    "groups:read": "as channels:read, for private channels",
    "reactions:write": "the emoji that says that an answer is stored",
    "usergroups:read": "user groups that may change challenges",
    "users:read": "names on the leaderboard, and who is an admin",
}
"""Every scope, and what it is for."""

_BOT_EVENTS: Final = {
    "message": ("message.channels", "message.groups"),
    "app_mention": ("app_mention",),
    "app_home_opened": ("app_home_opened",),
}
_USAGE: Final = {
    "/quiz": ("Practise: a question just for you", "[category or topic] [level]"),
    "/leaderboard": ("See who is ahead", "[today|week|month|season|all]"),
    "/progress": ("See your own record", ""),
    "/challenge": (
        "Set up or change this channel's daily question",
        f"[{'|'.join(ACTIONS)}]",
    ),
}
_NAME: Final = "interview-bot"


def manifest(url: str | None = None) -> dict[str, Any]:
    """The manifest for Socket Mode, or for HTTP at a public address."""
    address = None if url is None else url.rstrip("/").removesuffix(PATH) + PATH
    at = {} if address is None else {"request_url": address}
    events = [event for name in EVENTS for event in _BOT_EVENTS[name]]
    return {
        "display_information": {
            "name": _NAME,
            "description": "A daily interview question for your channel, graded at once",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": _NAME, "always_online": True},
            "slash_commands": [_command(name, address) for name in COMMANDS],
        },
        "oauth_config": {"scopes": {"bot": sorted(SCOPES)}},
        "settings": {
            "event_subscriptions": {**at, "bot_events": sorted(events)},
            "interactivity": {"is_enabled": True, **at},
            "org_deploy_enabled": False,
            "socket_mode_enabled": address is None,
            "token_rotation_enabled": False,
        },
    }


def _command(name: str, address: str | None) -> dict[str, Any]:
    description, usage = _USAGE[name]
    found: dict[str, Any] = {
        "command": name,
        "description": description,
        # Mentioned channels and members then come with their ids.
        "should_escape": name == "/challenge",
    }
    found |= {"usage_hint": usage} if usage else {}
    return found | ({"url": address} if address else {})
