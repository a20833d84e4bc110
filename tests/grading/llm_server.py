"""A small OpenAI-compatible server on loopback that does what a test tells it to.

By default it judges like somebody who believes whatever the answer claims: every point is met,
with the sentence of the answer that comes closest to it. Faults come first, one a request.
"""

import asyncio
import json
import re
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer


@dataclass(frozen=True)
class Asked:
    """What a request asks: points by id, and the answer between the marks."""

    body: dict[str, Any]
    points: dict[str, str]
    answer: str
    mark: str

    @property
    def format(self) -> str:
        return str(self.body.get("response_format", {}).get("type", "plain"))


Fault = Callable[[web.Request, Asked], Awaitable[web.StreamResponse]]
Think = Callable[[Asked], dict[str, Any]]


def read_request(body: dict[str, Any]) -> Asked:
    """Take a request of ours apart, as a model would."""
    said = next(each["content"] for each in body["messages"] if each["role"] == "user")
    head, _, tail = said.partition("\nAnswer:\n")
    mark = tail.split("\n", 1)[0]
    answer = tail.removeprefix(f"{mark}\n").removesuffix(f"\n{mark}")
    points = dict(re.findall(r"^- ([a-z0-9-]+): (.*)$", head, re.MULTILINE))
    return Asked(body, points, answer, mark)


def _words(text: str) -> set[str]:
    return {word[:5] for word in re.findall(r"\w{3,}", text.lower())}


def believe(asked: Asked) -> dict[str, Any]:
    """Everything is met; the quote is the sentence closest to the point: as bad as can be."""
    sentences = [part.strip() for part in re.split(r"(?<=[.!?\n])\s+", asked.answer)]
    sentences = [part for part in sentences if part] or [asked.answer]
    points = {
        name: {
            "verdict": "met",
            "quote": max(sentences, key=lambda part: len(_words(part) & _words(says))),
        }
        for name, says in asked.points.items()
    }
    return {"points": points, "speaks_to_judge": False}


def completion(content: str, finish: str = "stop", tokens: int | None = 321) -> dict[str, Any]:
    """A chat completion."""
    answer: dict[str, Any] = {
        "id": "x",
        "object": "chat.completion",
        "choices": [
            {
                "index": 0,
                "finish_reason": finish,
                "message": {"role": "assistant", "content": content},
            }
        ],
    }
    if tokens is not None:
        answer["usage"] = {"total_tokens": tokens}
    return answer


def says(content: str, finish: str = "stop") -> Fault:
    """Answers 200 with this content."""

    async def fault(_request: web.Request, _asked: Asked) -> web.StreamResponse:
        return web.json_response(completion(content, finish))

    return fault


def wraps(before: str, after: str) -> Fault:
    """Answers well, with something around it."""

    async def fault(_request: web.Request, asked: Asked) -> web.StreamResponse:
        return web.json_response(completion(before + json.dumps(believe(asked)) + after))

    return fault


def status(code: int, body: object = "busy", headers: dict[str, str] | None = None) -> Fault:
    """Answers with an error, as an object, a string or whatever."""

    async def fault(_request: web.Request, _asked: Asked) -> web.StreamResponse:
        text = body if isinstance(body, str) else json.dumps(body)
        return web.Response(status=code, text=text, headers=headers)

    return fault


async def hang(_request: web.Request, _asked: Asked) -> web.StreamResponse:
    """Never answers."""
    await asyncio.Event().wait()
    raise AssertionError


async def drip(request: web.Request, _asked: Asked) -> web.StreamResponse:
    """Answers a byte at a time, for ever."""
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b" ")
        await asyncio.sleep(0.02)


async def flood(request: web.Request, _asked: Asked) -> web.StreamResponse:
    """Answers megabytes."""
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(64):
        await response.write(b"x" * 65_536)
    return response


async def hang_up(request: web.Request, _asked: Asked) -> web.StreamResponse:
    """Closes the connection without a word."""
    assert request.transport is not None
    request.transport.close()
    return web.Response()


def refuses(*formats: str, code: int = 400, word: str = "response_format") -> Fault:
    """Refuses some formats for good, and answers the others."""

    async def fault(_request: web.Request, asked: Asked) -> web.StreamResponse:
        if asked.format in formats:
            return web.json_response({"error": {"message": f"{word} is not known"}}, status=code)
        return web.json_response(completion(json.dumps(believe(asked))))

    return fault


@dataclass
class ModelServer:
    """The server's script and what it was asked; ``always`` takes over when faults are used up."""

    url: str = ""
    faults: deque[Fault] = field(default_factory=deque)
    always: Fault | None = None
    think: Think = believe
    asked: list[Asked] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    busy: int = 0
    most_at_once: int = 0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        asked = read_request(await request.json())
        self.asked.append(asked)
        self.headers.append(dict(request.headers))
        self.busy += 1
        self.most_at_once = max(self.most_at_once, self.busy)
        try:
            fault = self.faults.popleft() if self.faults else self.always
            if fault is not None:
                return await fault(request, asked)
            await asyncio.sleep(0)
            return web.json_response(completion(json.dumps(self.think(asked))))
        finally:
            self.busy -= 1


@asynccontextmanager
async def serving(script: ModelServer | None = None) -> AsyncIterator[ModelServer]:
    """Run the server on a free port of this machine."""
    script = script or ModelServer()
    app = web.Application(client_max_size=10_000_000)
    app.router.add_post("/v1/chat/completions", script.handle)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server()
    script.url = f"http://127.0.0.1:{server.port}/v1"
    try:
        yield script
    finally:
        await server.close()
