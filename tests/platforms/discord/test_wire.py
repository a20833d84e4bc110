"""The real client against a Discord over real sockets: what members see."""

import logging

import pytest

from bot.core import admin, answers
from bot.core.people import Member
from bot.core.records import EventKind, Incoming
from bot.platforms.discord.examination import examine
from bot.platforms.discord.translate import to_channel
from tests.platforms.discord.conftest import Stage, texts
from tests.platforms.discord.parts import until
from tests.platforms.discord.server import TOKEN
from tests.platforms.discord.state import ADA, BOB, EVE, GENERAL, GUILD, MOD
from tests.samples import FULL, HALF


async def test_a_round_in_the_thread_and_by_button(stage: Stage) -> None:
    people, server = stage.people, stage.server
    async with stage.bot():
        await stage.start_round()
        assert "Where do flavours come from?" in texts(people.post)
        written = await people.say(ADA, HALF)
        assert "2 of 4 points are still missing" in await stage.receipt(ADA)
        assert server.state.reactions == [(int(written["id"]), "✅")]
        opened = await stage.answered(await people.press(BOB, people.post, "Answer"))
        handed_in = await people.submit(BOB, opened, FULL)
        await until(lambda: handed_in.original, "a receipt")
        assert "Score 100 of 100" in texts(handed_in.message)
        assert handed_in.callback == {"type": 5, "data": {"flags": 64}}
        assert "Score" not in "\n".join(map(texts, server.state.messages[people.thread]))
        shown = await stage.close()
    assert "Best answer, 100 of 100: Bob" in shown
    assert "Best answer, 73 of 100: Ada" in shown
    assert shown.index("**1.** Bob") < shown.index("**2.** Ada")
    assert server.state.channels[people.thread]["thread_metadata"]["archived"]


async def test_edits_regrade_and_deletions_withdraw(stage: Stage) -> None:
    people = stage.people
    async with stage.bot():
        await stage.start_round()
        first, second = await people.say(ADA, HALF), await people.say(BOB, FULL)
        await stage.receipt(ADA)
        await stage.receipt(BOB)
        await people.edit(first, FULL)
        assert "Answer 2: Score 100 of 100" in await stage.receipt(ADA, 2)
        await people.delete(second)
        assert "Your answer is withdrawn." in await stage.receipt(BOB, 2)
        shown = await stage.close()
    assert "made by 1 of 1" in shown
    assert "Bob" not in shown


async def test_a_mark_follows_the_edit(stage: Stage) -> None:
    people, server = stage.people, stage.server
    async with stage.bot():
        await stage.start_round()
        written = await people.say(ADA, "...")
        assert "That answer is empty" in await stage.receipt(ADA)
        assert server.state.reactions == [(int(written["id"]), "⚠️")]
        await people.edit(written, HALF)
        await stage.receipt(ADA, 2)
        assert server.state.reactions == [(int(written["id"]), "✅")]


async def test_many_messages_deleted_at_once_withdraw_their_answers(stage: Stage) -> None:
    people = stage.people
    async with stage.bot():
        await stage.start_round()
        written = [await people.say(who, HALF) for who in (ADA, BOB)]
        await stage.receipt(ADA)
        await stage.receipt(BOB)
        await people.delete_all(written)
        await stage.receipt(ADA, 2)
        await stage.receipt(BOB, 2)
        assert "Nobody answered this time." in await stage.close()


async def test_the_role_of_the_challenge_is_pinged_by_the_question_only(stage: Stage) -> None:
    people, server = stage.people, stage.server
    async with stage.bot():
        await stage.post_now()
        await stage.stored()
        where = to_channel(str(GUILD), GENERAL)
        await admin.change(stage.ports, where, {"ping": "555"}, "test")
        await people.command(MOD, "challenge skip")
        said = server.state.messages[GENERAL]
        await until(lambda: len(said) == 2, "another question")
        assert said[1]["mention_roles"] == ["555"]
        await admin.change(stage.ports, where, {"ping": str(GUILD)}, "test")
        await people.command(MOD, "challenge skip")
        await until(lambda: len(said) == 3, "another question")
        assert said[2]["content"] == "", "the role with the server's id is everyone"
        old = server.state.channels[int(said[1]["id"])]["thread_metadata"]
        await until(lambda: old["locked"], "the end of the replaced question")


async def test_leaderboards_have_pages(stage: Stage) -> None:
    people = stage.people
    async with stage.bot():
        await stage.start_round()
        where = to_channel(str(GUILD), GENERAL)
        (thread,) = await stage.ports.store.rounds.open_threads("discord")
        for number in range(12):
            member = Member(
                platform="discord", workspace=str(GUILD), id=str(900 + number), name="M"
            )
            await answers.receive(
                stage.ports,
                Incoming(
                    kind=EventKind.ANSWER,
                    channel=where,
                    member=member,
                    message_id=f"m{number}",
                    sent_at=stage.clock.now(),
                    text=FULL,
                    round_id=thread.round.id,
                ),
            )
        await answers.work_off(stage.ports)
        await stage.close()
        shown = await stage.answered(await people.command(ADA, "leaderboard", period="all"))
        assert "flags" not in shown.message or not shown.message["flags"]
        assert shown.message["embeds"][0]["footer"]["text"] == "1 to 10 of 12"
        turned = await stage.answered(await people.press(ADA, shown.message, "Next ▶"))
        assert turned.callback is not None
        assert turned.callback["type"] == 7
        assert turned.message["embeds"][0]["footer"]["text"] == "11 to 12 of 12"
        closing = stage.server.state.messages[people.thread][-1]
        own = await stage.answered(await people.press(ADA, closing, "Leaderboard"))
        assert own.message["flags"] == 64


