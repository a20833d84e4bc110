"""The real client against a Discord over real sockets: appeals, rulings, second looks."""

from dataclasses import replace

import pytest

from bot.core import admin
from bot.platforms.discord.translate import to_channel
from tests.core.dummies import DummyRefiner
from tests.core.test_refining import OPEN, QUOTE
from tests.platforms.discord.conftest import Stage, texts
from tests.platforms.discord.parts import Interaction, until
from tests.platforms.discord.people import Person, Place
from tests.platforms.discord.state import ADA, BOB, BOT, EVE, GENERAL, GUILD, MOD, Json
from tests.samples import HALF

MODS = 102
HIDDEN = [
    {"id": str(GUILD), "type": 0, "allow": "0", "deny": str(1 << 10)},
    {"id": str(BOT), "type": 1, "allow": str(1 << 10), "deny": "0"},
]
"""A channel that only managers and the bot see."""


def inbox(stage: Stage, who: int) -> list[Json]:
    state = stage.server.state
    return state.messages[int(state.direct(who)["id"])]


async def disagree(stage: Stage, who: int, receipt: Json, why: str = "") -> Interaction:
    """Press the button below a receipt in a direct message and hand in the form."""
    place = int(stage.server.state.direct(who)["id"])
    pressed = await stage.people.press(who, receipt, "I disagree", place)
    opened = await stage.answered(pressed)
    return await stage.answered(await stage.people.submit(who, opened, why=why))


async def rule(
    stage: Stage, case: Json, decision: str, reason: str, channel: int = GENERAL, who: int = MOD
) -> Interaction:
    """Press the button below a case and hand in the form."""
    opened = await stage.answered(await stage.people.press(who, case, "Rule", channel))
    made = await stage.people.submit(who, opened, decision=decision, why=reason)
    return await stage.answered(made)


async def answered(stage: Stage, text: str = HALF) -> Json:
    """Ada's receipt in an open round."""
    await stage.start_round()
    await stage.people.say(ADA, text)
    await stage.receipt(ADA)
    return inbox(stage, ADA)[0]


async def test_an_appeal_its_ruling_and_what_the_member_hears(stage: Stage) -> None:
    people, server = stage.people, stage.server
    async with stage.bot():
        receipt = await answered(stage)
        said = await disagree(stage, ADA, receipt, "Salt is *meant*. @everyone")
        assert "Your appeal is with the moderators" in texts(said.message)
        again = await disagree(stage, ADA, receipt)
        assert "with the moderators already" in texts(again.message)
        shown = await stage.answered(await people.command(MOD, "challenge appeals"))
        assert shown.message["flags"] == 64
        case = texts(shown.message)
        for piece in (
            "Appeal 1: About",
            "Where do flavours come from?",
            "A lemon tastes sour. A melon tastes sweet.",
            "**Why:** Salt is \\*meant\\*. \\@everyone",
            "Score 73 of 100.",
            "met **lemon:** A lemon tastes sour.\n> lemon tastes sour",
            "unmet **salt:** Salt comes from the sea.",
        ):
            assert piece in case
        assert "Ada" not in str(shown.message)
        ruled = await rule(stage, shown.message, "salt=met", "You name the sea.")
        assert ruled.callback is not None
        assert ruled.callback["type"] == 7
        button = ruled.callback["data"]["components"][0]["components"][0]
        assert (button["label"], button["disabled"]) == ("Ruled", True)
        await until(lambda: ruled.followups, "what was done")
        assert "Your ruling is noted" in texts(ruled.followups[0])
        told = await stage.receipt(ADA, 2)
        assert "Salt comes from the sea. (by a moderator)" in told
        assert "that is final: You name the sea." in told
        final = await disagree(stage, ADA, receipt)
        assert "a ruling is final" in texts(final.message)
        empty = await stage.answered(await people.command(MOD, "challenge appeals"))
        assert "No answer waits for a moderator." in texts(empty.message)
        public = [*server.state.messages[GENERAL], *server.state.messages[people.thread]]
        assert not any("moderator" in texts(each) or "Score" in texts(each) for each in public)


async def test_buttons_of_appeals_outlive_a_restart_and_the_close(stage: Stage) -> None:
    people, server = stage.people, stage.server
    async with stage.bot():
        receipt = await answered(stage)
    async with stage.bot():
        await disagree(stage, ADA, receipt)
        shown = await stage.answered(await people.command(MOD, "challenge appeals"))
        opened = await stage.answered(await people.press(MOD, shown.message, "Rule"))
        await stage.close()
    async with stage.bot():
        await people.submit(MOD, opened, decision="score=90", why="Well said.")
        assert "Score 90 of 100" in await stage.receipt(ADA, 2), "the thread is archived by now"
        board = await stage.answered(await people.command(ADA, "leaderboard"))
        assert "**90 points**" in texts(board.message)
        closing = server.state.messages[people.thread][-1]
        result = await stage.answered(await people.press(ADA, closing, "My result"))
        assert "Well said." in texts(result.message)
        assert "I disagree" not in str(result.message)


