"""One workspace: who the bot is there, and the clients that speak for it."""

import asyncio
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.core.people import Channel, Member
from bot.errors import ConfigError

PLATFORM: Final = "slack"
REQUEST_SECONDS: Final = 12
"""The longest that a request to Slack may take: several fit into the lease of a message."""

REFUSED_TOKENS: Final = frozenset(
    {"account_inactive", "invalid_auth", "not_allowed_token_type", "not_authed", "token_expired"}
    | {"token_revoked"}
)
_SLACK: Final = "https://slack.com/api/"
_NAME_SECONDS: Final = 1.0
_NAME_AGE: Final = 3600.0

_log: Final = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace that the bot is installed in.

    ``patient`` waits when Slack asks it to, and is for what may be repeated; ``strict``
    never sends anything twice.
    """

    id: str
    team: str
    bot_user_id: str
    bot_id: str
    scopes: frozenset[str]
    patient: AsyncWebClient
    strict: AsyncWebClient
    _names: dict[str, tuple[float, str]] = field(default_factory=dict)

    def channel(self, channel_id: str, name: str = "") -> Channel:
        """A channel of this workspace."""
        return Channel(platform=PLATFORM, workspace=self.id, id=channel_id, name=name)

    async def member(self, user_id: str) -> Member:
        """A member of this workspace, with the name that Slack shows if it can be had quickly."""
        name = await self._name(user_id)
        return Member(platform=PLATFORM, workspace=self.id, id=user_id, name=name)

    async def _name(self, user_id: str) -> str:
        known = self._names.get(user_id)
        if known is not None and time.monotonic() - known[0] < _NAME_AGE:
            return known[1]
        try:
            async with asyncio.timeout(_NAME_SECONDS):
                found = await self.strict.users_info(user=user_id)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            _log.info("no name", platform=PLATFORM, user=user_id, reason=reason(error))
            return known[1] if known else ""
        name = _display_name(found.get("user") or {})
        self._names[user_id] = (time.monotonic(), name)
        return name


def _display_name(user: Mapping[str, Any]) -> str:
    profile = user.get("profile") or {}
    shown = profile.get("display_name") or user.get("real_name") or user.get("name")
    return " ".join(str(shown or "").split())[:200]


def web_client(
    token: str | None, api_url: str | None, session: aiohttp.ClientSession, *, patient: bool
) -> AsyncWebClient:
    """A client without the blind retries that Slack's own makes."""
    retries = [AsyncRateLimitErrorRetryHandler(max_retry_count=2)] if patient else []
    return AsyncWebClient(
        token=token,
        base_url=api_url or _SLACK,
        timeout=REQUEST_SECONDS,
        session=session,
        retry_handlers=list(retries),
    )


def web_session() -> aiohttp.ClientSession:
    """The connections that all clients share."""
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=REQUEST_SECONDS))


async def sign_in(token: str, api_url: str | None, session: aiohttp.ClientSession) -> Workspace:
    """Find out which workspace a token belongs to.

    Raises:
        ConfigError: Slack refuses the token.
    """
    strict = web_client(token, api_url, session, patient=False)
    try:
        who = await strict.auth_test()
    except SlackApiError as error:
        code = reason(error)
        if code in REFUSED_TOKENS:
            raise ConfigError(
                f"Slack refuses the bot token ({code}); copy the Bot User OAuth Token of your"
                " app anew into SLACK_BOT_TOKEN."
            ) from None
        raise
    return Workspace(
        id=_installation(who.data if isinstance(who.data, dict) else {}),
        team=str(who.get("team") or ""),
        bot_user_id=str(who["user_id"]),
        bot_id=str(who.get("bot_id") or ""),
        scopes=frozenset(_scopes(who.headers)),
        patient=web_client(token, api_url, session, patient=True),
        strict=strict,
    )


def _installation(who: Mapping[str, Any]) -> str:
    """The organisation for an app that it installed as a whole, else the workspace."""
    if who.get("is_enterprise_install"):
        return str(who["enterprise_id"])
    return str(who["team_id"])


def _scopes(headers: Mapping[str, str]) -> list[str]:
    listed = next((headers[name] for name in headers if name.lower() == "x-oauth-scopes"), "")
    return [scope.strip() for scope in listed.split(",") if scope.strip()]


def reason(error: BaseException | None) -> str:
    """Why a request failed, in a word that holds no secret."""
    if not isinstance(error, SlackApiError):
        return type(error).__name__
    if not isinstance(error.response, AsyncSlackResponse):
        return "an answer that cannot be read"
    return str(error.response.get("error") or f"status {error.response.status_code}")


def redacted(text: str) -> str:
    """A line of a log without tokens and tickets."""
    return re.sub(r"(xox[a-z]|xapp)-[\w.-]+|(?<=ticket=)[^\s&'\")]+", "[secret]", text)
