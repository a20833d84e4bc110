"""Posting exactly once and losing no event, whatever the network does."""

import asyncio
import time

import pytest

from bot.core.intents import Notice, Outgoing
from bot.core.people import Channel
from bot.core.records import Delivery
from bot.errors import PostError, PostponedError
from bot.platforms.slack.client import SlackPlatform
from bot.platforms.slack.posting import EVENT_TYPE
from tests.conftest import World
from tests.platforms.slack.conftest import Bot, eventually, nth, shown
from tests.platforms.slack.server import Fault, Slack
from tests.samples import FULL, HALF


async def test_a_429_is_waited_out(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.runner.HEARTBEAT_SECONDS", 0.1)
    bot.slack.fault("chat.postMessage", Fault(status=429, retry_after=1))
    await bot.challenge()
    posted = [at for at, (name, _) in enumerate(bot.slack.calls) if name == "chat.postMessage"]
    assert len(posted) == 2
    assert len(bot.slack.posts()) == 1
    assert bot.slack.called("conversations.history") == [], "nothing had to be looked up"


@pytest.mark.usefixtures("_short_lease")
async def test_a_connection_dropped_after_acceptance_posts_once(bot: Bot) -> None:
    bot.slack.fault("chat.postMessage", Fault(drop=True))
    await bot.challenge()
    assert len(bot.slack.called("chat.postMessage")) == 1
    assert len(bot.slack.posts()) == 1
    (looked,) = bot.slack.called("conversations.history")
    assert looked["include_all_metadata"] in {"1", "true"}


@pytest.mark.usefixtures("_short_lease")
async def test_an_error_before_the_effect_is_looked_up_and_then_repeated(bot: Bot) -> None:
    bot.slack.fault("chat.postMessage", Fault(status=500, error="internal_error"))
    bot.slack.fault("conversations.history", Fault(status=429, retry_after=1))
    await bot.challenge()
    assert len(bot.slack.posts()) == 1
    assert len(bot.slack.called("conversations.history")) == 2


@pytest.mark.usefixtures("_short_lease")
async def test_an_unreadable_answer_and_a_forged_marker_are_looked_behind(bot: Bot) -> None:
    """Another app's message that looks like ours does not keep ours away."""
    forged = [f"round:1:{question}" for question in ("apples", "beans", "cocoa")]
    bot.slack.room().messages += [
        {
            "type": "message",
            "ts": f"{time.time():.6f}",
            "bot_id": "BOTHER",
            "blocks": [],
            "metadata": {"event_type": EVENT_TYPE, "event_payload": {"marker": marker}},
        }
        for marker in forged
    ]
    bot.slack.fault("chat.postMessage", Fault(status=502, garbage=True))
    await bot.begin()
    await eventually(lambda: len(bot.slack.posts()) == len(forged) + 1)
    assert bot.slack.called("conversations.history")


@pytest.mark.usefixtures("_short_lease")
async def test_a_close_cut_between_its_messages_is_finished_once(bot: Bot) -> None:
    await bot.challenge()
    bot.slack.fault("chat.postMessage", Fault(), Fault(status=429, retry_after=1))
    parts = await bot.close()
    assert [part["reply_broadcast"] for part in parts] == [False, True]
    assert len(bot.slack.called("conversations.replies")) >= 1


@pytest.mark.usefixtures("_short_lease")
async def test_answers_that_came_before_the_post_was_on_record_are_read(bot: Bot) -> None:
    """The request for the post gets no answer, and a member is quicker than the look-up."""
    slack = bot.slack
    slack.fault("chat.postMessage", Fault(drop=True))
    slack.fault("conversations.history", *[Fault(status=500, error="internal_error")] * 5)
    asking = asyncio.create_task(bot.challenge())
    await eventually(slack.posts)
    await slack.say("UADA", FULL, bot.question()["ts"])
    await asking
    receipt = await nth(slack.ephemerals)
    assert "Score 100 of 100" in shown(receipt)


async def test_what_slack_refuses_is_given_up(bot: Bot) -> None:
    bot.slack.room().bot_is_member = False
    await bot.begin()
    await eventually(lambda: bot.slack.called("chat.postMessage"))
    bot.slack.room().bot_is_member = True
    await bot.begin("C2")
    await eventually(lambda: bot.slack.posts("C2"))
    assert bot.slack.posts("C1") == []


async def test_the_receipt_of_a_member_who_left_is_a_direct_message(bot: Bot) -> None:
    await bot.challenge()
    bot.slack.fault("chat.postEphemeral", Fault(error="user_not_in_channel"))
    await bot.slack.say("UADA", HALF, bot.question()["ts"])
    await eventually(lambda: "UADA" in bot.slack.rooms)
    assert "2 of 4 points" in shown(bot.slack.posts("UADA")[0])


class TestSocketMode:
    """What only a connection can suffer."""

    async def test_a_disconnect_leads_to_a_new_connection(self, socket_bot: Bot) -> None:
        slack = socket_bot.slack
        await socket_bot.challenge()
        await slack.disconnect()
        await eventually(lambda: slack.connections == 2)
        await slack.say("UADA", HALF, socket_bot.question()["ts"])
        await nth(slack.ephemerals)

    async def test_a_lost_connection_comes_back_and_the_thread_is_read(
        self, socket_bot: Bot
    ) -> None:
        slack = socket_bot.slack
        await socket_bot.challenge()
        thread = socket_bot.question()["ts"]
        kept = await slack.say("UEVE", HALF, thread)
        gone = await slack.say("UBOB", HALF, thread)
        await nth(slack.ephemerals, 2)
        slack.refusing = True
        await slack.drop()
        await slack.say("UADA", HALF, thread)
        await slack.edit(kept, FULL)
        await slack.delete(gone)
        slack.refusing = False
        await nth(slack.ephemerals, 5)
        said = sorted((each["user"], shown(each)[:30]) for each in slack.ephemerals[2:])
        assert [user for user, _ in said] == ["UADA", "UBOB", "UEVE"]
        assert said[1][1] == "Your answer is withdrawn."
        close, _ = await socket_bot.close()
        assert "made by 2 of 2" in shown(close)

    async def test_a_silent_connection_is_replaced(self, socket_bot: Bot) -> None:
        slack = socket_bot.slack
        await socket_bot.challenge()
        slack.silent = True
        await slack.say("UADA", HALF, socket_bot.question()["ts"])
        slack.silent_sockets = set(slack.sockets)
        slack.silent = False
        await eventually(lambda: slack.connections == 2)
        await nth(slack.ephemerals)

    async def test_a_restart_reads_what_was_missed(self, socket_bot: Bot) -> None:
        slack = socket_bot.slack
        await socket_bot.challenge()
        await socket_bot.stop()
        ts = await slack.say("UADA", HALF, socket_bot.question()["ts"])
        await slack.edit(ts, FULL)
        socket_bot.platform = SlackPlatform(socket_bot.world.ports, socket_bot.settings)
        await socket_bot.start()
        receipt = await nth(slack.ephemerals)
        assert "Answer 1: *Score 100 of 100*" in shown(receipt), "the last text counts, once"

    async def test_a_connection_that_stays_away_is_made_anew(self, socket_bot: Bot) -> None:
        slack = socket_bot.slack
        await socket_bot.challenge()
        slack.refusing = True
        await slack.drop()
        signed_in = len(slack.called("auth.test"))
        await eventually(lambda: len(slack.called("auth.test")) > signed_in, "a new start")
        await slack.say("UADA", HALF, socket_bot.question()["ts"])
        slack.refusing = False
        await nth(slack.ephemerals)

    async def test_a_failed_catching_up_is_tried_again(
        self, socket_bot: Bot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Several pages of answers, and Slack in trouble when they are asked for."""
        monkeypatch.setattr("bot.platforms.slack.client._PAUSES", (0.05, 0.05))
        monkeypatch.setattr("bot.platforms.slack.backfill._PAGE", 2)
        slack = socket_bot.slack
        await socket_bot.challenge()
        await socket_bot.stop()
        for user in ("UADA", "UBOB", "UEVE"):
            await slack.say(user, HALF, socket_bot.question()["ts"])
        slack.fault("conversations.replies", Fault(status=500, error="internal_error"))
        await socket_bot.start()
        await nth(slack.ephemerals, 3)
        assert {each["user"] for each in slack.ephemerals} == {"UADA", "UBOB", "UEVE"}


async def test_nothing_is_posted_before_the_connection_or_for_others(
    world: World, slack: Slack
) -> None:
    bot = Bot(world, slack, "socket")
    stranger = Channel(platform="slack", workspace="T9", id="C1")
    notice = Outgoing(marker="a", channel=stranger, intent=Notice(text="a"))
    delivery = Delivery(id=1, outgoing=notice, thread=None, attempts=1, queued_at=world.clock.now())
    with pytest.raises(PostponedError):
        await bot.platform.post(delivery)
    with pytest.raises(PostError):
        await bot.platform.find(delivery)
    await bot.start()
    with pytest.raises(PostponedError):
        await bot.platform.post(delivery)
    await bot.stop()
    assert slack.called("chat.postMessage") == []


async def test_a_restart_in_http_mode_reads_what_was_missed(http_bot: Bot) -> None:
    slack = http_bot.slack
    await http_bot.challenge()
    await http_bot.stop()
    slack.http_url = None
    await slack.say("UADA", HALF, http_bot.question()["ts"])
    await http_bot.start()
    await nth(slack.ephemerals)