async def test_a_ruling_by_command(stage: Stage) -> None:
    people = stage.people
    async with stage.bot():
        await disagree(stage, ADA, await answered(stage))
        for decision, sentence in (
            ("sure", "Write keep, or score=0 to 100"),
            ("salt=great", "no verdict 'great'"),
            ("honey=met", "no point 'honey'"),
        ):
            wrong = await people.command(
                MOD, "challenge rule", case=1, decision=decision, reason="x"
            )
            assert sentence in texts((await stage.answered(wrong)).message)
        made = await people.command(
            MOD, "challenge rule", case=1, decision="Keep", reason="It is right."
        )
        assert "Your ruling is noted" in texts((await stage.answered(made)).message)
        assert "that is final: It is right." in await stage.receipt(ADA, 2)
        gone = await people.command(MOD, "challenge rule", case=1, decision="keep", reason="x")
        assert "No case 1 waits here" in texts((await stage.answered(gone)).message)


async def test_others_do_not_rule(stage: Stage) -> None:
    people = stage.people
    async with stage.bot():
        await disagree(stage, ADA, await answered(stage))
        shown = await stage.answered(await people.command(MOD, "challenge appeals"))
        for refused in (
            await people.command(EVE, "challenge appeals"),
            await people.command(EVE, "challenge rule", case=1, decision="keep", reason="x"),
            await people.press(EVE, shown.message, "Rule"),
        ):
            said = await stage.answered(refused)
            assert "Only members who may manage" in texts(said.message)
            assert said.message["flags"] == 64
        opened = await stage.answered(await people.press(MOD, shown.message, "Rule"))
        sly = await people.submit(EVE, opened, decision="score=100", why="x")
        assert "Only members" in texts((await stage.answered(sly)).message)
        stranger = await stage.answered(
            await people.press(BOB, inbox(stage, ADA)[0], "I disagree", GENERAL)
        )
        said = await stage.answered(await people.submit(BOB, stranger, why=""))
        assert "I could not find that grading of yours." in texts(said.message)


async def test_moderators_are_told_in_their_channel_and_rule_there(stage: Stage) -> None:
    """Who may manage the moderators' channel only is not asked; the case's own channel counts."""
    people, state = stage.people, stage.server.state
    state.add_channel({"id": str(MODS), "type": 0, "name": "mods", "permission_overwrites": HIDDEN})
    async with stage.bot():
        receipt = await answered(stage)
        made = await people.command(MOD, "challenge setup", appeals=Place(MODS), grader="keyword")
        await until(lambda: made.original, "the settings")
        assert "appeals: \\#mods" in texts(made.message)
        assert "grader: keyword" in texts(made.message)
        await disagree(stage, ADA, receipt, "Look again.")
        await until(lambda: state.messages[MODS], "the case")
    async with stage.bot():
        (case,) = state.messages[MODS]
        assert "**Why:** Look again." in texts(case)
        refused = await stage.answered(await people.press(EVE, case, "Rule", MODS))
        said = texts(refused.message).replace("\\", "")
        assert "Only members who may manage #general rule on its answers." in said
        await rule(stage, case, "score=100", "Right.", MODS)
        assert "Score 100 of 100" in await stage.receipt(ADA, 2)
        late = await rule(stage, case, "keep", "x", MODS)
        assert "No case 1 waits here" in texts(late.message)
    assert len(state.messages[MODS]) == 1


async def test_a_moderator_is_told_in_a_direct_message_and_rules_there(stage: Stage) -> None:
    people = stage.people
    async with stage.bot():
        receipt = await answered(stage)
        made = await people.command(MOD, "challenge setup", appeals_to=Person(MOD))
        await until(lambda: made.original, "the settings")
        assert f"appeals: direct messages to {MOD}" in texts(made.message)
        await disagree(stage, ADA, receipt)
        await until(lambda: inbox(stage, MOD), "the case")
        place = int(stage.server.state.direct(MOD)["id"])
        await rule(stage, inbox(stage, MOD)[0], "lemon=partial", "So so.", place)
        assert "named, not explained" in await stage.receipt(ADA, 2)
        off = await people.command(MOD, "challenge setup", no_appeals=True)
        await until(lambda: off.original, "the settings")
        assert "appeals: none" in texts(off.message)


