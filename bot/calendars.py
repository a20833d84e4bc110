"""Public holidays, from the ``holidays`` library."""

from datetime import date
from functools import lru_cache
from typing import Final

import holidays

from bot.errors import UserError

_ADVICE: Final = "use a country code such as DE, or a country and region such as DE-BY"


class PublicHolidays:
    """The calendar of a country, or of a country's subdivision."""

    def is_holiday(self, place: str, day: date) -> bool:
        """Whether ``day`` is a public holiday in ``place``."""
        return day in _calendar(place, day.year)

    def check(self, place: str) -> None:
        """Raise ``UserError`` unless ``place`` is known."""
        country, _, region = place.partition("-")
        known = holidays.list_supported_countries()
        if country not in known:
            raise UserError(f"holidays: there is no calendar for '{country}'; {_ADVICE}.")
        if region and region not in known[country]:
            regions = ", ".join(known[country]) or "none"
            raise UserError(f"holidays: {country} has no region '{region}'; it has {regions}.")


@lru_cache(maxsize=256)
def _calendar(place: str, year: int) -> holidays.HolidayBase:
    country, _, region = place.partition("-")
    return holidays.country_holidays(country, subdiv=region or None, years=year)
