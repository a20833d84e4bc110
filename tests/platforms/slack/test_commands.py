"""Commands, mentions, buttons, modals and App Home."""

import json
from typing import Any

from bot.core import admin
from bot.core.challenges import AnswerMode
from tests.conftest import World
from tests.platforms.slack.conftest import Bot, eventually, nth, shown
from tests.platforms.slack.server import Fault, Slack
from tests.samples import FULL, HALF


async def _reply(bot: Bot, user: str, command: str, text: str = "") -> str:
    """What a slash command shows to its user."""
    before = len(bot.slack.replies)
    await bot.slack.command(user, command, text)
    reply = await nth(bot.slack.replies, before + 1)
    assert (reply["user"], reply["response_type"]) == (user, "ephemeral")
    return shown(reply)


async def test_leaderboard_and_progress(bot: Bot) -> None:
    assert "This channel has no challenge yet" in await _reply(bot, "UADA", "/leaderboard")
    await bot.challenge()
    await bot.slack.say("UADA", FULL, bot.question()["ts"])
    await nth(bot.slack.ephemerals)
    assert "The open round has 1 answer" in await _reply(bot, "UADA", "/leaderboard")
    await bot.close()
    assert "1. *Ada* 100 points, 1 round" in await _reply(bot, "UBOB", "/leaderboard", "today")
    assert "There is no leaderboard 'decade'" in await _reply(bot, "UBOB", "/leaderboard", "decade")
    assert "Streak: 1 round, longest 1" in await _reply(bot, "UADA", "/progress")


async def test_a_quiz_with_hints_and_a_modal(bot: Bot) -> None:
    slack = bot.slack
    assert "About cocoa" in await _reply(bot, "UADA", "/quiz", "drink")
    question = slack.replies[-1]
    await slack.click("UADA", bot.button(question, "quiz_hint"))
    hinted = await nth(slack.replies, 2)
    assert hinted["replace_original"]
    assert "Think of lemon." in shown(hinted)
    assert "Think of melon." not in shown(hinted)
    await slack.click("UADA", bot.button(hinted, "quiz_answer"))
    view = await nth(slack.views)
    await slack.submit("UADA", view, {"answer": {"value": HALF}})
    receipt = await nth(slack.replies, 3)
    assert "Practice: *Score" in shown(receipt)
    assert "Salt comes from the sea." in shown(receipt)
    await slack.click("UADA", bot.button(hinted, "quiz_next"))
    assert "Quiz" in shown(await nth(slack.replies, 4))
    assert slack.posts() == [], "practice is private"
    await slack.click("UBOB", bot.button(hinted, "quiz_answer"))
    assert "belongs to somebody else" in shown(await nth(slack.replies, 5))


async def test_a_quiz_receipt_without_its_reply_address_finds_its_member(bot: Bot) -> None:
    slack = bot.slack
    await _reply(bot, "UADA", "/quiz")
    await slack.click("UADA", bot.button(slack.replies[-1], "quiz_answer"))
    view = await nth(slack.views)
    metadata = json.loads(view["private_metadata"]) | {"url": ""}
    view = {**view, "private_metadata": json.dumps(metadata)}
    await slack.submit("UADA", view, {"answer": {"value": HALF}})
    assert "Practice" in shown(await nth(slack.ephemerals))


MENTIONS = {
    "leaderboard": "Nobody is on the board",
    "help": "Answer in the thread",
    "result": "You have no answer in this round.",
    "withdraw": "You have no answer in an open round.",
    "progress": "Progress of Ada",
    "quiz senior": "no questions of that category and level",
    "quote off": "Your answers may not be shown at the close.",
    "quote": "Write quote on or quote off.",
    "forget me": "Everything that you wrote and scored is gone.",
    "forget": "Write forget me",
    "challenge show": "The challenge of this channel",
    "challenge dance": "There is no /challenge dance; there are show",
}


async def test_mentions_work_in_threads_and_are_no_answers(socket_bot: Bot) -> None:
    slack = socket_bot.slack
    await socket_bot.challenge()
    thread = socket_bot.question()["ts"]
    for number, (text, expected) in enumerate(MENTIONS.items(), start=1):
        await slack.say("UADA", f"<@UBOT> {text}", thread)
        mention = slack.delivered[-1]
        assert mention["payload"]["event"]["type"] == "app_mention"
        await slack.deliver(mention["kind"], mention["payload"], retry=1)
        reply = await nth(slack.ephemerals, number)
        assert (reply["user"], reply["thread_ts"]) == ("UADA", thread)
        assert expected in shown(reply)
    close, _ = await socket_bot.close()
    assert "Nobody answered this time." in shown(close)
    assert len(slack.ephemerals) == len(MENTIONS)