async def test_who_left_the_server_or_whose_channel_is_gone_does_not_rule(stage: Stage) -> None:
    people, server = stage.people, stage.server
    async with stage.bot():
        receipt = await answered(stage)
        made = await people.command(MOD, "challenge setup", appeals_to=Person(MOD))
        await until(lambda: made.original, "the settings")
        await disagree(stage, ADA, receipt)
        await until(lambda: inbox(stage, MOD), "the case")
        case, place = inbox(stage, MOD)[0], int(server.state.direct(MOD)["id"])
        server.fail("GET", "/members/", 404, body={"code": 10007, "message": "Unknown Member"})
        left = await stage.answered(await people.press(MOD, case, "Rule", place))
        assert "Only members who may manage" in texts(left.message)
        await server.dispatch("CHANNEL_DELETE", server.state.channels[GENERAL])
        gone = await stage.answered(await people.press(MOD, case, "Rule", place))
        assert "The channel of this case is gone" in texts(gone.message)


async def test_a_configured_role_rules_in_a_direct_message_too(stage: Stage) -> None:
    """Discord says nothing of roles there, so the member is asked for."""
    people, server = stage.people, stage.server
    stage.admin_roles = frozenset({"555"})
    server.state.roles[EVE] = ["555"]
    async with stage.bot():
        receipt = await answered(stage)
        made = await people.command(EVE, "challenge setup", appeals_to=Person(EVE))
        await until(lambda: made.original, "the settings")
        await disagree(stage, ADA, receipt)
        await until(lambda: inbox(stage, EVE), "the case")
        place = int(server.state.direct(EVE)["id"])
        await rule(stage, inbox(stage, EVE)[0], "score=99", "Right.", place, EVE)
        assert "Score 99 of 100" in await stage.receipt(ADA, 2)


async def test_appeals_are_not_posted_for_everybody_to_read(stage: Stage) -> None:
    people, state = stage.people, stage.server.state
    state.add_channel({"id": str(MODS), "type": 0, "name": "off-topic"})
    mute = [{"id": str(GUILD), "type": 0, "allow": "0", "deny": str(1 << 11)}]
    state.add_channel({"id": "103", "type": 0, "name": "silent", "permission_overwrites": mute})
    async with stage.bot():
        made = await people.command(MOD, "challenge setup", appeals=Place(MODS))
        said = texts((await stage.answered(made)).message)
        assert "Everybody can read #off-topic" in said.replace("\\", "")
        other = await people.command(MOD, "challenge setup", appeals=Place(103))
        said = texts((await stage.answered(other)).message)
        assert "In #silent I still need Send Messages" in said.replace("\\", "")
        shown = await stage.answered(await people.command(MOD, "challenge show"))
        assert "This channel has no challenge yet" in texts(shown.message)


async def test_what_is_neither_a_channel_nor_a_member_is_given_up(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    async with stage.bot():
        receipt = await answered(stage)
        where = to_channel(str(GUILD), GENERAL)
        await admin.change(stage.ports, where, {"appeals": "mods"}, "shell")
        await disagree(stage, ADA, receipt)
        said = "'mods' is neither a channel's id nor a member's."
        await until(lambda: said in capsys.readouterr().out, "the reason")
        shown = await stage.answered(await stage.people.command(MOD, "challenge appeals"))
        assert "Appeal 1" in str(shown.message), "the queue has it all the same"


async def test_a_second_look_follows_below_the_form(stage: Stage) -> None:
    people = stage.people
    stage.ports = replace(stage.ports, refiner=DummyRefiner(QUOTE))
    async with stage.bot():
        await stage.start_round()
        opened = await stage.answered(await people.press(ADA, people.post, "Answer"))
        handed_in = await people.submit(ADA, opened, OPEN)
        await until(lambda: handed_in.followups, "the refined receipt")
        first, refined = texts(handed_in.message), texts(handed_in.followups[0])
        assert "A language model takes a second look now" in first
        assert "(read by the language model)" in refined
        assert handed_in.followups[0]["flags"] == 64
        assert inbox(stage, ADA) == []


async def test_a_second_look_after_the_form_is_over_comes_as_a_direct_message(
    stage: Stage,
) -> None:
    """Discord takes replies to a form for a quarter of an hour; the model may take longer."""
    people, server = stage.people, stage.server
    async with stage.bot():
        await stage.start_round()
        opened = await stage.answered(await people.press(ADA, people.post, "Answer"))
        handed_in = await people.submit(ADA, opened, HALF)
        await until(lambda: handed_in.original, "a receipt")
        pressed = await stage.answered(await people.press(ADA, handed_in.message, "I disagree"))
        await stage.answered(await people.submit(ADA, pressed, why=""))
        gone = {"code": 50027, "message": "Invalid Webhook Token"}
        server.fail("POST", "/webhooks/", 401, body=gone)
        made = await people.command(
            MOD, "challenge rule", case=1, decision="score=81", reason="Right."
        )
        await stage.answered(made)
        assert "Score 81 of 100" in await stage.receipt(ADA)
