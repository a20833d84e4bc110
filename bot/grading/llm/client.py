"""A thin client for the Chat Completions wire, for servers that do not behave alike."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import IntEnum
from http import HTTPStatus
from typing import Any, Final

import httpx
from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError

from bot.errors import BadReplyError, NoReplyError
from bot.grading.llm.breaker import Breaker
from bot.grading.llm.endpoint import is_loopback

MAX_BYTES: Final = 1_000_000
"""The longest reply that is read."""

_ATTEMPTS: Final = 3
_LONGEST_WAIT: Final = 20.0
_FIRST_PAUSE: Final = 1.0
_BUSY: Final = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
_MALFORMED: Final = frozenset({400, 422})


class Format(IntEnum):
    """How strictly a server is asked to keep to JSON."""

    PLAIN = 0
    JSON_OBJECT = 1
    JSON_SCHEMA = 2


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a server has been found to understand."""

    format: Format = Format.JSON_SCHEMA
    limit: str = "max_tokens"
    temperature: bool = True


@dataclass(frozen=True, slots=True)
class Request:
    """One question to the model; ``limit`` is the most tokens of its reply."""

    messages: list[dict[str, str]]
    schema: Mapping[str, Any]
    limit: int


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model wrote; ``cut`` if it had more to say; ``tokens`` if the server counts."""

    content: str
    cut: bool
    tokens: int | None


class _Message(BaseModel):
    model_config = ConfigDict(extra="ignore")

    content: str | list[dict[str, Any]] | None = None

    @property
    def text(self) -> str:
        """The content in one piece."""
        if isinstance(self.content, list):
            return "".join(str(part.get("text", "")) for part in self.content)
        return self.content or ""


class _Choice(BaseModel):
    model_config = ConfigDict(extra="ignore")

    message: _Message
    finish_reason: str | None = None


class _Usage(BaseModel):
    model_config = ConfigDict(extra="ignore")

    total_tokens: int | None = None


class _Completion(BaseModel):
    model_config = ConfigDict(extra="ignore")

    choices: list[_Choice]
    usage: _Usage | None = None


class _RefusedError(Exception):
    """The server answered with an error; ``wait`` is what it asks for."""

    def __init__(self, status: int, text: str, wait: float | None) -> None:
        super().__init__(f"The model's server answered with status {status}.")
        self.status = status
        self.text = text
        self.wait = wait


class ChatClient:
    """Asks one model of one server; ``timeout`` bounds each request as a whole, in seconds."""

    def __init__(
        self,
        url: str,
        model: str,
        key: SecretStr | None = None,
        *,
        timeout: float = 60.0,
        concurrency: int = 4,
        breaker: Breaker | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.model = model
        self._url = url
        self._timeout = timeout
        self._slots = asyncio.Semaphore(concurrency)
        self._breaker = breaker or Breaker()
        self._sleep = sleep
        self._dialect = Dialect()
        headers = {"Accept-Encoding": "identity"}
        if key is not None:
            headers["Authorization"] = f"Bearer {key.get_secret_value()}"
        self._http = httpx.AsyncClient(
            headers=headers,
            timeout=timeout,
            follow_redirects=False,
            # A proxy has no business between this program and this machine.
            trust_env=not is_loopback(httpx.URL(url).host),
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def complete(self, request: Request) -> Reply:
        """Ask, wait where the server asks for it, and speak more simply where it must be.

        Raises:
            NoReplyError: there is no answer to be had now.
            BadReplyError: the answer is none of a chat completion.
        """
        async with self._slots:
            dialect = self._dialect
            while True:
                try:
                    reply = await self._insist(request, dialect)
                except _RefusedError as refusal:
                    simpler = _simpler(dialect, refusal)
                    if simpler is None:
                        raise NoReplyError(str(refusal)) from None
                    # It is the format that fails, not the server.
                    self._breaker.succeeded()
                    dialect = simpler
                else:
                    self._dialect = dialect
                    return reply

    async def _insist(self, request: Request, dialect: Dialect) -> Reply:
        """Ask up to three times while the server is busy or away."""
        pause = _FIRST_PAUSE
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return await self._once(request, dialect)
            except _RefusedError as refusal:
                wait = pause if refusal.wait is None else refusal.wait
                if refusal.status not in _BUSY or attempt == _ATTEMPTS or wait > _LONGEST_WAIT:
                    raise
            except NoReplyError:
                wait = pause
                if attempt == _ATTEMPTS:
                    raise
            await self._sleep(wait)
            pause *= 2
        raise AssertionError  # pragma: no cover - the last attempt returns or raises

    async def _once(self, request: Request, dialect: Dialect) -> Reply:
        if not self._breaker.allows():
            raise NoReplyError("The model's server failed again and again; it gets a rest.")
        try:
            async with asyncio.timeout(self._timeout):
                status, headers, body = await self._post(_body(self.model, request, dialect))
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            self._breaker.failed()
            raise NoReplyError(f"The model's server: {type(error).__name__}.") from None
        if status in _BUSY:
            self._breaker.failed()
        else:
            self._breaker.succeeded()
        if status != HTTPStatus.OK:
            text = body.decode(errors="replace").lower()
            raise _RefusedError(status, text, _wait(headers.get("retry-after")))
        return _reply(body)

    async def _post(self, body: bytes) -> tuple[int, httpx.Headers, bytes]:
        headers = {"Content-Type": "application/json"}
        async with self._http.stream("POST", self._url, content=body, headers=headers) as response:
            read = bytearray()
            async for chunk in response.aiter_bytes():
                read += chunk
                if len(read) > MAX_BYTES:
                    raise BadReplyError("The model's server answered without end.")
            return response.status_code, response.headers, bytes(read)


def _body(model: str, request: Request, dialect: Dialect) -> bytes:
    body: dict[str, Any] = {
        "model": model,
        "messages": request.messages,
        dialect.limit: request.limit,
        "stream": False,
    }
    if dialect.temperature:
        body["temperature"] = 0
    if dialect.format is Format.JSON_SCHEMA:
        wanted = {"name": "verdicts", "strict": True, "schema": request.schema}
        body["response_format"] = {"type": "json_schema", "json_schema": wanted}
    elif dialect.format is Format.JSON_OBJECT:
        body["response_format"] = {"type": "json_object"}
    return json.dumps(body).encode()


def _simpler(dialect: Dialect, refusal: _RefusedError) -> Dialect | None:
    """What to try after a refusal, if anything: the parameter that it names, else the format.

    A 500 that stays may be a schema that the server chokes on.
    """
    if refusal.status in _MALFORMED:
        if "max_completion_tokens" in refusal.text and dialect.limit == "max_tokens":
            return replace(dialect, limit="max_completion_tokens")
        if "temperature" in refusal.text and dialect.temperature:
            return replace(dialect, temperature=False)
    suspect = refusal.status in _MALFORMED or refusal.status == HTTPStatus.INTERNAL_SERVER_ERROR
    if suspect and dialect.format > Format.PLAIN:
        return replace(dialect, format=Format(dialect.format - 1))
    return None


def _wait(header: str | None) -> float | None:
    """The seconds that ``Retry-After`` asks for, in either of its forms."""
    if header is None:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def _reply(body: bytes) -> Reply:
    try:
        found = _Completion.model_validate_json(body)
    except ValidationError:
        raise BadReplyError("The model's server answered no chat completion.") from None
    if not found.choices:
        raise BadReplyError("The model's server answered with no choice.")
    choice = found.choices[0]
    return Reply(
        content=choice.message.text,
        cut=choice.finish_reason == "length",
        tokens=found.usage.total_tokens if found.usage else None,
    )
