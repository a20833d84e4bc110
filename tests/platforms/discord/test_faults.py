"""The real client against a Discord over real sockets: what goes wrong on the way."""

import asyncio

import pytest

from bot.core import outbox
from bot.errors import ConfigError, UnreachableError
from bot.platforms.discord import client, render
from bot.platforms.discord.desk import Desk
from bot.platforms.discord.examination import examine
from bot.platforms.discord.platform import Discord
from bot.platforms.discord.translate import to_channel
from tests.platforms.discord.conftest import Stage, texts
from tests.platforms.discord.parts import until
from tests.platforms.discord.server import TOKEN
from tests.platforms.discord.state import ADA, BOB, GENERAL, GUILD, MOD
from tests.samples import FULL, HALF

REVOKED = "revoked"
POSTS = r"/api/channels/101/messages$"
THREADS = r"/threads$"


async def test_a_429_with_via_is_waited_for(stage: Stage) -> None:
    body = {"message": "slow down", "retry_after": 0.05, "global": False}
    fault = stage.server.fail("POST", POSTS, 429, body=body, headers={"Via": "1.1 google"})
    async with stage.bot():
        await stage.start_round()
    assert fault.times == 0
    assert len(stage.server.state.messages[GENERAL]) == 1


async def test_a_429_without_via_is_tried_again_later(stage: Stage) -> None:
    fault = stage.server.fail("POST", POSTS, 429, headers={"Retry-After": "0.1"})
    async with stage.bot():
        await stage.start_round()
    assert fault.times == 0
    assert len(stage.server.state.messages[GENERAL]) == 1


async def test_an_error_after_the_effect_makes_one_post(stage: Stage) -> None:
    stage.server.fail("POST", POSTS, 502, after_effect=True)
    async with stage.bot():
        await stage.start_round()
    posts = [call for call in stage.server.calls if call.path == "/channels/101/messages"]
    assert len(posts) == 2
    assert posts[0].body["nonce"] == posts[1].body["nonce"]
    assert len(stage.server.state.messages[GENERAL]) == 1


