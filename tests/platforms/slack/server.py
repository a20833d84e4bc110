"""A small Slack on loopback: Web API, Socket Mode, signed HTTP events, and faults on demand."""

import asyncio
import hashlib
import hmac
import io
import itertools
import json
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode

import aiohttp
from aiohttp import WSMsgType, web

from tests.platforms.slack import limits

Json = dict[str, Any]

SECRET: Final = "a-signing-secret"  # noqa: S105 - of a server that lives for one test
BOT_USER: Final = "UBOT"
REPLIES: Final = 5
"""How often an address for replies may be used."""
METHOD_SCOPES: Final = {
    "apps.connections.open": (),
    "auth.test": (),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "conversations.history": ("channels:history", "groups:history"),
    "conversations.info": ("channels:read", "groups:read"),
    "conversations.replies": ("channels:history", "groups:history"),
    "reactions.add": ("reactions:write",),
    "usergroups.users.list": ("usergroups:read",),
    "users.conversations": ("channels:read", "groups:read"),
    "users.info": ("users:read",),
    "views.open": (),
    "views.publish": (),
}
"""What Slack's reference says each method needs."""

ALL_SCOPES: Final = frozenset(scope for scopes in METHOD_SCOPES.values() for scope in scopes) | {
    "app_mentions:read",
    "commands",
}


@dataclass
class Fault:
    """What goes wrong with one call: before its effect, or after it."""

    status: int = 200
    error: str = ""
    retry_after: int = 0
    drop: bool = False
    stall: bool = False
    garbage: bool = False


@dataclass
class Room:
    """A channel."""

    id: str
    name: str
    creator: str = "UADA"
    bot_is_member: bool = True
    is_im: bool = False
    messages: list[Json] = field(default_factory=list)


