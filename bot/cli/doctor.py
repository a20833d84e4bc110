"""``interview-bot doctor``: what is set up, and what to mend."""

import asyncio
from collections.abc import Callable, Iterator

import typer

from bot import config
from bot.app import examine_discord, load_bank
from bot.cli.db import faults_of
from bot.cli.shared import DbOption, output, settings_for
from bot.errors import ConfigError
from bot.grading.llm.endpoint import chat_url
from bot.platforms.slack import check as slack
from bot.platforms.slack.client import tokens
from bot.storage.backup import existing_file


def doctor(db: DbOption = None) -> None:
    """Check settings, packs and database, and say what to fix.

    Example: interview-bot doctor
    """
    healthy = True
    for name, examine in _examinations(db):
        try:
            output().print(f"ok   {name}: {examine()}", markup=False)
        except ConfigError as error:
            healthy = False
            output().print(f"FIX  {name}: {error}", markup=False)
    if not healthy:
        raise typer.Exit(1)


def _examinations(db: DbOption) -> Iterator[tuple[str, Callable[[], str]]]:
    yield "settings", lambda: _settings(settings_for(db))
    yield "questions", lambda: _questions(settings_for(db))
    yield "language model", lambda: _model(settings_for(db))
    yield "database", lambda: _database(settings_for(db))
    yield "discord", lambda: asyncio.run(examine_discord(settings_for(db)))
    yield "slack", lambda: _slack(settings_for(db))


def _settings(settings: config.Settings) -> str:
    return f"time zone of new challenges {settings.zone}, log level {settings.log_level}"


def _questions(settings: config.Settings) -> str:
    bank = load_bank(settings)
    return f"{len(bank.questions)} in {len(bank.packs)} packs"


def _slack(settings: config.Settings) -> str:
    if not tokens(settings.slack_bot_token):
        return "not set up; SLACK_BOT_TOKEN starts it"
    return asyncio.run(slack.check(settings))


def _model(settings: config.Settings) -> str:
    if settings.openai_base_url is None or settings.openai_model is None:
        return "none; the rubrics grade alone (OPENAI_BASE_URL and OPENAI_MODEL add one)"
    address = chat_url(settings.openai_base_url, settings.plain_http_hosts)
    return f"{settings.openai_model} at {address}, not asked now"


def _database(settings: config.Settings) -> str:
    try:
        path = existing_file(settings.database_url)
    except ConfigError as error:
        return str(error)
    faults = asyncio.run(faults_of(settings.database_url))
    if faults:
        raise ConfigError(" ".join(faults))
    return f"{path} is whole, and the standings agree with the gradings"
