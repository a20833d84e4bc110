"""When rounds are due, over zones and years."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.challenges import ChallengeSettings
from bot.core.schedule import due_dates, instant, is_scheduled
from tests.conftest import DummyCalendar

ZONES = st.sampled_from(sorted(available_timezones()))
DAYS = st.dates(date(2026, 1, 1), date(2035, 12, 31))
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))
CALENDAR = DummyCalendar()


@given(day=DAYS, at=TIMES, zone=ZONES)
def test_a_local_time_keeps_its_date_and_is_never_early(day: date, at: time, zone: str) -> None:
    local = instant(day, at, ZoneInfo(zone)).astimezone(ZoneInfo(zone))
    assert local.date() == day
    assert local.time() >= at


@given(day=DAYS, at=TIMES, zone=ZONES)
def test_a_time_that_does_not_exist_moves_to_the_first_that_does(
    day: date, at: time, zone: str
) -> None:
    tz = ZoneInfo(zone)
    found = instant(day, at, tz)
    if found.astimezone(tz).time() != at:
        before = (found - timedelta(seconds=1)).astimezone(tz).replace(tzinfo=None)
        assert before < datetime.combine(day, at)


@given(day=DAYS, at=TIMES, zone=ZONES)
def test_a_time_that_exists_twice_is_the_first_of_the_two(day: date, at: time, zone: str) -> None:
    tz = ZoneInfo(zone)
    twin = datetime.combine(day, at, tzinfo=tz).replace(fold=1).astimezone(UTC)
    if twin.astimezone(tz).time() == at:
        assert instant(day, at, tz) <= twin


@given(zone=ZONES, at=TIMES, first=DAYS)
def test_a_year_of_days_has_one_round_a_date_in_order(zone: str, at: time, first: date) -> None:
    settings = ChallengeSettings(zone=zone, post_at=at, weekdays=tuple(range(7)))
    due = list(due_dates(settings, first, first + timedelta(days=365), CALENDAR))
    assert [day for day, _ in due] == [first + timedelta(days=n) for n in range(1, 366)]
    instants = [when for _, when in due]
    assert instants == sorted(set(instants))


@pytest.mark.parametrize(
    "day, at, zone, expected",
    [
        (date(2026, 3, 29), time(2, 30), "Europe/Berlin", datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        (
            date(2026, 10, 25),
            time(2, 30),
            "Europe/Berlin",
            datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        ),
        (date(2026, 3, 8), time(2, 30), "America/New_York", datetime(2026, 3, 8, 7, 0, tzinfo=UTC)),
        (
            date(2026, 10, 4),
            time(2, 15),
            "Australia/Lord_Howe",
            datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
        ),
        (date(2026, 1, 5), time(9, 0), "Asia/Kathmandu", datetime(2026, 1, 5, 3, 15, tzinfo=UTC)),
        (date(2011, 12, 30), time(9, 0), "Pacific/Apia", datetime(2011, 12, 30, 10, 0, tzinfo=UTC)),
    ],
)
def test_known_instants(day: date, at: time, zone: str, expected: datetime) -> None:
    assert instant(day, at, ZoneInfo(zone)) == expected


@pytest.mark.parametrize(
    "day, scheduled",
    [
        (date(2026, 3, 2), True),
        (date(2026, 3, 3), False),
        (date(2026, 3, 4), False),
        (date(2026, 3, 7), False),
    ],
    ids=["a working day", "an own day off", "a public holiday", "a Saturday"],
)
def test_weekdays_holidays_and_days_off(day: date, *, scheduled: bool) -> None:
    settings = ChallengeSettings(holidays="XX", days_off=(date(2026, 3, 3),))
    assert is_scheduled(settings, day, CALENDAR) is scheduled
