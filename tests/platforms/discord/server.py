"""A small Discord on loopback: REST and gateway over real sockets, with faults on demand."""

import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiohttp import WSMsgType, web

from tests.platforms.discord.parts import Call, Fault, Interaction, as_json, body_of, number
from tests.platforms.discord.state import (
    APPLICATION,
    BOT,
    GENERAL,
    GUILD,
    Json,
    Refusal,
    State,
    check_message,
    member,
    user,
)

TOKEN = "good-token"  # noqa: S105 - it opens nothing
MESSAGE_CONTENT = 1 << 15
CONTENT_FLAG = 1 << 18

Handler = Callable[[web.Request], Awaitable[web.Response]]


class Server:
    """The wire; ``people`` has the verbs of its members."""

    def __init__(self) -> None:
        self.state = State()
        self.token = TOKEN
        self.content_allowed = True
        self.faults: list[Fault] = []
        self.calls: list[Call] = []
        self.interactions: dict[str, Interaction] = {}
        self.identifies: list[Json] = []
        self.resumes = 0
        self.deaf = False
        self._sockets: list[web.WebSocketResponse] = []
        self.events: list[Json] = []
        self._session = "session-0"
        self.url = ""

    # -- faults ---------------------------------------------------------------------------

    def fail(self, method: str, path: str, status: int, **more: Any) -> Fault:  # noqa: ANN401
        fault = Fault(method, path, status, **more)
        self.faults.append(fault)
        return fault

    async def end_session(self) -> None:
        """Op 9: the session is gone, and nothing of it is replayed."""
        self._session = f"{self._session}x"
        self.events.clear()
        await self._to_all({"op": 9, "d": False})

    async def cut(self) -> None:
        """Drop the connections without a word; the sessions live on."""
        for socket in self._sockets:
            if socket._writer is not None and socket._writer.transport is not None:  # noqa: SLF001
                socket._writer.transport.abort()  # noqa: SLF001 - as a broken line would
        self._sockets.clear()

    async def ask_to_reconnect(self) -> None:
        await self._to_all({"op": 7, "d": None})

    # -- the gateway ----------------------------------------------------------------------

    async def dispatch(self, name: str, data: Json) -> None:
        """Tell the bot what happened; kept for those who resume. While ``deaf``, lost."""
        if self.deaf:
            return
        event = {"op": 0, "t": name, "s": len(self.events) + 1, "d": data}
        self.events.append(event)
        await self._to_all(event)

    async def _to_all(self, payload: Json) -> None:
        for socket in list(self._sockets):
            with suppress(ConnectionError):
                await socket.send_str(json.dumps(payload))

    async def gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 41250}})
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await self._hear(socket, json.loads(message.data))
        if socket in self._sockets:
            self._sockets.remove(socket)
        return socket

    async def _hear(self, socket: web.WebSocketResponse, payload: Json) -> None:
        match payload["op"]:
            case 1:
                await socket.send_json({"op": 11, "d": None})
            case 2:
                await self._identify(socket, payload["d"])
            case 6:
                await self._resume(socket, payload["d"])

    async def _identify(self, socket: web.WebSocketResponse, data: Json) -> None:
        self.identifies.append(data)
        if data["token"] != self.token:
            await socket.close(code=4004, message=b"Authentication failed.")
            return
        if data["intents"] & MESSAGE_CONTENT and not self.content_allowed:
            await socket.close(code=4014, message=b"Disallowed intent(s).")
            return
        self.events.clear()
        self._sockets.append(socket)
        ready = {
            "v": 10,
            "user": user(BOT),
            "guilds": [{"id": str(GUILD), "unavailable": True}],
            "session_id": self._session,
            "resume_gateway_url": self.gateway_url,
            "shard": data.get("shard", [0, 1]),
            "application": {"id": str(APPLICATION), "flags": 0},
        }
        await self.dispatch("READY", ready)
        await self.dispatch("GUILD_CREATE", self.state.guild())

    async def _resume(self, socket: web.WebSocketResponse, data: Json) -> None:
        if data["session_id"] != self._session:
            await socket.send_json({"op": 9, "d": False})
            return
        self.resumes += 1
        self._sockets.append(socket)
        for event in self.events[data["seq"] :]:
            await socket.send_json(event)
        await socket.send_json({"op": 0, "t": "RESUMED", "s": len(self.events), "d": {}})

    @property
    def gateway_url(self) -> str:
        return f"{self.url.replace('http', 'ws')}/gateway"

    # -- REST -----------------------------------------------------------------------------

    def routes(self) -> list[web.RouteDef]:
        table: dict[str, Handler] = {
            "GET /users/@me": self._me,
            "GET /oauth2/applications/@me": self._application,
            "GET /gateway/bot": self._gateway_bot,
            "GET /applications/{app}/commands": self._commands,
            "PUT /applications/{app}/commands": self._set_commands,
            "POST /users/@me/channels": self._direct,
            "GET /guilds/{guild}": self._guild,
            "GET /guilds/{guild}/members/{user}": self._member,
            "GET /channels/{channel}": self._channel,
            "PATCH /channels/{channel}": self._edit_channel,
            "GET /channels/{channel}/messages": self._history,
            "POST /channels/{channel}/messages": self._send,
            "GET /channels/{channel}/messages/{message}": self._message,
            "POST /channels/{channel}/messages/{message}/threads": self._thread,
            "PUT /channels/{channel}/messages/{message}/reactions/{emoji}/@me": self._react,
            "DELETE /channels/{channel}/messages/{message}/reactions/{emoji}/@me": self._unreact,
            "POST /interactions/{id}/{token}/callback": self._callback,
            "PATCH /webhooks/{app}/{token}/messages/@original": self._edit_original,
            "POST /webhooks/{app}/{token}": self._follow_up,
        }
        rest = [
            web.route(method, f"/api{path}", handler)
            for method, _, path in (key.partition(" ") for key in table)
            for handler in [table[f"{method} {path}"]]
        ]
        return [*rest, web.get("/gateway", self.gateway), web.get("/gateway/", self.gateway)]

    @web.middleware
    async def answer(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Faults, the token, errors as Discord words them, and the log of calls."""
        if not request.path.startswith("/api"):
            return await handler(request)
        fault = next((each for each in self.faults if each.matches(request)), None)
        try:
            if fault is not None:
                return await self._fail(fault, request, handler)
            response = await self._handle(request, handler)
        except Refusal as refusal:
            response = as_json(refusal.body, refusal.status)
        await self._log(request, response.status)
        return response

    async def _handle(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        own = "/webhooks/" in request.path or "/interactions/" in request.path
        if not own and request.headers.get("Authorization") != f"Bot {self.token}":
            raise Refusal(401, 0, "401: Unauthorized")
        return await handler(request)

    async def _fail(
        self,
        fault: Fault,
        request: web.Request,
        handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
    ) -> web.StreamResponse:
        fault.times -= 1
        if fault.after_effect:
            await self._handle(request, handler)
        await self._log(request, fault.status)
        if fault.drop and request.transport is not None:
            request.transport.abort()
        return web.Response(
            body=json.dumps(fault.body).encode(),
            status=fault.status,
            headers={"Content-Type": "application/json", **fault.headers},
        )

    async def _log(self, request: web.Request, status: int) -> None:
        body = await body_of(request)
        self.calls.append(Call(request.method, request.path.removeprefix("/api"), body, status))

    def posts(self, path: str) -> list[Call]:
        """The successful posts to a path."""
        return [
            call
            for call in self.calls
            if call.method == "POST" and re.fullmatch(path, call.path) and call.status == 200
        ]

    async def _me(self, _request: web.Request) -> web.Response:
        return as_json(user(BOT))

    async def _application(self, _request: web.Request) -> web.Response:
        flags = CONTENT_FLAG if self.content_allowed else 0
        return as_json(
            {
                "id": str(APPLICATION),
                "name": "interview-bot",
                "description": "",
                "icon": None,
                "bot_public": True,
                "bot_require_code_grant": False,
                "verify_key": "",
                "flags": flags,
                "owner": user(BOT),
                "team": None,
            }
        )

    async def _gateway_bot(self, _request: web.Request) -> web.Response:
        limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
        return as_json({"url": self.gateway_url, "shards": 1, "session_start_limit": limit})

    async def _commands(self, _request: web.Request) -> web.Response:
        return as_json(self.state.commands)

    async def _set_commands(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.state.commands = [
            {"id": str(5000 + n), "application_id": str(APPLICATION), "version": "1", **each}
            for n, each in enumerate(body)
        ]
        return as_json(self.state.commands)

    async def _direct(self, request: web.Request) -> web.Response:
        return as_json(self.state.direct(int((await request.json())["recipient_id"])))

    async def _guild(self, _request: web.Request) -> web.Response:
        return as_json(self.state.guild())

    async def _member(self, request: web.Request) -> web.Response:
        who = number(request, "user")
        return as_json(member(who, self.state.roles.get(who, ()), with_user=True))

    async def _channel(self, request: web.Request) -> web.Response:
        return as_json(self.state.channel(number(request, "channel")))

    async def _edit_channel(self, request: web.Request) -> web.Response:
        channel = self.state.channel(number(request, "channel"))
        changes = await request.json()
        channel["thread_metadata"].update(changes)
        await self.dispatch("THREAD_UPDATE", channel)
        return as_json(channel)

    async def _history(self, request: web.Request) -> web.Response:
        channel_id = number(request, "channel")
        self.state.channel(channel_id)
        found = self.state.messages[channel_id]
        after, before = (int(request.query.get(name, 0)) for name in ("after", "before"))
        fitting = [each for each in found if int(each["id"]) > after]
        fitting = [each for each in fitting if not before or int(each["id"]) < before]
        limit = int(request.query.get("limit", 50))
        chosen = fitting[:limit] if "after" in request.query else fitting[-limit:]
        return as_json(list(reversed(chosen)))

    async def _message(self, request: web.Request) -> web.Response:
        return as_json(self.state.message(number(request, "channel"), number(request, "message")))

    async def _send(self, request: web.Request) -> web.Response:
        channel_id = number(request, "channel")
        if channel_id - 50_000 in self.state.closed_inboxes:
            raise Refusal(403, 50007, "Cannot send messages to this user")
        message, new = self.state.write(channel_id, BOT, await request.json())
        if new:
            await self.dispatch("MESSAGE_CREATE", message)
        return as_json(message)

    async def _thread(self, request: web.Request) -> web.Response:
        channel_id, message_id = number(request, "channel"), number(request, "message")
        thread = self.state.open_thread(channel_id, message_id, await request.json())
        await self.dispatch("THREAD_CREATE", {**thread, "newly_created": True})
        return as_json(thread)

    async def _react(self, request: web.Request) -> web.Response:
        message_id, channel_id = number(request, "message"), number(request, "channel")
        self.state.message(channel_id, message_id)
        if self.state.channels[channel_id].get("thread_metadata", {}).get("archived"):
            raise Refusal(400, 50083, "Thread is archived")
        self.state.reactions.append((message_id, request.match_info["emoji"]))
        return web.Response(status=204)

    async def _unreact(self, request: web.Request) -> web.Response:
        reaction = (number(request, "message"), request.match_info["emoji"])
        self.state.reactions.remove(reaction)
        return web.Response(status=204)

    async def _callback(self, request: web.Request) -> web.Response:
        interaction = self._interaction(request)
        if interaction.callback is not None:
            raise Refusal(400, 40060, "Interaction has already been acknowledged.")
        body = await request.json()
        data = body.get("data") or {}
        resource: Json = {"type": body["type"]}
        if body["type"] in {4, 7}:
            message, _ = self.state.write(GENERAL, BOT, {**data, "flags": 64})
            resource["message"] = message
        interaction.callback = body
        shown = {"id": str(self.state.snowflake()), "type": body["type"]}
        return as_json({"interaction": {**shown, "id": str(interaction.id)}, "resource": resource})

    async def _edit_original(self, request: web.Request) -> web.Response:
        interaction = self._interaction(request)
        body = await request.json()
        check_message({**body, "flags": 64})
        interaction.original = body
        message, _ = self.state.write(GENERAL, BOT, {**body, "flags": 64})
        return as_json(message)

    async def _follow_up(self, request: web.Request) -> web.Response:
        interaction = self._interaction(request)
        body = await request.json()
        check_message(body)
        if interaction.original is None:
            interaction.original = body
        interaction.followups.append(body)
        message, _ = self.state.write(GENERAL, BOT, {**body, "flags": 64})
        return as_json(message)

    def _interaction(self, request: web.Request) -> Interaction:
        found = self.interactions.get(request.match_info["token"])
        if found is None or found.expired:
            raise Refusal(404, 10062, "Unknown interaction")
        return found


@asynccontextmanager
async def running() -> AsyncIterator[Server]:
    """A server on a free port."""
    server = Server()
    app = web.Application(middlewares=[server.answer])
    app.add_routes(server.routes())
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    address = runner.addresses[0]
    server.url = f"http://127.0.0.1:{address[1]}"
    try:
        yield server
    finally:
        await server.cut()
        await runner.cleanup()
