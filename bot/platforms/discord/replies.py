"""What the bot replies to whoever used a command, pressed a button or handed in a form."""

from collections.abc import Awaitable
from typing import Final

import discord
import structlog

from bot.core.intents import Notice, Tone
from bot.errors import UserError
from bot.platforms.discord.desk import Interaction
from bot.platforms.discord.pages import Field, Form, Json, Page
from bot.platforms.discord.render import render
from bot.platforms.discord.sending import embeds, view

_TOO_LATE: Final = frozenset({10062, 40060})
"""Discord has stopped waiting for an answer, or has one already."""

_log: Final = structlog.get_logger()


async def guarded(interaction: Interaction, doing: Awaitable[None]) -> None:
    """Do what a member asked for; what goes wrong becomes a sentence for them alone."""
    try:
        try:
            await doing
        except UserError as error:
            await reply(interaction, sentence(str(error), Tone.SORRY))
        except discord.HTTPException:
            raise
        except Exception:  # noqa: BLE001 - whatever it is, the member must not wait in vain
            _log.exception("command failed", interaction=interaction.id)
            text = "Something went wrong on my side; it is noted. Please try again in a moment."
            await reply(interaction, sentence(text, Tone.SORRY))
    except discord.HTTPException as error:
        if error.code not in _TOO_LATE:
            _log.warning("no reply possible", interaction=interaction.id, reason=error.text)


def sentence(text: str, tone: Tone = Tone.INFO) -> Page:
    """A sentence as a message."""
    return render(Notice(text=text, tone=tone))[0]


async def reply(interaction: Interaction, page: Page, *, ephemeral: bool = True) -> None:
    """Answer a command or a press, also after it was put off."""
    if interaction.response.is_done():
        await interaction.followup.send(
            content=page.content, embeds=embeds(page), view=view(page), ephemeral=ephemeral
        )
        return
    await interaction.response.send_message(
        content=page.content, embeds=embeds(page), view=view(page), ephemeral=ephemeral
    )


async def turn(interaction: Interaction, page: Page) -> None:
    """Replace the message whose button was pressed."""
    await interaction.response.edit_message(embeds=embeds(page), view=view(page))


async def settle(interaction: Interaction, button: Json, text: str) -> None:
    """Leave one button below the message whose form was handed in, and say what was done."""
    if interaction.message is None:
        await reply(interaction, sentence(text))
        return
    await interaction.response.edit_message(view=view(Page(buttons=(button,))))
    await reply(interaction, sentence(text))


async def ask(interaction: Interaction, form: Form) -> None:
    """Open a form; what is handed in is told by its id, like a press."""
    modal = discord.ui.Modal(title=form.title, custom_id=form.custom_id, timeout=None)
    for field in form.fields:
        modal.add_item(discord.ui.Label(text=field.label, component=_text_input(field)))
    modal.stop()
    await interaction.response.send_modal(modal)


def _text_input(field: Field) -> discord.ui.TextInput[discord.ui.Modal]:
    return discord.ui.TextInput(
        style=discord.TextStyle.paragraph if field.large else discord.TextStyle.short,
        custom_id=field.name,
        placeholder=field.placeholder or None,
        required=field.required,
        max_length=field.most,
    )
