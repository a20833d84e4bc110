"""Modals that change something: a challenge's settings, an appeal, a ruling."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Final

from slack_bolt.async_app import AsyncAck, AsyncRespond

from bot.core import admin, appeals
from bot.core.challenges import ChallengeSettings
from bot.core.commands import parse_decision
from bot.core.intents import Intent
from bot.core.people import Channel
from bot.core.ports import Ports
from bot.errors import UserError
from bot.platforms.slack import modals
from bot.platforms.slack.admin import Office
from bot.platforms.slack.posting import Place, tell
from bot.platforms.slack.render import render
from bot.platforms.slack.workspace import Workspace

TROUBLE: Final = "Something went wrong on my side, and nothing was changed; please try again."
_CHECK_SECONDS: Final = 2.0

_Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Forms:
    """Opens modals, and does what comes back before it lets them close."""

    ports: Ports
    workspace: Workspace
    office: Office
    woken: asyncio.Event
    soon: Callable[[Coroutine[Any, Any, None]], None]

    async def challenge_wanted(self, body: _Body, channel: Channel) -> None:
        """Open a challenge's settings, or those to begin with."""
        user = str(body["user_id"])
        await self.office.check(channel, user)
        challenge = await self.ports.store.challenges.of(channel)
        if challenge is None:
            zone = await self.office.zone_of(user)
            settings = ChallengeSettings().changed({"zone": zone})
        else:
            settings = challenge.settings
        metadata = {"channel": channel.id, "name": channel.name}
        view = modals.challenge_modal(settings, self.ports.bank.categories(), metadata)
        await self._open(body, view)

    async def challenge_saved(self, ack: AsyncAck, body: _Body, view: _Body) -> None:
        """Save the settings, or show beside an input what is wrong with it."""
        metadata, texts = modals.metadata_of(view), modals.challenge_texts(view)
        channel = self.workspace.channel(metadata["channel"], metadata.get("name") or "")
        user = user_of(body)

        async def save() -> Intent:
            async with asyncio.timeout(_CHECK_SECONDS):
                await self.office.check(channel, user)
                await self.office.check_told(texts)
            await self.office.save(channel, texts, user)
            return await admin.show(self.ports, channel)

        place = Place(channel.id, user)
        await self._close(ack, save(), place, lambda said: modals.faulty_input(said, texts))

    async def appeal_wanted(self, body: _Body, action: _Body, _respond: AsyncRespond) -> None:
        """Ask a member why they disagree."""
        metadata = {"grading": int(action["value"]), **place_of(body)._asdict()}
        await self._open(body, modals.appeal_modal(metadata))

    async def appeal_made(self, ack: AsyncAck, body: _Body, view: _Body) -> None:
        """Put a grading before the moderators."""
        metadata, why = modals.metadata_of(view), modals.typed(view, "why")
        member = await self.workspace.member(user_of(body))
        appeal = appeals.appeal(self.ports, member, int(metadata["grading"]), why)
        await self._close(ack, appeal, _place_in(metadata, member.id), lambda _: "why")

    async def ruling_wanted(self, body: _Body, action: _Body, _respond: AsyncRespond) -> None:
        """Show a moderator the whole case; the button may be far from its channel."""
        appeal_id, channel_id = json.loads(action["value"])
        channel = self.workspace.channel(channel_id)
        await self.office.check(channel, user_of(body), present=False)
        case = await appeals.waiting_case(self.ports, channel, appeal_id)
        metadata = {"case": appeal_id, "of": channel_id, **place_of(body)._asdict()}
        await self._open(body, modals.ruling_modal(case, metadata))

    async def ruling_made(self, ack: AsyncAck, body: _Body, view: _Body) -> None:
        """Decide a case, by the rights in its own channel."""
        metadata, user = modals.metadata_of(view), user_of(body)
        channel = self.workspace.channel(metadata["of"])

        async def rule() -> Intent:
            ruling = parse_decision(modals.typed(view, "decision"), modals.typed(view, "reason"))
            async with asyncio.timeout(_CHECK_SECONDS):
                await self.office.check(channel, user, present=False)
            return await self.office.rule(channel, user, int(metadata["case"]), ruling)

        await self._close(ack, rule(), _place_in(metadata, user), lambda _: "decision")

    async def _open(self, body: _Body, view: Mapping[str, Any]) -> None:
        await self.workspace.strict.views_open(trigger_id=body["trigger_id"], view=dict(view))

    async def _close(
        self, ack: AsyncAck, work: Awaitable[Intent], place: Place, faulty: Callable[[str], str]
    ) -> None:
        """Do the work, close the modal and say how things are; or say in it what is wrong."""
        try:
            done = await work
        except UserError as error:
            sentence = str(error)
            await ack(response_action="errors", errors={faulty(sentence): sentence})
        except TimeoutError:
            await ack(response_action="errors", errors={faulty(TROUBLE): TROUBLE})
        else:
            await ack()
            self.woken.set()
            self.soon(tell(self.workspace, place, render(done)))


def user_of(body: _Body) -> str:
    """Who clicked or sent a modal."""
    return str(body["user"]["id"])


def channel_of(body: _Body) -> str:
    """The id of the channel that was clicked in; empty in App Home."""
    return str((body.get("channel") or {}).get("id") or "")


def place_of(body: _Body) -> Place:
    """Where a reply to a click belongs."""
    container = body.get("container") or {}
    thread = container.get("thread_ts") or (body.get("message") or {}).get("thread_ts")
    url = str(body.get("response_url") or "")
    return Place(channel_of(body), user_of(body), str(thread or ""), url)


def _place_in(metadata: _Body, user: str) -> Place:
    names = ("channel", "thread", "url")
    channel, thread, url = (str(metadata.get(name) or "") for name in names)
    return Place(channel, user, thread, url)
