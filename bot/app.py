"""The composition root: settings in, a wired program out. Nothing else wires objects."""

import logging
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import structlog

from bot import bank
from bot.calendars import PublicHolidays
from bot.config import Settings
from bot.core.grading import Limits
from bot.core.people import Channel
from bot.core.ports import Clock, Ports
from bot.errors import ConfigError, DatabaseError
from bot.grading.keyword import KeywordGrader
from bot.grading.llm.client import ChatClient
from bot.grading.llm.endpoint import chat_url
from bot.grading.llm.refiner import ModelRefiner
from bot.platforms.console.clock import ShiftedClock
from bot.platforms.console.session import Session
from bot.platforms.console.terminal import open_terminal
from bot.platforms.discord.desk import PLATFORM as DISCORD
from bot.platforms.discord.desk import Desk
from bot.platforms.discord.examination import examine
from bot.platforms.discord.platform import Discord, point_at
from bot.platforms.slack.client import SlackPlatform, tokens
from bot.runner import Platform, serve
from bot.storage.backup import existing_file
from bot.storage.database import Database, known_versions
from bot.storage.store import Store

NO_PLATFORM: Final = (
    "No platform is set up: set DISCORD_TOKEN for Discord, or SLACK_BOT_TOKEN with SLACK_APP_TOKEN"
    " or SLACK_SIGNING_SECRET for Slack. interview-bot play needs none of them."
)


class SystemClock:
    """The real time."""

    def now(self) -> datetime:
        """The current instant, in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class App:
    """A program that is ready to work."""

    settings: Settings
    database: Database
    ports: Ports


def load_bank(settings: Settings) -> bank.Bank:
    """The questions that the settings name.

    Raises:
        PackError: some file has faults.
    """
    shipped = [bank.shipped_packs()] if settings.shipped_pack else []
    return bank.load([*shipped, *settings.pack_folders])


@asynccontextmanager
async def open_refiner(settings: Settings) -> AsyncIterator[ModelRefiner | None]:
    """The language model, if one is configured.

    Raises:
        ConfigError: its address cannot be used.
    """
    if not settings.openai_base_url or not settings.openai_model:
        yield None
        return
    client = ChatClient(
        chat_url(settings.openai_base_url, settings.plain_http_hosts),
        settings.openai_model,
        settings.openai_api_key,
        timeout=settings.model_timeout,
        concurrency=settings.model_concurrency,
    )
    limits = Limits(
        member=settings.tokens_per_member,
        channel=settings.tokens_per_channel,
        day=settings.tokens_per_day,
    )
    try:
        yield ModelRefiner(client, limits)
    finally:
        await client.close()


@asynccontextmanager
async def open_app(settings: Settings, clock: Clock) -> AsyncIterator[App]:
    """Wire everything; the database is brought to the newest schema.

    Raises:
        ConfigError: the packs or the database cannot be used.
    """
    log_to_stderr(settings)
    questions = load_bank(settings)
    database = Database(settings.database_url)
    try:
        await database.upgrade()
        async with open_refiner(settings) as refiner:
            ports = Ports(
                store=Store(database),
                clock=clock,
                grader=KeywordGrader(),
                bank=questions,
                calendar=PublicHolidays(),
                refiner=refiner,
            )
            yield App(settings, database, ports)
    finally:
        await database.close()


async def play(settings: Settings) -> None:
    """Run the console platform until its input ends."""
    clock = ShiftedClock()
    async with open_app(settings, clock) as app, open_terminal() as terminal:
        await Session(app.ports, clock, terminal, zone=settings.zone).run()


async def run(settings: Settings) -> None:
    """Run every platform whose token is set, until cancelled.

    Raises:
        ConfigError: none is set, or one cannot work with its settings.
    """
    async with open_app(settings, SystemClock()) as app:
        platforms: list[Platform] = list(_discord(app))
        if tokens(settings.slack_bot_token):
            platforms.append(SlackPlatform(app.ports, settings))
        if not platforms:
            raise ConfigError(NO_PLATFORM)
        await serve(app.ports, platforms, settings.model_concurrency)


def _discord(app: App) -> Iterator[Platform]:
    """Discord, if its token is set."""
    settings = app.settings
    if settings.discord_token is not None:
        point_at(settings.discord_api_url, settings.discord_gateway_url)
        desk = Desk(
            app.ports,
            zone=settings.zone,
            admin_roles=settings.admin_role_ids,
            reads=settings.discord_message_content,
        )
        token = settings.discord_token.get_secret_value()
        yield Discord(desk, token, settings.discord_gateway_url)


async def examine_discord(settings: Settings) -> str:
    """Try Discord's token, and say how the bot would run.

    Raises:
        ConfigError: it would not, or not as it is set up.
    """
    if settings.discord_token is None:
        return "not set up; DISCORD_TOKEN starts it"
    point_at(settings.discord_api_url, settings.discord_gateway_url)
    token = settings.discord_token.get_secret_value()
    channels = await _challenged(settings, DISCORD)
    return await examine(token, reads=settings.discord_message_content, channels=channels)


async def _challenged(settings: Settings, platform: str) -> list[Channel]:
    """A platform's channels with a challenge; none where there is no database to tell."""
    try:
        existing_file(settings.database_url)
        database = Database(settings.database_url)
        try:
            if await database.version() != known_versions()[0]:
                return []
            found = await Store(database).challenges.all()
        finally:
            await database.close()
    except DatabaseError:
        return []
    return [each.channel for each in found if each.channel.platform == platform]


def log_to_stderr(settings: Settings) -> None:
    """One structured line an event."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
