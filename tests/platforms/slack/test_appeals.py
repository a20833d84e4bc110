"""An appeal from its button to the ruling's receipt, over the wire; and who may not."""

import json

import pytest

from bot.core import admin
from tests.platforms.slack.conftest import Bot, eventually, nth, shown
from tests.platforms.slack.server import Fault, Json
from tests.samples import HALF, WRONG


class Court:
    """Ada owns the channel and rules; Bob has half an answer and disagrees."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.slack = bot.slack

    async def receipt(self, **texts: str) -> Json:
        await self.bot.challenge(**texts)
        await self.slack.say("UBOB", f"{HALF} {WRONG}", self.bot.question()["ts"])
        return await nth(self.slack.ephemerals)

    async def appeal(self, receipt: Json, why: str = "", user: str = "UBOB") -> Json:
        """Press the button and send the modal; what Slack gets back."""
        opened = len(self.slack.views)
        await self.slack.click(user, self.bot.button(receipt, "disagree"), message=receipt)
        view = await nth(self.slack.views, opened + 1)
        return await self.slack.submit(user, view, {"why": {"value": why}})

    async def queue(self, user: str = "UADA") -> Json:
        before = len(self.slack.replies)
        await self.slack.command(user, "/challenge", "appeals")
        return await nth(self.slack.replies, before + 1)

    async def open(self, message: Json, user: str = "UADA", channel: str = "C1") -> Json:
        opened = len(self.slack.views)
        await self.slack.click(user, self.bot.button(message, "rule"), channel, message)
        return await nth(self.slack.views, opened + 1)

    async def rule(self, view: Json, decision: str, reason: str, user: str = "UADA") -> Json:
        values = {"decision": {"value": decision}, "reason": {"value": reason}}
        return await self.slack.submit(user, view, values)


async def test_from_the_button_to_the_rulings_receipt(bot: Bot) -> None:
    court, slack = Court(bot), bot.slack
    receipt = await court.receipt()
    assert await court.appeal(receipt, "I said <!channel> & salt.") == {}
    told = await nth(slack.ephemerals, 2)
    assert (told["user"], told["thread_ts"]) == ("UBOB", receipt["thread_ts"])
    assert "Your appeal is with the moderators" in shown(told)
    queue = await court.queue()
    text = shown(queue)
    assert queue["response_type"] == "ephemeral"
    assert "*Appeal 1: About" in text
    assert "Where do flavours come from?" in text
    assert f"*Answer:* {HALF}" in text
    assert "Why: I said &lt;!channel&gt; &amp; salt." in text
    assert '`met` lemon: A lemon tastes sour.\n> "lemon tastes sour"' in text
    assert "`unmet` salt: Salt comes from the sea." in text
    assert ':x: sugar: "Sugar comes from the sea"' in text
    assert "UBOB" not in text
    assert "*Bob*" not in text
    view = await court.open(queue)
    assert f"*Answer:* {HALF}" in shown(view)
    for decision, sentence in (("perhaps", "Write keep, or"), ("garlic=met", "no point 'garlic'")):
        answer = await court.rule(view, decision, "Because.")
        assert sentence in answer["errors"]["decision"]
    assert await court.rule(view, "salt=met, sugar=unmet", "Read it <@UBOB> again.") == {}
    second = await eventually(lambda: [each for each in slack.ephemerals if "final" in shown(each)])
    assert (second[0]["user"], second[0]["thread_ts"]) == ("UBOB", receipt["thread_ts"])
    assert "Salt comes from the sea. (by a moderator)" in shown(second[0])
    assert "that is final: Read it &lt;@UBOB&gt; again." in shown(second[0])
    assert "disagree" not in str(second[0]["blocks"])
    assert "Case 1 is decided" in shown(await nth(slack.replies, 2))
    assert "a ruling is final" in (await court.appeal(receipt))["errors"]["why"]
    assert "No answer waits" in shown(await court.queue())
    await slack.click("UADA", bot.button(queue, "rule"), message=queue)
    assert "No case 1 waits here" in shown(await nth(slack.replies, 4))


async def test_buttons_and_modals_outlive_the_process(socket_bot: Bot) -> None:
    court, slack = Court(socket_bot), socket_bot.slack
    receipt = await court.receipt()
    await slack.click("UBOB", socket_bot.button(receipt, "disagree"), message=receipt)
    view = await nth(slack.views)
    await socket_bot.stop()
    await socket_bot.start()
    assert await slack.submit("UBOB", view, {"why": {"value": "Salt."}}) == {}
    queue = await court.queue()
    await socket_bot.stop()
    await socket_bot.start()
    case = await court.open(queue)
    await socket_bot.stop()
    await socket_bot.start()
    assert await court.rule(case, "score=80", "Well said.") == {}
    second = await eventually(lambda: [each for each in slack.ephemerals if "final" in shown(each)])
    assert "Score 80 of 100" in shown(second[0])
    assert second[0]["thread_ts"] == receipt["thread_ts"]


async def test_only_moderators_see_and_decide(socket_bot: Bot) -> None:
    court, slack = Court(socket_bot), socket_bot.slack
    receipt = await court.receipt()
    stolen = await court.appeal(receipt, user="UEVE")
    assert "could not find that grading of yours" in stolen["errors"]["why"]
    await court.appeal(receipt)
    assert "Only workspace admins" in shown(await court.queue("UBOB"))
    queue = await court.queue()
    await slack.click("UBOB", socket_bot.button(queue, "rule"), message=queue)
    assert "Only workspace admins" in shown(await nth(slack.replies, 3))
    view = await court.open(queue)
    answer = await court.rule(view, "score=100", "For me.", user="UBOB")
    assert "Only workspace admins" in answer["errors"]["decision"]
    await slack.command("UBOB", "/challenge", "rule 1 score=100 For me.")
    assert "Only workspace admins" in shown(await nth(slack.replies, 4))
    assert "1 answer waits" in (await court.queue())["text"]


async def test_moderators_are_told_where_they_want_it_and_rule_from_there(socket_bot: Bot) -> None:
    """What counts are the rights in the case's channel: there Eve has none, here she has all."""
    court, slack = Court(socket_bot), socket_bot.slack
    slack.room("CMODS").creator = "UEVE"
    receipt = await court.receipt()
    await slack.command("UADA", "/challenge", "set appeals <#CMODS|mods>")
    assert "appeals: CMODS" in shown(await nth(slack.replies))
    await court.appeal(receipt)
    (told,) = await eventually(lambda: slack.posts("CMODS"))
    assert "*Appeal 1: About" in shown(told)
    await slack.click("UEVE", socket_bot.button(told, "rule"), "CMODS", told)
    assert "Only workspace admins" in shown(await nth(slack.replies, 2))
    view = await court.open(told, channel="CMODS")
    await court.rule(view, "keep", "It is right.")
    assert "Case 1 is decided" in shown(await nth(slack.replies, 3))
    second = await eventually(lambda: [each for each in slack.ephemerals if "final" in shown(each)])
    assert second[0]["channel"] == "C1"