async def test_an_answer_is_withdrawn_by_its_button(socket_bot: Bot) -> None:
    slack = socket_bot.slack
    await socket_bot.challenge()
    await slack.say("UADA", FULL, socket_bot.question()["ts"])
    receipt = await nth(slack.ephemerals)
    await slack.click("UADA", socket_bot.button(receipt, "withdraw"))
    assert "Your answer is withdrawn." in shown(await nth(slack.ephemerals, 2))


async def test_old_buttons_say_what_is_the_matter(socket_bot: Bot) -> None:
    slack = socket_bot.slack
    await socket_bot.challenge()
    button = socket_bot.button(socket_bot.question(), "answer")
    await slack.click("UADA", {**button, "value": '[99, "apples"]'})
    assert "could not find the round" in shown(await nth(slack.replies))
    await slack.click("UADA", button, channel="C9")
    assert "could not find the round" in shown(await nth(slack.replies, 2))
    await slack.command("UADA", "/challenge", "skip")
    await eventually(lambda: len(slack.posts()) == 2)
    await slack.click("UADA", button)
    assert "was replaced meanwhile" in shown(await nth(slack.replies, 4))
    await admin.change(socket_bot.world.ports, socket_bot.where(), {"answers": "thread"}, "t")
    fresh = {**button, "value": socket_bot.button(socket_bot.question(), "answer")["value"]}
    await slack.click("UADA", fresh)
    assert "in the thread; post yours there" in shown(await nth(slack.replies, 5))
    await socket_bot.close()
    await slack.click("UADA", fresh)
    assert "This round is closed" in shown(await nth(slack.replies, 7))


class TestChallenge:
    """``/challenge``: who may, and what it does."""

    def _values(self, **changes: object) -> dict[str, Any]:
        return {
            "time": {"selected_time": "10:30"},
            "zone": {"selected_option": {"value": "Europe/Berlin"}},
            "weekdays": {"selected_options": [{"value": "mon"}, {"value": "fri"}]},
            "categories": {"selected_options": [{"value": "food"}]},
            "levels": {"selected_options": []},
            "answers": {"selected_option": {"value": "private"}},
            "length": {"value": "4h"},
            "holidays": {"value": None},
            "days-off": {"value": None},
            "grader": {"selected_option": {"value": "assist"}},
            "appeals": {"value": None},
            **changes,
        }

    async def test_a_modal_sets_it_up(self, bot: Bot) -> None:
        slack = bot.slack
        slack.person("UADA", "Ada", tz="Europe/Paris")
        await slack.command("UADA", "/challenge")
        view = await nth(slack.views)
        zone = next(block for block in view["blocks"] if block["block_id"] == "zone")
        assert zone["element"]["initial_option"]["value"] == "Europe/Paris"
        assert await slack.submit("UADA", view, self._values()) == {}
        told = await nth(slack.ephemerals)
        assert "zone: Europe/Berlin" in shown(told)
        challenge = await bot.world.store.challenges.of(bot.where())
        assert challenge is not None
        assert challenge.settings.answers is AnswerMode.PRIVATE
        assert challenge.settings.texts()["weekdays"] == "mon,fri"
        await slack.command("UADA", "/challenge")
        again = await nth(slack.views, 2)
        await slack.submit("UADA", again, self._values(length={"value": "90m"}))
        assert "length: 90m" in shown(await nth(slack.ephemerals, 2))

    async def test_what_is_wrong_is_said_beside_its_input(self, bot: Bot) -> None:
        slack = bot.slack
        await slack.command("UADA", "/challenge")
        view = await nth(slack.views)
        for change in (
            {"length": {"value": "long"}},
            {"holidays": {"value": "XYZ!"}},
            {"appeals": {"value": "CGONE"}},
        ):
            answer = await slack.submit("UADA", view, self._values(**change))
            assert answer["response_action"] == "errors"
            assert list(answer["errors"]) == list(change)
        assert await bot.world.store.challenges.of(bot.where()) is None

    async def test_admins_and_owners_may(self, socket_bot: Bot) -> None:
        for number, role in enumerate(["is_admin", "is_owner", "is_primary_owner"], start=1):
            socket_bot.slack.person("UBOB", "Bob", **{role: True})
            await socket_bot.slack.command("UBOB", "/challenge")
            await nth(socket_bot.slack.views, number)

    async def test_others_may_not_and_nothing_is_changed(self, socket_bot: Bot) -> None:
        slack = socket_bot.slack
        assert "Only workspace admins" in await _reply(socket_bot, "UBOB", "/challenge")
        assert "Only workspace admins" in await _reply(socket_bot, "UBOB", "/challenge", "create")
        await slack.command("UADA", "/challenge")
        view = await nth(slack.views)
        answer = await slack.submit("UBOB", view, self._values())
        assert "Only workspace admins" in str(answer["errors"])
        assert await socket_bot.world.store.challenges.of(socket_bot.where()) is None

    async def test_a_bot_that_is_not_there_says_how_to_invite_it(self, bot: Bot) -> None:
        bot.slack.room().bot_is_member = False
        assert "Type /invite" in await _reply(bot, "UADA", "/challenge")
        assert "Type /invite" in await _reply(bot, "UADA", "/challenge", "create")
        bot.slack.rooms.clear()
        await bot.slack.deliver(
            "slash_commands", {**bot.slack.delivered[-1]["payload"], "channel_id": "CGONE"}
        )
        assert "Type /invite" in shown(await nth(bot.slack.replies, 3))
        assert await bot.world.store.challenges.of(bot.where()) is None

    async def test_words_do_the_rest(self, socket_bot: Bot) -> None:
        bot = socket_bot
        assert "time: 08:00" in await _reply(bot, "UADA", "/challenge", "create time=08:00")
        assert "time: 10:00" in await _reply(bot, "UADA", "/challenge", "set time 10:00")
        assert "next round: paused" in await _reply(bot, "UADA", "/challenge", "pause")
        assert "next round: <!date^" in await _reply(bot, "UADA", "/challenge", "resume")
        assert "is on its way" in await _reply(bot, "UADA", "/challenge", "post-now")
        await eventually(bot.slack.posts)
        await bot.known()
        assert "open until: <!date^" in await _reply(bot, "UBOB", "/challenge", "show")
        assert "new question" in await _reply(bot, "UADA", "/challenge", "skip")
        await eventually(lambda: len(bot.slack.posts()) == 2)
        assert "A new question replaces the earlier one." in shown(bot.question())
        assert "is closed" in await _reply(bot, "UADA", "/challenge", "close-now")
        await eventually(lambda: len(bot.slack.posts()) == 4)
        assert "is removed" in await _reply(bot, "UADA", "/challenge", "remove")
        assert "no challenge yet" in await _reply(bot, "UADA", "/challenge", "show")

    async def test_trouble_at_slack_is_a_sentence(self, socket_bot: Bot) -> None:
        socket_bot.slack.fault("conversations.info", Fault(error="fatal_error"))
        assert "Something went wrong on my side" in await _reply(socket_bot, "UADA", "/challenge")


