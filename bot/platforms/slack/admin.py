"""Who may change a channel's challenge, and ``/challenge`` as text."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from slack_sdk.errors import SlackApiError

from bot.core import admin, answers, rounds
from bot.core.challenges import SETTING_NAMES
from bot.core.commands import parse_settings
from bot.core.intents import Intent, Notice
from bot.core.people import Channel
from bot.core.ports import Ports
from bot.errors import UserError
from bot.platforms.slack.workspace import Workspace, reason

ACTIONS: Final = (
    "show",
    "create",
    "set",
    "pause",
    "resume",
    "skip",
    "post-now",
    "close-now",
    "remove",
)
_FROM_OUTSIDE: Final = frozenset({"pause", "close-now", "remove"})
_ENDING: Final = frozenset({"skip", "close-now", "remove"})
_NOT_MINE: Final = (
    "Only workspace admins and owners, the channel's creator and configured user groups may change"
    " the challenge; /challenge show shows it."
)
_ABSENT: Final = (
    "I am not in this channel, so I could not post here. Type /invite and choose me, then try"
    " again; nothing was changed."
)


@dataclass(frozen=True, slots=True)
class Office:
    """Changes challenges for those who may."""

    ports: Ports
    workspace: Workspace
    groups: frozenset[str]
    zone: str

    async def check(self, channel: Channel, user: str, *, present: bool = True) -> None:
        """Do nothing if the user may manage the channel, and the bot is there where it must be.

        Raises:
            UserError: says what is missing.
        """
        info = await self._info(channel)
        if present and not info.get("is_member"):
            raise UserError(_ABSENT)
        if info.get("creator") == user or await self._is_admin(user):
            return
        for group in sorted(self.groups):
            if user in await self._members(group):
                return
        raise UserError(_NOT_MINE)

    async def zone_of(self, user: str) -> str:
        """The zone to propose for a new challenge: the admin's own."""
        found = await self.workspace.strict.users_info(user=user)
        return str((found.get("user") or {}).get("tz") or self.zone)

    async def obey(self, channel: Channel, user: str, text: str) -> Intent:
        """Do what ``/challenge`` was told, and say how things are then.

        Raises:
            UserError: it cannot be done, or not by this user.
        """
        action, _, rest = text.partition(" ")
        action = action.lower() or "show"
        if action in SETTING_NAMES:
            action, rest = "set", text
        if action not in ACTIONS:
            raise UserError(f"There is no /challenge {action}; there are {', '.join(ACTIONS)}.")
        if action != "show":
            await self.check(channel, user, present=action not in _FROM_OUTSIDE)
        if action in _ENDING:
            # What was handed in before counts, so it is graded before.
            await answers.work_off(self.ports)
        done = await self._deeds(channel, user, rest)[action]()
        return await admin.show(self.ports, channel) if done is None else Notice(text=done)

    def _deeds(
        self, channel: Channel, user: str, rest: str
    ) -> Mapping[str, Callable[[], Awaitable[str | None]]]:
        """Every action: a sentence when it is done, or ``None`` to show the settings."""
        ports = self.ports

        async def show() -> None:
            pass

        async def create() -> None:
            texts = {"zone": self.zone, **(parse_settings(rest) if rest.strip() else {})}
            await admin.create(ports, channel, texts, user)

        async def change() -> None:
            await admin.change(ports, channel, parse_settings(rest), user)

        async def pause() -> None:
            await admin.pause(ports, channel, user, paused=True)

        async def resume() -> None:
            await admin.pause(ports, channel, user, paused=False)

        async def skip() -> str:
            await rounds.skip(ports, channel)
            return "A new question is on its way."

        async def post_now() -> str:
            await rounds.post_now(ports, channel)
            return "Today's question is on its way."

        async def close_now() -> str:
            await rounds.close_now(ports, channel)
            return "The round is closed; its results are on their way."

        async def remove() -> str:
            await admin.remove(ports, channel, user)
            return "The challenge is removed; standings stay. /challenge starts anew."

        deeds = (show, create, change, pause, resume, skip, post_now, close_now, remove)
        return dict(zip(ACTIONS, deeds, strict=True))

    async def _info(self, channel: Channel) -> Mapping[str, Any]:
        try:
            answer = await self.workspace.strict.conversations_info(channel=channel.id)
        except SlackApiError as error:
            if reason(error) in {"channel_not_found", "not_in_channel"}:
                return {}
            raise
        info: Mapping[str, Any] = answer.get("channel") or {}
        if info.get("is_im") or info.get("is_mpim"):
            raise UserError("A challenge belongs to a channel; type /challenge there.")
        return info

    async def _is_admin(self, user: str) -> bool:
        answer = await self.workspace.strict.users_info(user=user)
        found = answer.get("user") or {}
        return any(found.get(role) for role in ("is_admin", "is_owner", "is_primary_owner"))

    async def _members(self, group: str) -> list[str]:
        try:
            answer = await self.workspace.strict.usergroups_users_list(usergroup=group)
        except SlackApiError as error:
            # A role of another platform, or a group that is gone, gives nobody a right.
            if reason(error) in {"no_such_subteam", "subteam_not_found", "invalid_arguments"}:
                return []
            raise
        return list(answer.get("users") or [])