@dataclass
class Slack:
    """The server; people act through its methods, tests look at what it recorded."""

    team: str = "T1"
    bot_token: str = "xoxb-good"  # noqa: S105 - as above
    app_token: str = "xapp-good"  # noqa: S105 - as above
    secret: str = SECRET
    scopes: frozenset[str] = ALL_SCOPES
    siblings: "list[Slack]" = field(default_factory=list)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    http_url: str | None = None
    echo: bool = True
    rooms: dict[str, Room] = field(default_factory=dict)
    users: dict[str, Json] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=dict)
    ephemerals: list[Json] = field(default_factory=list)
    replies: list[Json] = field(default_factory=list)
    reactions: list[tuple[str, str]] = field(default_factory=list)
    views: list[Json] = field(default_factory=list)
    homes: dict[str, Json] = field(default_factory=dict)
    calls: list[tuple[str, Json]] = field(default_factory=list)
    faults: dict[str, deque[Fault]] = field(default_factory=lambda: defaultdict(deque))
    sockets: list[web.WebSocketResponse] = field(default_factory=list)
    connections: int = 0
    silent: bool = False
    silent_sockets: set[web.WebSocketResponse] = field(default_factory=set)
    refusing: bool = False
    expired: bool = False
    used: "Counter[str]" = field(default_factory=Counter)
    delivered: list[Json] = field(default_factory=list)
    acks: dict[str, asyncio.Future[Json]] = field(default_factory=dict)
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    _runner: web.AppRunner | None = None
    port: int = 0

    async def start(self) -> None:
        application = web.Application(client_max_size=8 * 1024 * 1024)
        application.router.add_route("*", "/api/{method}", self._call)
        application.router.add_get("/socket", self._socket)
        application.router.add_post("/response/{id}", self._respond)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        for socket in self.sockets:
            await socket.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def share_app_with(self, other: "Slack") -> None:
        """Let another workspace install the same app: one secret, one connection for both."""
        other.app_token, other.secret = self.app_token, self.secret
        other.sockets, other.acks, other.numbers = self.sockets, self.acks, self.numbers

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/"

    def room(self, channel: str = "C1") -> Room:
        return self.rooms.setdefault(channel, Room(channel, channel.lower()))

    def person(self, user: str, name: str, **roles: object) -> None:
        self.users[user] = {"id": user, "profile": {"display_name": name}, **roles}

    def fault(self, method: str, *faults: Fault) -> None:
        self.faults[method].extend(faults)

    def posts(self, channel: str = "C1") -> list[Json]:
        """What the bot posted for all to see."""
        return [each for each in self.rooms[channel].messages if each.get("bot_id")]

    def called(self, method: str) -> list[Json]:
        return [arguments for name, arguments in self.calls if name == method]

    # What people do.

    async def say(
        self, user: str, text: str, thread: str | None = None, channel: str = "C1", **more: object
    ) -> str:
        message: Json = {"type": "message", "user": user, "text": text, "ts": self._ts(), **more}
        if thread is not None:
            message["thread_ts"] = thread
        self.room(channel).messages.append(message)
        await self.event({**message, "channel": channel, "event_ts": message["ts"]})
        if f"<@{BOT_USER}>" in text:
            await self.event({**message, "type": "app_mention", "channel": channel})
        return str(message["ts"])

    async def edit(self, ts: str, text: str, channel: str = "C1") -> None:
        message = self._message(channel, ts)
        former = dict(message)
        message.update(text=text, edited={"user": message["user"], "ts": self._ts()})
        await self.event(
            {
                "type": "message",
                "subtype": "message_changed",
                "hidden": True,
                "channel": channel,
                "message": dict(message),
                "previous_message": former,
                "ts": self._ts(),
            }
        )

    async def delete(self, ts: str, channel: str = "C1") -> None:
        message = self._message(channel, ts)
        self.rooms[channel].messages.remove(message)
        await self.event(
            {
                "type": "message",
                "subtype": "message_deleted",
                "hidden": True,
                "channel": channel,
                "deleted_ts": ts,
                "previous_message": message,
                "ts": self._ts(),
                "event_ts": self._ts(),
            }
        )

    async def command(self, user: str, command: str, text: str = "", channel: str = "C1") -> Json:
        return await self.deliver(
            "slash_commands",
            {
                "command": command,
                "text": text,
                "user_id": user,
                "channel_id": channel,
                "channel_name": self.room(channel).name,
                "team_id": self.team,
                "trigger_id": f"trigger{next(self.numbers)}",
                "response_url": self._response_url(user),
            },
        )

    async def click(
        self, user: str, button: Json, channel: str = "C1", message: Json | None = None
    ) -> Json:
        return await self.deliver(
            "interactive",
            {
                "type": "block_actions",
                "team": {"id": self.team},
                "user": {"id": user, "team_id": self.team},
                "channel": {"id": channel},
                "container": {
                    "type": "message",
                    "channel_id": channel,
                    "thread_ts": (message or {}).get("thread_ts"),
                },
                "message": message or {},
                "trigger_id": f"trigger{next(self.numbers)}",
                "response_url": self._response_url(user),
                "actions": [{**button, "block_id": "b", "action_ts": self._ts()}],
            },
        )

    async def submit(self, user: str, view: Json, values: Json) -> Json:
        state = {name: {"value": value} for name, value in values.items()}
        return await self.deliver(
            "interactive",
            {
                "type": "view_submission",
                "team": {"id": self.team},
                "user": {"id": user, "team_id": self.team},
                "view": {**view, "state": {"values": state}},
            },
        )

    async def open_home(self, user: str) -> None:
        await self.event({"type": "app_home_opened", "user": user, "tab": "home", "channel": "D1"})

    async def event(self, event: Json, **more: object) -> Json:
        payload = {
            "type": "event_callback",
            "team_id": self.team,
            "event_id": f"Ev{next(self.numbers)}",
            "event_time": int(time.time()),
            "event": event,
            **more,
        }
        return await self.deliver("events_api", payload)

    # How Slack delivers it.

    async def deliver(self, kind: str, payload: Json, retry: int = 0) -> Json:
        """Deliver by the app's mode and return the answer; nobody there, nothing happens."""
        self.delivered.append({"kind": kind, "payload": payload})
        if self.http_url is not None:
            return await self._by_http(kind, payload, retry)
        live = [socket for socket in self.sockets if not socket.closed]
        if not live or self.silent or self.refusing:
            return {}
        envelope = f"env{next(self.numbers)}"
        self.acks[envelope] = asyncio.get_running_loop().create_future()
        body = {"envelope_id": envelope, "type": kind, "payload": payload}
        await live[-1].send_str(json.dumps({**body, "retry_attempt": retry}))
        async with asyncio.timeout(3):
            return await self.acks[envelope]

    async def _by_http(self, kind: str, payload: Json, retry: int) -> Json:
        match kind:
            case "events_api":
                body, content = json.dumps(payload), "application/json"
            case "slash_commands":
                body, content = urlencode(payload), "application/x-www-form-urlencoded"
            case _:
                body = urlencode({"payload": json.dumps(payload)})
                content = "application/x-www-form-urlencoded"
        try:
            status, text = await self.send(body.encode(), content, retry=retry)
        except aiohttp.ClientError:
            return {}
        assert status == 200, text
        return json.loads(text) if text.startswith("{") else {}

    async def send(
        self,
        body: bytes,
        content: str = "application/json",
        *,
        secret: str | None = None,
        stamp: int | None = None,
        retry: int = 0,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, str]:
        """A signed request to the bot."""
        sent_at = str(int(time.time() if stamp is None else stamp))
        signed = b"v0:" + sent_at.encode() + b":" + body
        signature = (
            "v0=" + hmac.new((secret or self.secret).encode(), signed, hashlib.sha256).hexdigest()
        )
        head = {
            "Content-Type": content,
            "X-Slack-Request-Timestamp": sent_at,
            "X-Slack-Signature": signature,
            **({"X-Slack-Retry-Num": str(retry)} if retry else {}),
            **(headers or {}),
        }
        assert self.http_url is not None
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.http_url, data=io.BytesIO(body), headers=head) as answer,
        ):
            return answer.status, await answer.text()

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask for a new connection, as Slack does now and then."""
        await self.sockets[-1].send_str(json.dumps({"type": "disconnect", "reason": reason}))

    async def drop(self) -> None:
        """Cut every connection without a word."""
        for socket in self.sockets:
            if not socket.closed:
                socket._req.transport.abort()  # type: ignore[union-attr] # noqa: SLF001
        self.sockets.clear()

    # The Web API.

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        arguments = await _arguments(request)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        for workspace in (self, *self.siblings):
            if token in {workspace.bot_token, workspace.app_token}:
                return await workspace.answer(request, method, arguments, token)
        return await self.answer(request, method, arguments, token)

    async def answer(
        self, request: web.Request, method: str, arguments: Json, token: str
    ) -> web.StreamResponse:
        """Answer a call to this workspace."""
        self.calls.append((method, arguments))
        fault = self.faults[method].popleft() if self.faults[method] else Fault()
        if fault.status == 429:
            headers = {"Retry-After": str(fault.retry_after)}
            body = {"ok": False, "error": "ratelimited"}
            return web.json_response(body, status=429, headers=headers)
        if fault.garbage:
            return web.Response(text="{", content_type="application/json", status=fault.status)
        if fault.error:
            return web.json_response({"ok": False, "error": fault.error}, status=fault.status)
        found = self._authorised(method, token) or self._methods()[method](arguments)
        answer = await found if asyncio.iscoroutine(found) else found
        if fault.stall:
            await asyncio.Event().wait()
        if fault.drop:
            assert request.transport is not None
            request.transport.close()
        headers = {"x-oauth-scopes": ",".join(sorted(self.scopes))}
        return web.json_response({"ok": "error" not in answer, **answer}, headers=headers)

    def _authorised(self, method: str, token: str) -> Json | None:
        expected = self.app_token if method.startswith("apps.") else self.bot_token
        if token != expected:
            return {"error": "invalid_auth"}
        if METHOD_SCOPES[method] and not self.scopes.issuperset(METHOD_SCOPES[method]):
            return {"error": "missing_scope", "needed": ",".join(METHOD_SCOPES[method])}
        return None

    def _methods(self) -> dict[str, Callable[[Json], Json | Coroutine[Any, Any, Json]]]:
        return {
            "apps.connections.open": lambda _: {"url": f"ws://127.0.0.1:{self.port}/socket"},
            "auth.test": lambda _: {
                "team": "Team",
                "team_id": self.team,
                "user_id": BOT_USER,
                "bot_id": "BBOT",
            },
            "chat.postMessage": self._post_message,
            "chat.postEphemeral": self._post_ephemeral,
            "conversations.history": self._history,
            "conversations.info": self._info,
            "conversations.replies": self._replies,
            "reactions.add": self._react,
            "usergroups.users.list": lambda asked: {
                "users": self.groups.get(asked["usergroup"], [])
            },
            "users.conversations": lambda _: {"channels": [{"id": id_} for id_ in self.rooms]},
            "users.info": self._user,
            "views.open": self._open_view,
            "views.publish": self._publish,
        }

    async def _post_message(self, asked: Json) -> Json:
        if asked["channel"].startswith("U"):
            self.room(asked["channel"])
        room = self.rooms.get(asked["channel"])
        if room is None or not room.bot_is_member:
            return {"error": "not_in_channel" if room else "channel_not_found"}
        if limits.faults(asked["blocks"]):
            return {"error": "invalid_blocks"}
        message = {
            **{name: value for name, value in asked.items() if name != "channel"},
            "type": "message",
            "user": BOT_USER,
            "bot_id": "BBOT",
            "ts": self._ts(datetime.now(UTC)),
        }
        room.messages.append(message)
        if self.echo:
            # Slack delivers on its own time; the answer to the call does not wait for it.
            await asyncio.sleep(0)
            self._later(self.event({**message, "channel": room.id}))
        return {"ts": message["ts"], "channel": room.id}

    def _post_ephemeral(self, asked: Json) -> Json:
        room = self.rooms.get(asked["channel"])
        if room is None or not room.bot_is_member:
            return {"error": "not_in_channel" if room else "channel_not_found"}
        if limits.faults(asked["blocks"]):
            return {"error": "invalid_blocks"}
        self.ephemerals.append(asked)
        return {"message_ts": self._ts()}

    def _history(self, asked: Json) -> Json:
        if asked["channel"].startswith("U"):
            return {"error": "channel_not_found"}
        top = [each for each in self.rooms[asked["channel"]].messages if "thread_ts" not in each]
        return self._page(top[::-1], asked)

    def _replies(self, asked: Json) -> Json:
        wanted = asked["ts"]
        found = [
            each
            for each in self.rooms[asked["channel"]].messages
            if wanted in {each["ts"], each.get("thread_ts")}
        ]
        return self._page(found, asked) if found else {"error": "thread_not_found"}

    def _page(self, messages: list[Json], asked: Json) -> Json:
        oldest = float(asked.get("oldest", 0))
        fresh = [each for each in messages if float(each["ts"]) >= oldest]
        at, limit = int(asked.get("cursor") or 0), int(asked["limit"])
        shown = [dict(each) for each in fresh[at : at + limit]]
        if asked.get("include_all_metadata") not in {"1", "true", True}:
            for each in shown:
                each.pop("metadata", None)
        more = str(at + limit) if at + limit < len(fresh) else ""
        return {"messages": shown, "response_metadata": {"next_cursor": more}}

    def _info(self, asked: Json) -> Json:
        room = self.rooms.get(asked["channel"])
        if room is None:
            return {"error": "channel_not_found"}
        info = {"creator": room.creator, "is_member": room.bot_is_member, "is_im": room.is_im}
        return {"channel": {"id": room.id, **info}}

    def _react(self, asked: Json) -> Json:
        if (asked["timestamp"], asked["name"]) in self.reactions:
            return {"error": "already_reacted"}
        self.reactions.append((asked["timestamp"], asked["name"]))
        return {}

    def _user(self, asked: Json) -> Json:
        user = self.users.get(asked["user"])
        return {"user": user} if user else {"error": "user_not_found"}

    def _open_view(self, asked: Json) -> Json:
        view = asked["view"]
        found = limits.view_faults(view)
        if found:
            return {"error": "invalid_arguments", "response_metadata": {"messages": found}}
        self.views.append({**view, "id": f"V{next(self.numbers)}"})
        return {"view": self.views[-1]}

    def _publish(self, asked: Json) -> Json:
        if limits.view_faults(asked["view"]):
            return {"error": "invalid_arguments"}
        self.homes[asked["user_id"]] = asked["view"]
        return {}

    async def _respond(self, request: web.Request) -> web.Response:
        self.used[request.match_info["id"]] += 1
        if self.expired or self.used[request.match_info["id"]] > REPLIES:
            return web.Response(status=404, text="expired_url")
        body = await request.json()
        if limits.faults(body["blocks"]):
            return web.Response(status=400)
        self.replies.append({**body, "user": request.match_info["id"].split("-")[0]})
        return web.Response(text="ok")

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        if self.refusing:
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        self.connections += 1
        self.sockets.append(socket)
        await socket.send_str(json.dumps({"type": "hello", "num_connections": 1}))
        async for message in socket:
            if self.silent or socket in self.silent_sockets:
                continue
            if message.type is WSMsgType.PING:
                await socket.pong(message.data)
            elif message.type is WSMsgType.TEXT:
                answer = json.loads(message.data)
                waiting = self.acks.pop(answer["envelope_id"], None)
                if waiting is not None and not waiting.done():
                    waiting.set_result(answer.get("payload") or {})
        return socket

    def _later(self, work: Coroutine[Any, Any, Json]) -> None:
        task = asyncio.ensure_future(work)
        task.add_done_callback(lambda done: done.cancelled() or done.exception())

    def _message(self, channel: str, ts: str) -> Json:
        return next(each for each in self.rooms[channel].messages if each["ts"] == ts)

    def _response_url(self, user: str) -> str:
        return f"http://127.0.0.1:{self.port}/response/{user}-{next(self.numbers)}"

    def _ts(self, at: datetime | None = None) -> str:
        instant = at or self.now()
        return f"{int(instant.timestamp())}.{next(self.numbers) % 1_000_000:06d}"


async def _arguments(request: web.Request) -> Json:
    """The arguments of a call, however the client sent them."""
    found: Json = dict(request.query)
    if request.content_type == "application/json":
        found |= await request.json()
    else:
        found |= dict(await request.post())
    for name in ("blocks", "metadata", "view"):
        if isinstance(found.get(name), str):
            found[name] = json.loads(found[name])
    return found