async def test_options_are_offered_while_they_are_typed(stage: Stage) -> None:
    people = stage.people
    async with stage.bot():
        offered = await stage.answered(
            await people.complete(MOD, "challenge setup", "zone", "berl")
        )
        assert offered.choices == ["Europe/Berlin"]
        several = await people.complete(MOD, "challenge setup", "categories", "food,dr")
        assert (await stage.answered(several)).choices == ["food,drink"]
        levels = await people.complete(MOD, "challenge setup", "levels", "")
        assert (await stage.answered(levels)).choices == ["junior", "mid", "senior"]
        topics = await people.complete(ADA, "quiz", "category", "o")
        assert (await stage.answered(topics)).choices == ["food"]


async def test_only_the_configured_role_is_pinged(stage: Stage) -> None:
    people, server = stage.people, stage.server
    async with stage.bot():
        await stage.start_round()
        await people.say(ADA, f"@everyone <@&{GUILD}> <@{MOD}> {FULL}")
        await stage.receipt(ADA)
        await stage.close()
    own = [each for place in server.state.messages.values() for each in place]
    assert not [each for each in own if each["mention_everyone"] or each["mention_roles"]]


async def test_a_member_without_direct_messages_uses_the_button(stage: Stage) -> None:
    people, server = stage.people, stage.server
    server.state.closed_inboxes.add(ADA)
    async with stage.bot():
        await stage.start_round()
        await people.say(ADA, HALF)
        await until(lambda: server.state.reactions, "a reaction")
        pressed = await stage.answered(await people.press(ADA, people.post, "My result"))
        assert "2 of 4 points are still missing" in texts(pressed.message)
        assert pressed.message["flags"] == 64
        await people.say(ADA, "...")
        said = server.state.messages[people.thread]
        await until(lambda: len(said) == 3, "a sentence in the thread")
        assert "That answer is empty" in texts(said[-1])


async def test_buttons_in_a_direct_message_show_the_full_receipt_later(stage: Stage) -> None:
    people, server = stage.people, stage.server
    async with stage.bot():
        await stage.start_round()
        await people.say(ADA, HALF)
        await stage.receipt(ADA)
        await stage.close()
        inbox = int(server.state.direct(ADA)["id"])
        message = server.state.messages[inbox][0]
        again = await stage.answered(await people.press(ADA, message, "Show again", inbox))
        assert "Missing: Salt comes from the sea." in texts(again.message)
        await people.command(MOD, "challenge show")


async def test_practice(stage: Stage) -> None:
    people = stage.people
    async with stage.bot():
        asked = await stage.answered(await people.command(EVE, "quiz", category="drink"))
        assert "About cocoa" in texts(asked.message)
        hinted = await stage.answered(await people.press(EVE, asked.message, "Hint"))
        assert "Think of lemon." in texts(hinted.message)
        opened = await stage.answered(await people.press(EVE, hinted.message, "Answer"))
        handed_in = await people.submit(EVE, opened, HALF)
        await until(lambda: handed_in.original, "a receipt")
        shown = texts(handed_in.message)
        for piece in ("Practice: Score", "Missing: Salt", "Fruit, sea and shrubs.", "And honey?"):
            assert piece in shown
        other = await stage.answered(await people.press(EVE, handed_in.message, "Next"))
        assert "About cocoa" in texts(other.message), "the wish for drinks is kept"
        stranger = await stage.answered(await people.press(ADA, asked.message, "Hint"))
        assert "belongs to somebody else" in texts(stranger.message)


async def test_buttons_and_open_forms_outlive_a_restart(stage: Stage) -> None:
    people = stage.people
    async with stage.bot():
        await stage.start_round()
        opened = await stage.answered(await people.press(ADA, people.post, "Answer"))
    async with stage.bot():
        handed_in = await people.submit(ADA, opened, HALF)
        await until(lambda: handed_in.original, "a receipt")
        again = await stage.answered(await people.press(BOB, people.post, "Answer"))
        assert again.callback is not None
        assert again.callback["type"] == 9


async def test_commands_are_synced_only_when_they_changed(stage: Stage) -> None:
    def synced() -> int:
        return len([call for call in stage.server.calls if call.method == "PUT"])

    async with stage.bot():
        assert synced() == 1
    async with stage.bot():
        assert synced() == 1
    stage.server.state.commands[0]["description"] = "something older"
    async with stage.bot():
        assert synced() == 2
    assert {each["name"] for each in stage.server.state.commands} == {
        "challenge",
        "quiz",
        "leaderboard",
        "progress",
        "quote",
        "forget-me",
    }


async def test_what_the_bot_lacks_is_named_before_anything_is_saved(stage: Stage) -> None:
    people = stage.people
    async with stage.bot():
        people.app_permissions = str(1 << 10 | 1 << 11)
        made = await stage.answered(await people.command(MOD, "challenge setup"))
        assert "Create Public Threads" in texts(made.message)
        assert "nothing is changed yet" in texts(made.message)
        people.app_permissions = str((1 << 53) - 1)
        shown = await stage.answered(await people.command(MOD, "challenge show"))
        assert "This channel has no challenge yet" in texts(shown.message)


async def test_others_are_turned_away_privately(stage: Stage) -> None:
    async with stage.bot():
        made = await stage.answered(await stage.people.command(ADA, "challenge setup"))
        assert "Only members who may manage this channel" in texts(made.message)
        assert made.message["flags"] == 64
    assert stage.server.state.messages[GENERAL] == []


async def test_the_token_is_never_logged(
    stage: Stage, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        async with stage.bot():
            await stage.start_round()
        assert "can log in" in await examine(TOKEN, reads=True)
    written = "".join(capsys.readouterr()) + caplog.text
    assert TOKEN not in written