@pytest.mark.usefixtures("_short_lease")
async def test_moderators_may_be_told_in_a_direct_message(socket_bot: Bot) -> None:
    court, slack = Court(socket_bot), socket_bot.slack
    receipt = await court.receipt(appeals="UADA")
    slack.fault("chat.postMessage", Fault(error="internal_error"))
    await court.appeal(receipt)
    (told,) = await eventually(lambda: slack.rooms.get("UADA") and slack.posts("UADA")) or []
    await court.rule(await court.open(told, channel="D1"), "score=60", "Fine.")
    assert await eventually(lambda: [each for each in slack.ephemerals if "final" in shown(each)])


async def test_a_place_that_the_bot_cannot_reach_is_refused(socket_bot: Bot) -> None:
    court, slack = Court(socket_bot), socket_bot.slack
    await court.receipt()
    slack.room("CMODS").bot_is_member = False
    for number, place in enumerate(("<#CMODS|mods>", "<@UGONE>", "#mods"), start=1):
        await slack.command("UADA", "/challenge", f"appeals {place}")
        assert "I cannot post there" in shown(await nth(slack.replies, number))
    for number, place in enumerate(("<@UEVE|eve>", "none"), start=4):
        await slack.command("UADA", "/challenge", f"set appeals {place}")
        assert "appeals: " in shown(await nth(slack.replies, number))


