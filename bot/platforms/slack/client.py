"""The Slack platform: one or several workspaces, by Socket Mode or HTTP."""

import asyncio
from collections.abc import Coroutine, Iterable, Iterator, Mapping
from contextlib import AsyncExitStack
from functools import partial
from typing import Any, Final

import aiohttp
import structlog
from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError

from bot.config import Settings
from bot.core.intents import QuestionPosted
from bot.core.ports import Ports
from bot.core.records import Delivery
from bot.errors import ConfigError, PostError, PostponedError, UnreachableError
from bot.platforms.slack import http, posting, socket
from bot.platforms.slack.admin import Office
from bot.platforms.slack.backfill import catch_up, read_thread
from bot.platforms.slack.chat import Chat
from bot.platforms.slack.desk import Desk
from bot.platforms.slack.memory import Memory
from bot.platforms.slack.switchboard import Switchboard
from bot.platforms.slack.workspace import (
    PLATFORM,
    Workspace,
    reason,
    sign_in,
    web_client,
    web_session,
)

_NOT_YET: Final = 1.0
_UNKNOWN: Final = 600.0
_PAUSES: Final = (1.0, 5.0, 30.0, 120.0, 600.0)
_POLL: Final = 0.2
_POLLS: Final = 300

_log: Final = structlog.get_logger()


def tokens(secret: SecretStr | None) -> list[str]:
    """The tokens of a setting that may hold several."""
    listed = secret.get_secret_value() if secret else ""
    return [part.strip() for part in listed.split(",") if part.strip()]


def pairs(settings: Settings) -> list[tuple[str, str]]:
    """Every bot token with its app-level token, or with its signing secret for HTTP.

    Raises:
        ConfigError: some token lacks its other half.
    """
    bots = tokens(settings.slack_bot_token)
    halves = tokens(settings.slack_app_token) or tokens(settings.slack_signing_secret)
    if not halves:
        raise ConfigError(
            "SLACK_BOT_TOKEN needs SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET for"
            " HTTP."
        )
    name = "SLACK_APP_TOKEN" if tokens(settings.slack_app_token) else "SLACK_SIGNING_SECRET"
    if len(halves) == 1:
        halves *= len(bots)
    if len(bots) != len(halves):
        raise ConfigError(
            f"SLACK_BOT_TOKEN has {len(bots)} and {name} has {len(halves)}; give one for all"
            " workspaces, or one for each in the same order."
        )
    return list(zip(bots, halves, strict=True))