async def test_a_configured_user_group_may(world: World, slack: Slack) -> None:
    """What is no user group of this workspace, such as a Discord role, gives nobody a right."""
    bot = Bot(world, slack, "socket", admin_roles="1290380041,S1")
    slack.groups["S1"] = ["UBOB"]
    gone = Fault(error="no_such_subteam")
    slack.fault("usergroups.users.list", gone, Fault(), gone)
    await bot.start()
    assert "Only workspace admins" not in await _reply(bot, "UBOB", "/challenge", "create")
    assert "Only workspace admins" in await _reply(bot, "UEVE", "/challenge", "pause")
    await bot.stop()


async def test_a_reply_whose_address_has_expired_comes_another_way(socket_bot: Bot) -> None:
    slack = socket_bot.slack
    await _reply(socket_bot, "UADA", "/quiz")
    await slack.click("UADA", socket_bot.button(slack.replies[-1], "quiz_answer"))
    view = await nth(slack.views)
    slack.expired = True
    await slack.submit("UADA", view, {"answer": {"value": HALF}})
    receipt = await nth(slack.ephemerals)
    assert "thread_ts" not in receipt
    assert "Practice" in shown(receipt)


async def test_a_challenge_belongs_to_a_channel(socket_bot: Bot) -> None:
    socket_bot.slack.room("D1").is_im = True
    await socket_bot.slack.command("UADA", "/challenge", channel="D1")
    assert "belongs to a channel" in shown(await nth(socket_bot.slack.replies))


async def test_the_home_shows_a_members_own_record(bot: Bot) -> None:
    slack = bot.slack
    await bot.challenge()
    await slack.say("UADA", FULL, bot.question()["ts"])
    await nth(slack.ephemerals)
    await bot.close()
    await slack.open_home("UADA")
    await eventually(lambda: "UADA" in slack.homes)
    text = shown(slack.homes["UADA"])
    assert "Streak: 1 round, longest 1" in text
    assert "1. *Ada* 100 points" in text
    assert "Next round: <!date^" in text
    assert "may be shown" in text
    await slack.click("UADA", bot.button(slack.homes["UADA"], "quote"), channel="")
    await eventually(lambda: "may not be shown" in shown(slack.homes["UADA"]))
    await slack.click("UADA", bot.button(slack.homes["UADA"], "forget"), channel="")
    await eventually(lambda: "Nobody is on the board" in shown(slack.homes["UADA"]))