async def test_a_deleted_or_changed_answer_leaves_no_case(socket_bot: Bot) -> None:
    court, slack = Court(socket_bot), socket_bot.slack
    receipt = await court.receipt()
    await court.appeal(receipt)
    queue = await court.queue()
    view = await court.open(queue)
    answer = next(each for each in slack.rooms["C1"].messages if HALF in each["text"])
    socket_bot.world.clock.advance(minutes=1)
    await slack.edit(answer["ts"], HALF)
    fresh = await nth(slack.ephemerals, 3)
    assert "Answer 2" in shown(fresh)
    assert "No case 1 waits here" in (await court.rule(view, "keep", "No."))["errors"]["decision"]
    assert "appeal by its newest receipt" in (await court.appeal(receipt))["errors"]["why"]
    assert await court.appeal(fresh) == {}
    assert "1 answer waits" in (await court.queue())["text"]
    await slack.delete(answer["ts"])
    await eventually(lambda: "withdrawn" in shown(slack.ephemerals[-1]))
    assert "No answer waits" in shown(await court.queue())
    assert "could not find" in (await court.appeal(fresh))["errors"]["why"]


async def test_a_private_answer_is_appealed_privately(socket_bot: Bot) -> None:
    court, slack = Court(socket_bot), socket_bot.slack
    await socket_bot.challenge(answers="private")
    await slack.click("UBOB", socket_bot.button(socket_bot.question(), "answer"))
    await slack.submit("UBOB", await nth(slack.views), {"answer": {"value": HALF}})
    receipt = await nth(slack.replies)
    await court.appeal(receipt)
    assert "with the moderators" in shown(await nth(slack.replies, 2))
    await slack.command("UADA", "/challenge", "rule 1 keep It is right.")
    found = await eventually(lambda: [each for each in slack.replies if "final" in shown(each)])
    assert found[0]["user"] == "UBOB"


async def test_a_case_of_another_workspace_is_not_here(socket_bot: Bot) -> None:
    """A button's value is ours, and still leads nowhere outside of its workspace."""
    court, slack = Court(socket_bot), socket_bot.slack
    await court.appeal(await court.receipt())
    elsewhere = socket_bot.where().model_copy(update={"workspace": "T2"})
    await admin.create(socket_bot.world.ports, elsewhere, {}, "t")
    queue = await court.queue()
    button = {**socket_bot.button(queue, "rule"), "value": json.dumps([1, "C2"])}
    slack.room("C2")
    await slack.click("UADA", button, message=queue)
    assert "No case 1 waits here" in shown(await nth(slack.replies, 2))


async def test_a_long_queue_is_shown_whole(socket_bot: Bot) -> None:
    """An address for replies takes five of them; the queue may be longer."""
    court, slack = Court(socket_bot), socket_bot.slack
    await socket_bot.challenge()
    for number in range(9):
        user = f"U{number}"
        slack.person(user, user)
        text = f"{HALF} {'<' * 1600}{number}."
        await slack.say(user, text, socket_bot.question()["ts"])
        await court.appeal(await nth(slack.ephemerals, 2 * number + 1), user=user)
        await nth(slack.ephemerals, 2 * number + 2)
    await slack.command("UADA", "/challenge", "appeals")
    await eventually(lambda: "9 answers wait" in slack.ephemerals[-1]["text"])
    seen = "".join(shown(each) for each in [*slack.replies, *slack.ephemerals])
    assert all(f"*Appeal {number}: " in seen for number in range(1, 10))