@pytest.mark.parametrize("path", [POSTS, THREADS])
async def test_a_line_that_breaks_after_the_effect_makes_one_post(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """Long after the nonce is forgotten, the post is told by its button."""
    monkeypatch.setattr(outbox, "LEASE_SECONDS", 0.3)
    server, people = stage.server, stage.people
    fault = server.fail("POST", path, 200, after_effect=True, drop=True)
    async with stage.bot():
        await stage.post_now()
        await until(lambda: fault.times == 0, "the broken line")
        server.state.nonces.clear()
        if path == THREADS:
            await people.say(ADA, HALF)
        await stage.stored()
        if path == POSTS:
            await people.say(ADA, HALF)
        assert "Score 73 of 100" in await stage.receipt(ADA)
    assert len(server.state.messages[GENERAL]) == 1
    assert (
        len([channel for channel in server.state.channels.values() if channel["type"] == 11]) == 1
    )


async def test_a_long_closing_goes_on_where_it_stopped(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three members write as much as they may: the closing takes several messages."""
    monkeypatch.setattr(outbox, "LEASE_SECONDS", 0.3)
    monkeypatch.setattr(render, "_BEST", 4000)
    people, server = stage.people, stage.server
    async with stage.bot():
        await stage.start_round()
        for who in (ADA, BOB, MOD):
            await people.say(who, f"{FULL} " * 30)
            await stage.receipt(who)
        first = server.fail("POST", rf"/channels/{people.thread}/messages$", 200)
        first.after_effect = first.drop = True
        await people.command(MOD, "challenge close-now")
        await until(lambda: first.times == 0, "the broken line")
        server.state.nonces.clear()
        thread = server.state.channels[people.thread]["thread_metadata"]
        await until(lambda: thread["locked"], "the end of the round")
    own = [each for each in server.state.messages[people.thread] if each["author"]["bot"]]
    assert len(own) > 1
    titles = [embed["title"] for each in own for embed in each["embeds"]]
    assert len(titles) == len(set(titles))
    assert [bool(each["components"]) for each in own] == [False] * (len(own) - 1) + [True]


async def test_a_thread_that_is_gone_or_hidden_does_not_stop_the_others(stage: Stage) -> None:
    people, server = stage.people, stage.server
    async with stage.bot():
        await stage.start_round()
        first = people.thread
        await people.command(MOD, "challenge skip")
        await stage.stored(2)
    await people.say(ADA, HALF)
    server.state.channels.pop(first)
    async with stage.bot():
        assert "Score 73" in await stage.receipt(ADA)


async def test_an_outage_while_threads_are_fetched_is_waited_out(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "_TRY_AGAIN_SECONDS", 0.05)
    people, server = stage.people, stage.server
    async with stage.bot():
        await stage.start_round()
    await people.say(ADA, HALF)
    server.fail("GET", rf"/channels/{people.thread}/messages$", 503, times=2)
    async with stage.bot():
        assert "Score 73" in await stage.receipt(ADA)


async def test_what_a_lost_session_missed_is_fetched(stage: Stage) -> None:
    people, server = stage.people, stage.server
    async with stage.bot():
        await stage.start_round()
        kept, dropped = await people.say(ADA, HALF), await people.say(BOB, HALF)
        await stage.receipt(ADA)
        await stage.receipt(BOB)
        server.deaf = True
        await people.edit(kept, FULL)
        await people.delete(dropped)
        await people.say(MOD, FULL)
        server.deaf = False
        await server.end_session()
        assert "Answer 1: Score 100" in await stage.receipt(MOD)
        assert "Answer 2: Score 100" in await stage.receipt(ADA, 2)
        assert "withdrawn" in await stage.receipt(BOB, 2)
        assert "made by 2 of 2" in await stage.close()
    assert len(server.identifies) == 2


async def test_a_broken_line_is_resumed_and_nothing_is_fetched(stage: Stage) -> None:
    people, server = stage.people, stage.server
    async with stage.bot():
        await stage.start_round()
        await server.cut()
        await people.say(ADA, HALF)
        assert "Score 73" in await stage.receipt(ADA)
    assert len(server.identifies) == 1
    assert server.resumes == 1


async def test_a_round_that_ended_meanwhile_counts_what_was_in_time(stage: Stage) -> None:
    """The bot is away at the close; it fetches first and closes then."""
    people, server = stage.people, stage.server
    async with stage.bot():
        await stage.start_round()
    await people.say(ADA, FULL)
    stage.clock.ahead = 9 * 3600
    async with stage.bot():
        thread = server.state.channels[people.thread]["thread_metadata"]
        await until(lambda: thread["locked"], "the end of the round")
    own = [texts(each) for each in server.state.messages[people.thread] if each["author"]["bot"]]
    assert "Best answer, 100 of 100: Ada" in "\n".join(own)


async def test_an_expired_form_still_counts(stage: Stage) -> None:
    people, server = stage.people, stage.server
    async with stage.bot():
        await stage.start_round()
        opened = await stage.answered(await people.press(ADA, people.post, "Answer"))
        server.fail("POST", "/callback$", 404, body={"code": 10062, "message": "Unknown"})
        await people.submit(ADA, opened, HALF)
        assert "Score 73" in await stage.receipt(ADA), "it comes as a direct message instead"


async def test_a_form_that_discord_tells_twice_counts_once(stage: Stage) -> None:
    people, server = stage.people, stage.server
    async with stage.bot():
        await stage.start_round()
        opened = await stage.answered(await people.press(ADA, people.post, "Answer"))
        handed_in = await people.submit(ADA, opened, HALF)
        again = server.events[-1]
        assert again["t"] == "INTERACTION_CREATE"
        await until(lambda: handed_in.original, "a receipt")
        await server.dispatch("INTERACTION_CREATE", again["d"])
        assert "made by 1 of 1" in await stage.close()


async def test_a_closed_thread_is_opened_for_the_end(stage: Stage) -> None:
    people, server = stage.people, stage.server
    async with stage.bot():
        await stage.start_round()
        server.state.channels[people.thread]["thread_metadata"].update(archived=True, locked=True)
        await people.command(MOD, "challenge close-now")
        said = server.state.messages[people.thread]
        await until(lambda: said, "the closing")
        thread = server.state.channels[people.thread]["thread_metadata"]
        await until(lambda: thread["locked"], "the lock")


async def test_without_its_thread_the_end_is_told_in_the_channel(stage: Stage) -> None:
    people, server = stage.people, stage.server
    async with stage.bot():
        await stage.start_round()
        thread = server.state.channels.pop(people.thread)
        await server.dispatch("THREAD_DELETE", thread)
        await people.command(MOD, "challenge close-now")
        said = server.state.messages[GENERAL]
        await until(lambda: len(said) == 2, "the closing")
        assert "Model answer" in texts(said[1])


async def test_a_permission_that_is_missing_is_said(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    body = {"code": 50013, "message": "Missing Permissions"}
    stage.server.fail("POST", POSTS, 403, body=body)
    async with stage.bot():
        await stage.post_now()
        await until(lambda: "I lack a permission in the channel" in capsys.readouterr().out, "it")


async def test_a_permission_that_was_taken_away_is_named_at_the_start_and_by_the_doctor(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    general = stage.server.state.channels[GENERAL]
    async with stage.bot():
        await stage.start_round()
    deny = str(1 << 34 | 1 << 6)
    general["permission_overwrites"] = [{"id": str(GUILD), "type": 0, "allow": "0", "deny": deny}]
    said = "In #general of Team I still need Manage Threads, Add Reactions. Add them to my role"
    async with stage.bot():
        await until(lambda: said in capsys.readouterr().out, "the sentence")
    where = to_channel(str(GUILD), GENERAL)
    with pytest.raises(ConfigError, match=said):
        await examine(TOKEN, reads=True, channels=[where])
    gone = where.model_copy(update={"id": "777"})
    with pytest.raises(ConfigError, match="I cannot see channel 777 of server 100: invite me"):
        await examine(TOKEN, reads=True, channels=[gone])
    general["permission_overwrites"] = []
    assert "can log in" in await examine(TOKEN, reads=True, channels=[where])


async def test_without_threads_the_question_still_stands(stage: Stage) -> None:
    body = {"code": 50013, "message": "Missing Permissions"}
    stage.server.fail("POST", THREADS, 403, body=body)
    async with stage.bot():
        await stage.post_now()
        await stage.stored()
        opened = await stage.people.press(ADA, stage.people.post, "Answer")
        handed_in = await stage.people.submit(ADA, await stage.answered(opened), HALF)
        await until(lambda: handed_in.original, "a receipt")


async def test_without_message_content_answers_come_by_button(stage: Stage) -> None:
    people, server = stage.people, stage.server
    server.content_allowed = False
    async with stage.bot():
        await stage.start_round(answers="thread")
        assert "Press **Answer**" in texts(people.post)
        await people.say(ADA, "")
        opened = await stage.answered(await people.press(BOB, people.post, "Answer"))
        handed_in = await people.submit(BOB, opened, FULL)
        await until(lambda: handed_in.original, "a receipt")
        assert "Score 100" in texts(handed_in.message)
        shown = await stage.answered(await people.command(MOD, "challenge show"))
        assert "switch on Message Content Intent" in texts(shown.message)
        assert "made by 1 of 1" in await stage.close()
    with pytest.raises(ConfigError, match="Message Content Intent"):
        await examine(TOKEN, reads=True)
    assert "by button only" in await examine(TOKEN, reads=False)


async def test_a_refused_token_is_one_sentence(stage: Stage) -> None:
    with pytest.raises(ConfigError, match="Discord refuses DISCORD_TOKEN"):
        async with stage.bot(token=REVOKED):
            pass
    with pytest.raises(ConfigError, match="Discord refuses DISCORD_TOKEN"):
        await examine(REVOKED, reads=True)


async def test_a_token_that_is_revoked_while_running_ends_the_program(stage: Stage) -> None:
    async with stage.bot():
        stage.server.token = REVOKED
        await stage.server.end_session()
        with pytest.raises(ConfigError, match="Discord refuses DISCORD_TOKEN"):
            await asyncio.wait_for(stage.task, 15)


async def test_an_unreachable_discord_is_one_sentence(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("discord.http.Route.BASE", "http://127.0.0.1:9/api")
    with pytest.raises(UnreachableError, match="Discord does not answer at http://127"):
        await Discord(Desk(stage.ports), TOKEN).run()
    with pytest.raises(ConfigError, match="Check the network"):
        await examine(TOKEN, reads=True)


async def test_an_event_that_the_sdk_cannot_read_does_not_end_the_bot(stage: Stage) -> None:
    people, server = stage.people, stage.server
    async with stage.bot():
        await stage.start_round()
        await server.dispatch("MESSAGE_UPDATE", {"id": "1", "channel_id": str(people.thread)})
        await until(lambda: len(server.identifies) == 2, "a new connection")
        await people.say(ADA, HALF)
        assert "Score 73" in await stage.receipt(ADA)