class SlackPlatform:
    """Implements ``Platform`` for Slack."""

    name = PLATFORM

    def __init__(
        self, ports: Ports, settings: Settings, ping_seconds: float = socket.PING_SECONDS
    ) -> None:
        self.woken = asyncio.Event()
        self.caught_up = asyncio.Event()
        self._behind: set[str] = set()
        self._ports = ports
        self._settings = settings
        self._pairs = pairs(settings)
        self._ping_seconds = ping_seconds
        self._chats: dict[str, Chat] = {}

    async def run(self) -> None:
        """Connect every workspace, and listen until cancelled."""
        try:
            await self._listen()
        except (aiohttp.ClientError, TimeoutError) as error:
            where = self._settings.slack_api_url or "slack.com"
            message = f"Slack cannot be reached at {where} ({reason(error)})."
            raise UnreachableError(message) from None

    async def _listen(self) -> None:
        async with AsyncExitStack() as stack:
            session = await stack.enter_async_context(web_session())
            stack.push_async_callback(self._stop)
            apps: dict[str, dict[str, AsyncApp]] = {}
            for bot, half in self._pairs:
                chat, app = await self._open(bot, session)
                apps.setdefault(half, {})[chat.workspace.id] = app
            try:
                async with asyncio.TaskGroup() as tasks:
                    for work in self._listeners(apps, session):
                        tasks.create_task(work)
            except* (ConfigError, UnreachableError, aiohttp.ClientError, TimeoutError) as group:
                raise group.exceptions[0] from None

    async def post(self, delivery: Delivery) -> str:
        """Post a message in its workspace."""
        chat = self._chats.get(delivery.outgoing.channel.workspace)
        if chat is None:
            raise PostponedError(_UNKNOWN if self._chats else _NOT_YET)
        reference = await posting.post(chat.workspace, delivery, chat.memory)
        self._read_soon(chat, delivery, reference)
        return reference

    async def find(self, delivery: Delivery) -> str | None:
        """Look a message up in its workspace."""
        chat = self._chats.get(delivery.outgoing.channel.workspace)
        if chat is None:
            message = "Slack is not connected, so that nothing can be looked up."
            raise PostError(message)
        reference = await posting.find(chat.workspace, delivery)
        if reference is not None:
            self._read_soon(chat, delivery, reference)
        return reference

    async def _open(self, token: str, session: aiohttp.ClientSession) -> tuple[Chat, AsyncApp]:
        settings = self._settings
        workspace = await sign_in(token, settings.slack_api_url, session)
        if workspace.id in self._chats:
            raise ConfigError("Two tokens of SLACK_BOT_TOKEN belong to the same workspace.")
        office = Office(self._ports, workspace, settings.admin_role_ids, settings.zone)
        desk = Desk(self._ports, office, self.woken)
        chat = Chat(self._ports, workspace, desk, Memory(), self.woken)
        self._chats[workspace.id] = chat
        app = _bolt(workspace, settings.slack_api_url, session)
        chat.listen(app)
        return chat, app

    def _listeners(
        self, apps: Mapping[str, Mapping[str, AsyncApp]], session: aiohttp.ClientSession
    ) -> Iterator[Coroutine[Any, Any, None]]:
        """One connection for each app, or one server for all; ``apps`` are by their secret."""
        settings = self._settings
        if not tokens(settings.slack_app_token):
            doors = [http.Door(secret, Switchboard(behind)) for secret, behind in apps.items()]
            yield http.listen(doors, settings.slack_port)
            self._catch_up(self._chats)
            return
        client = web_client(None, settings.slack_api_url, session, patient=True)
        for token, behind in apps.items():
            again = partial(self._catch_up, behind)
            yield socket.stay_connected(
                Switchboard(behind), client, token, again, self._ping_seconds
            )

    def _catch_up(self, workspaces: Iterable[str]) -> None:
        """Read what was missed; until then rounds wait with their close."""
        self._behind.update(workspaces)
        self.caught_up.clear()
        for workspace_id in workspaces:
            chat = self._chats[workspace_id]
            chat.soon(self._catch_up_now(chat))

    async def _catch_up_now(self, chat: Chat) -> None:
        await _catch_up(chat)
        self._behind.discard(chat.workspace.id)
        if not self._behind:
            self.caught_up.set()

    def _read_soon(self, chat: Chat, delivery: Delivery, reference: str) -> None:
        """Read a new thread as soon as it is known: members may have been quicker."""
        if isinstance(delivery.outgoing.intent, QuestionPosted):
            chat.soon(_read_when_known(chat, delivery, reference))

    async def _stop(self) -> None:
        self.caught_up.clear()
        self._behind.clear()
        chats, self._chats = self._chats, {}
        for chat in chats.values():
            await chat.stop()


async def _catch_up(chat: Chat) -> None:
    """Catch up with all threads; a failure is tried again, with growing pauses."""
    for pause in _PAUSES:
        try:
            await catch_up(chat)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            _log.warning("not caught up", platform=PLATFORM, reason=reason(error), again_in=pause)
            await asyncio.sleep(pause)
        else:
            return


async def _read_when_known(chat: Chat, delivery: Delivery, reference: str) -> None:
    for _ in range(_POLLS):
        thread = await chat.ports.store.rounds.thread(delivery.outgoing.channel, reference)
        if thread is not None:
            await read_thread(chat, thread)
            return
        await asyncio.sleep(_POLL)


def _bolt(workspace: Workspace, api_url: str | None, session: aiohttp.ClientSession) -> AsyncApp:
    """A bolt app that answers Slack when the listener is done, and asks nothing by itself."""
    identity = AuthorizeResult(
        enterprise_id=None,
        team_id=workspace.id,
        bot_user_id=workspace.bot_user_id,
        bot_id=workspace.bot_id,
        bot_token=workspace.strict.token,
    )

    async def authorize() -> AuthorizeResult:
        return identity

    return AsyncApp(
        name="interview-bot",
        logger=socket.sdk_logger(),
        client=web_client(None, api_url, session, patient=True),
        authorize=authorize,
        signing_secret="",
        request_verification_enabled=False,  # http.py does it, over the raw body
        process_before_response=True,
        raise_error_for_unhandled_request=True,
    )
