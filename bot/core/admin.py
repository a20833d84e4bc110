"""What admins do to a challenge, from chat or from a shell."""

from collections.abc import Mapping
from datetime import date, timedelta

from bot.core.boards import challenge_of
from bot.core.challenges import Challenge, ChallengeSettings
from bot.core.intents import ChallengeShown
from bot.core.people import Channel
from bot.core.ports import Ports
from bot.core.rounds import announce_closed, plan
from bot.core.schedule import instant
from bot.errors import UserError


async def create(ports: Ports, channel: Channel, texts: Mapping[str, str], actor: str) -> Challenge:
    """Set up a challenge; settings that are not named have sensible defaults.

    Raises:
        UserError: a setting is wrong, or the channel has a challenge already.
    """
    settings = ChallengeSettings().changed(texts)
    _check(ports, settings)
    planned_through = _from_now(ports, settings)
    created = await ports.store.challenges.create(channel, settings, planned_through, actor)
    if created is None:
        raise UserError("This channel has a challenge already; /challenge set changes it.")
    await plan(ports, created)
    return created


async def change(ports: Ports, channel: Channel, texts: Mapping[str, str], actor: str) -> None:
    """Change some settings; rounds that are not posted yet follow the new ones.

    Raises:
        UserError: a setting is wrong, or there is no challenge.
    """
    challenge = await challenge_of(ports, channel)
    await _save(ports, challenge, challenge.settings.changed(texts), actor)


async def pause(ports: Ports, channel: Channel, actor: str, *, paused: bool) -> None:
    """Stop posting, or start again from the next scheduled time.

    Raises:
        UserError: it is so already, or there is no challenge.
    """
    challenge = await challenge_of(ports, channel)
    if challenge.settings.paused == paused:
        state = "paused" if paused else "running"
        raise UserError(f"This challenge is {state} already.")
    settings = challenge.settings.model_copy(update={"paused": paused})
    await _save(ports, challenge, settings, actor)


async def remove(ports: Ports, channel: Channel, actor: str) -> None:
    """Close what is open and end the challenge; its rounds and standings stay.

    Raises:
        UserError: there is no challenge.
    """
    challenge = await challenge_of(ports, channel)
    for round_ in await ports.store.rounds.open_ones(challenge.id):
        await ports.store.rounds.close(round_.id, ports.clock.now())
    await announce_closed(ports, challenge)
    await ports.store.challenges.remove(challenge.id, actor)


async def show(ports: Ports, channel: Channel) -> ChallengeShown:
    """The settings of a challenge and what comes next.

    Raises:
        UserError: there is no challenge.
    """
    challenge = await challenge_of(ports, channel)
    settings = challenge.settings
    planned = await ports.store.rounds.next_planned(challenge.id)
    open_ones = await ports.store.rounds.open_ones(challenge.id)
    fitting = ports.bank.select(categories=settings.categories, levels=settings.levels)
    return ChallengeShown(
        channel=challenge.channel,
        settings=settings.texts(),
        paused=settings.paused,
        questions=len(fitting),
        next_round=None if planned is None or settings.paused else planned.opens_at,
        open_until=open_ones[-1].closes_at if open_ones else None,
        zone=settings.zone,
    )


async def _save(
    ports: Ports, challenge: Challenge, settings: ChallengeSettings, actor: str
) -> None:
    _check(ports, settings)
    planned_through = _from_now(ports, settings)
    await ports.store.challenges.change(challenge.id, settings, planned_through, actor)
    await plan(ports, await challenge_of(ports, challenge.channel))


def _check(ports: Ports, settings: ChallengeSettings) -> None:
    """What the settings name must exist, and leave at least one question."""
    known = ports.bank.categories()
    for category in settings.categories:
        if category not in known:
            raise UserError(f"There is no category '{category}'; there are {', '.join(known)}.")
    if settings.holidays:
        ports.calendar.check(settings.holidays)
    if not ports.bank.select(categories=settings.categories, levels=settings.levels):
        raise UserError("No question fits these categories and levels; choose more of them.")


def _from_now(ports: Ports, settings: ChallengeSettings) -> date:
    """The last local date that planning must not touch: today if its hour is past."""
    now = ports.clock.now()
    today = settings.local_date(now)
    begun = instant(today, settings.post_at, settings.tz) <= now
    return today if begun else today - timedelta(days=1)
