"""When rounds are due: pure functions over dates, zones and holidays."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from bot.core.challenges import ChallengeSettings

_SECOND: Final = timedelta(seconds=1)


class Calendar(Protocol):
    """Knows the public holidays of countries."""

    def is_holiday(self, place: str, day: date) -> bool:
        """Whether ``day`` is a public holiday in ``place``, such as ``DE`` or ``DE-BY``."""
        ...

    def check(self, place: str) -> None:
        """Do nothing if ``place`` is known.

        Raises:
            UserError: says which code would be right.
        """
        ...


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The UTC instant of a local time.

    A time that does not exist that day becomes the first instant that does; a time that
    exists twice is the first of the two.
    """
    local = datetime.combine(day, at, tzinfo=zone)
    found = local.astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return found
    return _end_of_gap(local.replace(fold=1).astimezone(UTC), found, zone)


def _end_of_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant between the two at which the zone's offset changes."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after


def is_scheduled(settings: ChallengeSettings, day: date, calendar: Calendar) -> bool:
    """Whether a round belongs on a local date."""
    return (
        day.weekday() in settings.weekdays
        and day not in settings.days_off
        and not (settings.holidays and calendar.is_holiday(settings.holidays, day))
    )


def due_dates(
    settings: ChallengeSettings, after: date, through: date, calendar: Calendar
) -> Iterator[tuple[date, datetime]]:
    """The scheduled local dates in ``(after, through]``, each with its UTC instant."""
    day = after + timedelta(days=1)
    while day <= through:
        if is_scheduled(settings, day, calendar):
            yield day, instant(day, settings.post_at, settings.tz)
        day += timedelta(days=1)
