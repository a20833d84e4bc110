"""Challenges: their settings, and how each setting is written and read as text."""

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from enum import StrEnum
from typing import Annotated, Any, Final, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from bot.core.grading import Mode
from bot.core.people import Channel
from bot.core.questions import Level
from bot.errors import UserError

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_GROUPS: Final = {"daily": DAYS, "all": DAYS, "weekdays": DAYS[:5], "weekend": DAYS[5:]}
_UNITS: Final = {
    "": 1,
    "m": 1,
    "min": 1,
    "minutes": 1,
    "h": 60,
    "hours": 60,
    "d": 1440,
    "days": 1440,
}


class AnswerMode(StrEnum):
    """How members hand in their answers."""

    THREAD = "thread"
    PRIVATE = "private"
    BOTH = "both"


def known_zone(name: str) -> str:
    """``name`` as IANA spells it, or ``ValueError`` with what would be right."""
    zones = available_timezones()
    if name in zones:
        return name
    folded = {zone.casefold(): zone for zone in zones}
    if name.casefold() in folded:
        return folded[name.casefold()]
    near = difflib.get_close_matches(name, zones, n=1) or [
        zone for zone in sorted(zones) if zone.casefold().endswith(f"/{name.casefold()}")
    ]
    hint = f"did you mean {near[0]}?" if near else "use an IANA name such as Europe/Berlin"
    message = f"there is no time zone '{name}'; {hint}"
    raise ValueError(message)


class ChallengeSettings(BaseModel):
    """Everything that can be set on a challenge; the defaults are enough to start.

    ``weekdays`` counts from Monday, 0 to 6. ``holidays`` is a country, or a country and
    a subdivision, such as ``DE`` or ``DE-BY``. Empty ``categories`` or ``levels`` mean all.
    ``ping`` is the id of the one role that the daily post mentions; ``appeals`` that of the
    channel in the same workspace where new appeals are posted for moderators.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    post_at: time = time(9, 0)
    zone: Annotated[str, AfterValidator(known_zone)] = "UTC"
    weekdays: Annotated[tuple[int, ...], Field(min_length=1)] = (0, 1, 2, 3, 4)
    holidays: Annotated[str | None, Field(pattern=r"^[A-Z]{2,3}(-[A-Z0-9]{1,8})?$")] = None
    days_off: tuple[date, ...] = ()
    categories: tuple[str, ...] = ()
    levels: tuple[Level, ...] = ()
    answers: AnswerMode = AnswerMode.BOTH
    round_minutes: Annotated[int, Field(ge=5, le=7 * 1440)] = 480
    ping: Annotated[str | None, Field(pattern=r"^\w{1,64}$")] = None
    grader: Mode = Mode.ASSIST
    appeals: Annotated[str | None, Field(pattern=r"^[\w-]{1,64}$")] = None
    paused: bool = False

    @property
    def tz(self) -> ZoneInfo:
        """The challenge's zone."""
        return ZoneInfo(self.zone)

    def local_date(self, instant: datetime) -> date:
        """The date in the challenge's zone at an instant."""
        return instant.astimezone(self.tz).date()

    def changed(self, texts: Mapping[str, str]) -> Self:
        """The settings with some of them read from what an admin typed.

        Raises:
            UserError: names the first setting that cannot be read, and what would be right.
        """
        values: dict[str, Any] = self.model_dump()
        for name, text in texts.items():
            values.update(_read_setting(name, text))
        try:
            return type(self).model_validate(values)
        except ValidationError as error:
            detail = error.errors()[0]
            message = detail["msg"].removeprefix("Value error, ")
            name = str(detail["loc"][0]) if detail["loc"] else "settings"
            end = "" if message.endswith("?") else "."
            raise UserError(f"{_label(name)}: {message[0].lower()}{message[1:]}{end}") from None

    def texts(self) -> dict[str, str]:
        """Every setting as an admin would type it."""
        return {
            "time": f"{self.post_at:%H:%M}",
            "zone": self.zone,
            "weekdays": ",".join(DAYS[day] for day in self.weekdays),
            "holidays": self.holidays or "none",
            "days-off": ",".join(map(str, self.days_off)) or "none",
            "categories": ",".join(self.categories) or "all",
            "levels": ",".join(self.levels) or "all",
            "answers": self.answers.value,
            "length": _length_text(self.round_minutes),
            "ping": self.ping or "none",
            "grader": self.grader.value,
            "appeals": self.appeals or "none",
        }


