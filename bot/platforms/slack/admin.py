"""Who may change a channel's challenge, and ``/challenge`` as text."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from slack_sdk.errors import SlackApiError

from bot.core import admin, answers, appeals, rounds
from bot.core.appeals import Ruling
from bot.core.challenges import SETTING_NAMES
from bot.core.commands import parse_ruling, parse_settings
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
    "appeals",
    "rule",
)
_SYNONYMS: Final = {"setup": "create"}
_FROM_OUTSIDE: Final = frozenset({"pause", "close-now", "remove", "appeals", "rule"})
_ENDING: Final = frozenset({"skip", "close-now", "remove"})
_NOT_MINE: Final = (
    "Only workspace admins and owners, the channel's creator and configured user groups may change"
    " the challenge and rule on appeals; /challenge show shows it."
)
_UNTOLD: Final = (
    "appeals: I cannot post there. Mention a channel that I am in (/invite me first), or a member;"
    " nothing was changed."
)
_ABSENT: Final = (
    "I am not in this channel, so I could not post here. Type /invite and choose me, then try"
    " again; nothing was changed."
)

_Deed = Callable[[Channel, str, str], Awaitable[Intent | None]]


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
        if action in SETTING_NAMES and (rest or action != "appeals"):
            action, rest = "set", text
        action = _SYNONYMS.get(action, action)
        if action not in ACTIONS:
            raise UserError(f"There is no /challenge {action}; there are {', '.join(ACTIONS)}.")
        if action != "show":
            await self.check(channel, user, present=action not in _FROM_OUTSIDE)
        if action in _ENDING:
            # What was handed in before counts, so it is graded before.
            await answers.work_off(self.ports)
        done = await self._deeds()[action](channel, user, rest)
        return done or await admin.show(self.ports, channel)

    async def check_told(self, texts: Mapping[str, str]) -> None:
        """Do nothing if moderators can be told of appeals where the settings want it.

        Raises:
            UserError: the bot cannot post there.
        """
        chosen = texts.get("appeals", "none")
        if not chosen or chosen.lower() in {"none", "off"}:
            return
        try:
            if chosen.startswith(("U", "W")):
                await self.workspace.strict.users_info(user=chosen)
            elif not (await self._info(self.workspace.channel(chosen))).get("is_member"):
                raise UserError(_UNTOLD)
        except SlackApiError as error:
            if reason(error) != "user_not_found":
                raise
            raise UserError(_UNTOLD) from None

    async def save(self, channel: Channel, texts: Mapping[str, str], user: str) -> None:
        """Set a challenge up, or change it.

        Raises:
            UserError: a setting is wrong.
        """
        if await self.ports.store.challenges.of(channel) is None:
            await admin.create(self.ports, channel, texts, user)
        else:
            await admin.change(self.ports, channel, texts, user)

    async def rule(self, channel: Channel, user: str, appeal_id: int, ruling: Ruling) -> Intent:
        """Decide a case for a moderator whose right to it is checked.

        Raises:
            UserError: it cannot be decided so.
        """
        await appeals.rule(self.ports, channel, appeal_id, ruling, user)
        return Notice(text=f"Case {appeal_id} is decided; the member sees your reason.")

    def _deeds(self) -> Mapping[str, _Deed]:
        """Every action: what to show when it is done, or ``None`` for the settings."""
        deeds: tuple[_Deed, ...] = (
            self._show,
            self._create,
            self._set,
            self._pause,
            self._resume,
            self._skip,
            self._post_now,
            self._close_now,
            self._remove,
            self._appeals,
            self._rule,
        )
        return dict(zip(ACTIONS, deeds, strict=True))

    async def _show(self, channel: Channel, _user: str, _rest: str) -> None:
        """The settings follow every action that says nothing itself."""

    async def _create(self, channel: Channel, user: str, rest: str) -> None:
        texts = {"zone": self.zone, **(parse_settings(rest) if rest.strip() else {})}
        await self.check_told(texts)
        await admin.create(self.ports, channel, texts, user)

    async def _set(self, channel: Channel, user: str, rest: str) -> None:
        texts = parse_settings(rest)
        await self.check_told(texts)
        await admin.change(self.ports, channel, texts, user)

    async def _pause(self, channel: Channel, user: str, _rest: str) -> None:
        await admin.pause(self.ports, channel, user, paused=True)

    async def _resume(self, channel: Channel, user: str, _rest: str) -> None:
        await admin.pause(self.ports, channel, user, paused=False)

    async def _skip(self, channel: Channel, _user: str, _rest: str) -> Intent:
        await rounds.skip(self.ports, channel)
        return Notice(text="A new question is on its way.")

    async def _post_now(self, channel: Channel, _user: str, _rest: str) -> Intent:
        await rounds.post_now(self.ports, channel)
        return Notice(text="Today's question is on its way.")

    async def _close_now(self, channel: Channel, _user: str, _rest: str) -> Intent:
        await rounds.close_now(self.ports, channel)
        return Notice(text="The round is closed; its results are on their way.")

    async def _remove(self, channel: Channel, user: str, _rest: str) -> Intent:
        await admin.remove(self.ports, channel, user)
        return Notice(text="The challenge is removed; standings stay. /challenge starts anew.")

    async def _appeals(self, channel: Channel, _user: str, _rest: str) -> Intent:
        return await appeals.queue(self.ports, channel)

    async def _rule(self, channel: Channel, user: str, rest: str) -> Intent:
        number, ruling = parse_ruling(rest)
        return await self.rule(channel, user, number, ruling)

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
