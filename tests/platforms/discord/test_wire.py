"""The real client against a Discord over real sockets."""

from tests.platforms.discord.conftest import Stage
from tests.platforms.discord.server import until
from tests.platforms.discord.state import ADA, BOB, EVE, GENERAL, MOD, Json
from tests.samples import FULL, HALF


def texts(message: Json) -> str:
    """Everything that a message shows."""
    parts = [message.get("content") or ""]
    for embed in message.get("embeds") or []:
        parts += [embed.get("title", ""), embed.get("description", "")]
        parts += [f"{each['name']}: {each['value']}" for each in embed.get("fields", ())]
    return "\n".join(parts)


async def test_a_round_from_setup_to_close(stage: Stage) -> None:
    people, server = stage.people, stage.server
    async with stage.bot():
        await stage.start_round()
        assert "Where do flavours come from?" in texts(people.post)
        thread = people.thread
        written = await people.say(ADA, HALF)
        await until(lambda: server.state.reactions, "a reaction")
        assert server.state.reactions == [(int(written["id"]), "✅")]
        inbox = server.state.messages[50_000 + ADA]
        await until(lambda: inbox, "a direct message")
        assert "2 of 4 points are still missing" in texts(inbox[0])
        opened = await stage.answered(await people.press(BOB, people.post, "Answer"))
        handed_in = await people.submit(BOB, opened, FULL)
        await until(lambda: handed_in.original, "a receipt")
        assert "score 100 of 100" in texts(handed_in.message)
        await people.command(MOD, "challenge close-now")
        await until(lambda: server.state.channels[thread]["thread_metadata"]["locked"], "the end")
    closing = [each for each in server.state.messages[thread] if each["author"]["bot"]]
    shown = "\n".join(map(texts, closing))
    assert "Best answer, 100 of 100: Bob" in shown
    assert "Best answer, 73 of 100: Ada" in shown
    assert shown.index("**1.** Bob") < shown.index("**2.** Ada")
    assert EVE and GENERAL