class Challenge(BaseModel):
    """The standing daily challenge of one channel.

    ``planned_through`` is the last local date that planning has looked at.
    """

    model_config = ConfigDict(frozen=True)

    id: int
    channel: Channel
    settings: ChallengeSettings
    planned_through: date


def _read_time(text: str) -> dict[str, Any]:
    match = re.fullmatch(r"([01]?\d|2[0-3])(?:[:.h]([0-5]\d))?", text)
    if not match:
        raise UserError(f"time: '{text}' is not a time of day; write it like 09:30.")
    return {"post_at": time(int(match[1]), int(match[2] or 0))}


def _read_weekdays(text: str) -> dict[str, Any]:
    chosen: set[int] = set()
    for part in text.lower().replace(" ", "").split(","):
        if part in _GROUPS:
            chosen.update(DAYS.index(day) for day in _GROUPS[part])
            continue
        first, _, last = (piece[:3] for piece in part.partition("-"))
        if first not in DAYS or (last or first) not in DAYS:
            raise UserError(
                f"weekdays: '{part}' is not a day; write them like mon-fri or mon,wed,fri."
            )
        start, end = DAYS.index(first), DAYS.index(last or first)
        chosen.update((start + step) % 7 for step in range((end - start) % 7 + 1))
    return {"weekdays": tuple(sorted(chosen))}


def _read_days_off(text: str) -> dict[str, Any]:
    try:
        return {"days_off": tuple(sorted({date.fromisoformat(part) for part in _items(text)}))}
    except ValueError:
        raise UserError(
            f"days-off: write dates like 2026-12-24,2026-12-31, not '{text}'."
        ) from None


def _read_length(text: str) -> dict[str, Any]:
    match = re.fullmatch(r"(\d{1,5})\s*([a-z]*)", text.lower())
    if not match or match[2] not in _UNITS:
        raise UserError(f"length: '{text}' is not a duration; write it like 8h or 90m.")
    return {"round_minutes": int(match[1]) * _UNITS[match[2]]}


def _read_holidays(text: str) -> dict[str, Any]:
    return {"holidays": None if _is_none(text) else text.upper()}


def _is_none(text: str) -> bool:
    return text.lower() in {"none", "off", ""}


def _items(text: str) -> tuple[str, ...]:
    parts = tuple(part for part in re.split(r"[,\s]+", text.strip()) if part)
    return () if len(parts) == 1 and parts[0].lower() in {"all", "none", "any"} else parts


_READERS: Final[Mapping[str, Callable[[str], dict[str, Any]]]] = {
    "time": _read_time,
    "zone": lambda text: {"zone": text},
    "weekdays": _read_weekdays,
    "holidays": _read_holidays,
    "days-off": _read_days_off,
    "categories": lambda text: {"categories": tuple(part.lower() for part in _items(text))},
    "levels": lambda text: {"levels": tuple(part.lower() for part in _items(text))},
    "answers": lambda text: {"answers": text.lower()},
    "length": _read_length,
    "ping": lambda text: {"ping": None if _is_none(text) else text},
    "grader": lambda text: {"grader": text.lower()},
    "appeals": lambda text: {"appeals": None if _is_none(text) else text},
}
SETTING_NAMES: Final = tuple(_READERS)


def settings_from(words: Sequence[str]) -> dict[str, str]:
    """``["time=09:30", "zone=UTC"]`` as setting names and texts.

    Raises:
        UserError: there is none, or one is no pair.
    """
    pairs = [word.partition("=") for word in words]
    if not pairs or not all(sign and text for _, sign, text in pairs):
        raise UserError(f"Write settings as NAME=VALUE; the names are {', '.join(SETTING_NAMES)}.")
    return {name.lower(): text for name, _, text in pairs}


def _read_setting(name: str, text: str) -> dict[str, Any]:
    reader = _READERS.get(name)
    if reader is None:
        raise UserError(f"There is no setting '{name}'; there are {', '.join(SETTING_NAMES)}.")
    return reader(text.strip())


def _label(field: str) -> str:
    return {"round_minutes": "length (in minutes)", "days_off": "days-off"}.get(field, field)


def _length_text(minutes: int) -> str:
    return f"{minutes // 60}h" if minutes % 60 == 0 else f"{minutes}m"
