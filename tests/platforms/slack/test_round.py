"""A round over real sockets, in both modes: what members do and what they get to see."""

from tests.platforms.slack.conftest import Bot, eventually, nth, shown
from tests.samples import FULL, HALF, WRONG


async def test_a_round_from_question_to_close(bot: Bot) -> None:
    slack = bot.slack
    await bot.challenge()
    question = bot.question()
    assert "Where do flavours come from?" in shown(question)
    assert "<!date^" in shown(question)
    assert question["unfurl_links"] is False
    first = await slack.say("UADA", HALF, question["ts"])
    second = await slack.say("UBOB", FULL, question["ts"])
    await nth(slack.ephemerals, 2)
    receipts = slack.ephemerals
    assert {each["user"] for each in receipts} == {"UADA", "UBOB"}
    assert all(each["thread_ts"] == question["ts"] for each in receipts)
    assert "2 of 4 points are still missing." in shown(receipts[0])
    assert {ts for ts, _ in slack.reactions} == {first, second}
    close, pointer = await bot.close()
    assert close["thread_ts"] == pointer["thread_ts"] == question["ts"]
    assert (close["reply_broadcast"], pointer["reply_broadcast"]) == (False, True)
    assert "Model answer" in shown(close)
    assert "*100* | *Bob:*" in shown(close)
    assert "1. *Bob* 100 points" in shown(close)
    assert "2 answers. Bob leads." in shown(pointer)


async def test_edits_regrade_and_deletions_withdraw(bot: Bot) -> None:
    slack = bot.slack
    await bot.challenge()
    thread = bot.question()["ts"]
    ts = await slack.say("UADA", HALF, thread)
    await eventually(lambda: len(slack.ephemerals) == 1)
    bot.world.clock.advance(minutes=1)
    await slack.edit(ts, FULL)
    await eventually(lambda: len(slack.ephemerals) == 2)
    assert "Answer 2: *Score 100 of 100*" in shown(slack.ephemerals[1])
    broadcast = await slack.say("UBOB", FULL, thread, subtype="thread_broadcast")
    await eventually(lambda: len(slack.ephemerals) == 3)
    await slack.delete(broadcast)
    await eventually(lambda: len(slack.ephemerals) == 4)
    assert "Your answer is withdrawn." in shown(slack.ephemerals[3])
    close, _ = await bot.close()
    assert "Bob" not in shown(close)
    assert "made by 1 of 1" in shown(close)


async def test_a_repeated_event_and_a_mention_twin_count_once(bot: Bot) -> None:
    slack = bot.slack
    await bot.challenge()
    await slack.say("UADA", f"<@UBOT> {FULL}", bot.question()["ts"])
    for delivery in [each for each in slack.delivered if FULL in str(each)]:
        await slack.deliver(delivery["kind"], delivery["payload"], retry=1)
    await slack.say("UBOB", HALF, bot.question()["ts"])
    await eventually(lambda: len(slack.ephemerals) == 2)
    assert [each["user"] for each in slack.ephemerals] == ["UADA", "UBOB"]
    assert "Answer 1: *Score 100 of 100*" in shown(slack.ephemerals[0])


async def test_programs_are_not_members(bot: Bot) -> None:
    slack = bot.slack
    await bot.challenge()
    thread = bot.question()["ts"]
    await slack.say("UOTHER", FULL, thread, bot_id="BOTHER")
    await slack.say("UOTHER", FULL, thread, subtype="bot_message")
    await slack.say("UBOT", FULL, thread)
    await slack.say("UADA", FULL, thread)
    await eventually(lambda: slack.ephemerals)
    assert [each["user"] for each in slack.ephemerals] == ["UADA"]


async def test_private_answers_come_from_a_modal(bot: Bot) -> None:
    slack = bot.slack
    await bot.challenge(answers="private")
    question = bot.question()
    await slack.click("UADA", bot.button(question, "answer"), message=question)
    view = await nth(slack.views)
    assert "Where do flavours come from?" in shown(view)
    answer = {"value": f"{HALF} {WRONG}"}
    assert await slack.submit("UADA", view, {"answer": answer}) == {}
    await slack.submit("UADA", view, {"answer": answer})
    receipt = await nth(slack.replies)
    assert receipt["response_type"] == "ephemeral"
    assert "costs points" in shown(receipt)
    assert len(slack.replies) == 1
    assert len(slack.posts()) == 1
    await slack.say("UBOB", FULL, question["ts"])
    refusal = await nth(slack.ephemerals)
    assert "takes answers privately; use the Answer button" in shown(refusal)
    await slack.click("UADA", bot.button(question, "result"))
    await eventually(lambda: len(slack.replies) == 2)
    close, _ = await bot.close()
    assert "lemon tastes sour" in shown(close)
