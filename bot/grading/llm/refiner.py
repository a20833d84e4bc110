"""The language model as a ``Refiner``: plans what to ask, asks, repairs once."""

import asyncio
import hashlib
import json
import secrets
from collections.abc import Callable, Sequence
from typing import Final

import structlog

from bot.core.grading import Ask, Grading, Limits, Mode, Opinion
from bot.core.questions import Question
from bot.errors import BadReplyError, ModelError, NoReplyError
from bot.grading import combine
from bot.grading.evidence import fold
from bot.grading.llm import prompt, replies
from bot.grading.llm.client import ChatClient, Reply, Request

DEADLINE_SECONDS: Final = 240.0
"""The longest that one answer may take, with all retries and the repair: less than the lease."""

_REPLY_TOKENS: Final = 300
_POINT_TOKENS: Final = 120
_MAX_SHOWN: Final = 2000
_log: Final = structlog.get_logger()


class ModelRefiner:
    """Implements ``Refiner`` with one model."""

    def __init__(
        self,
        client: ChatClient,
        limits: Limits,
        mark: Callable[[], str] = lambda: secrets.token_hex(16),
    ) -> None:
        self.limits = limits
        self._client = client
        self._mark = mark

    def plan(self, question: Question, answer: str, grading: Grading, mode: Mode) -> Ask | None:
        """What to ask; ``None`` where nothing is open."""
        concepts = combine.to_ask(question, answer, grading, mode)
        if concepts is None:
            return None
        asked = prompt.messages(question, combine.shown(question, answer), concepts, "0" * 32)
        # A repair sends everything again, with the first reply and a limit twice as high.
        tokens = 2 * prompt.size(asked) + 4 * _reply_limit(concepts) if concepts else 0
        return Ask(key=self._key(question, answer, concepts), concepts=concepts, tokens=tokens)

    def _key(self, question: Question, answer: str, concepts: Sequence[str]) -> str:
        said = fold(answer).text.strip()
        parts = [self._client.model, prompt.VERSION, question.version, *concepts, said]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    async def ask(self, question: Question, answer: str, ask: Ask) -> Opinion:
        """Ask the model; a reply that cannot be used is answered with what is wrong, once.

        Raises:
            ModelError: it cannot be reached, or its reply is of no use.
        """
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                return await self._ask(question, answer, ask)
        except TimeoutError:
            _log.warning("model failed", question=question.id, reason="It took too long in all.")
            raise NoReplyError("The model took too long in all.", ask.tokens) from None
        except ModelError as error:
            _log.warning("model failed", question=question.id, reason=str(error))
            raise

    async def _ask(self, question: Question, answer: str, ask: Ask) -> Opinion:
        shown = combine.shown(question, answer)
        conversation = prompt.messages(question, shown, ask.concepts, self._mark())
        limit = _reply_limit(ask.concepts)
        spent = 0
        for last in (False, True):
            try:
                reply = await self._client.complete(
                    Request(conversation, prompt.schema(ask.concepts), limit)
                )
            except NoReplyError as error:
                raise NoReplyError(str(error), spent) from None
            except BadReplyError as error:
                raise BadReplyError(str(error), ask.tokens) from None
            spent += _cost(conversation, reply)
            try:
                found = _read(reply, ask.concepts)
            except replies.UnfitError as fault:
                if last:
                    raise BadReplyError(f"Twice no usable reply. {fault}", spent) from None
                conversation += _repair(reply, fault)
                limit *= 2
            else:
                return found.model_copy(update={"tokens": spent})
        raise AssertionError  # pragma: no cover - the second round returns or raises

    def combine(
        self, question: Question, answer: str, grading: Grading, opinion: Opinion, mode: Mode
    ) -> Grading:
        """The grading with those parts of the opinion that the answer bears out."""
        combined = combine.combined(question, answer, grading, opinion, mode)
        if not opinion.judgements:
            return combined
        engine = f"{grading.engine}+{prompt.VERSION}"
        return combined.model_copy(update={"model": self._client.model, "engine": engine})


def _reply_limit(concepts: Sequence[str]) -> int:
    return _REPLY_TOKENS + _POINT_TOKENS * len(concepts)


def _cost(conversation: Sequence[dict[str, str]], reply: Reply) -> int:
    """What one request cost, by the server's count or else by length."""
    if reply.tokens is not None and reply.tokens > 0:
        return reply.tokens
    return prompt.size([*conversation, {"role": "assistant", "content": reply.content}])


def _read(reply: Reply, concepts: Sequence[str]) -> Opinion:
    if reply.cut:
        raise replies.UnfitError("It was cut off; keep the quotes short.")
    return replies.opinion(reply.content, concepts)


def _repair(reply: Reply, fault: replies.UnfitError) -> list[dict[str, str]]:
    return [
        {"role": "assistant", "content": reply.content[:_MAX_SHOWN]},
        {"role": "user", "content": prompt.REPAIR.format(fault=fault)},
    ]
