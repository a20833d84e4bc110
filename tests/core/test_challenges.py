"""Settings as text: what is understood, and what one gets told otherwise."""

import pytest

from bot.core.challenges import ChallengeSettings, settings_from
from bot.errors import UserError


@pytest.mark.parametrize(
    "name, typed, shown",
    [
        ("time", "9", "09:00"),
        ("time", "9:30", "09:30"),
        ("time", "23h59", "23:59"),
        ("zone", "Europe/Berlin", "Europe/Berlin"),
        ("zone", "europe/berlin", "Europe/Berlin"),
        ("weekdays", "mon-fri", "mon,tue,wed,thu,fri"),
        ("weekdays", "Friday, monday", "mon,fri"),
        ("weekdays", "sat-mon", "mon,sat,sun"),
        ("weekdays", "daily", "mon,tue,wed,thu,fri,sat,sun"),
        ("holidays", "de-by", "DE-BY"),
        ("holidays", "none", "none"),
        ("days-off", "2026-12-31 2026-12-24", "2026-12-24,2026-12-31"),
        ("days-off", "none", "none"),
        ("categories", "Async, data", "async,data"),
        ("categories", "all", "all"),
        ("levels", "senior,junior", "senior,junior"),
        ("answers", "Private", "private"),
        ("length", "90", "90m"),
        ("length", "2h", "2h"),
        ("length", "1 days", "24h"),
    ],
)
def test_what_is_typed_is_understood_and_shown(name: str, typed: str, shown: str) -> None:
    settings = ChallengeSettings().changed({name: typed})
    assert settings.texts()[name] == shown
    assert ChallengeSettings().changed(settings.texts()) == settings


@pytest.mark.parametrize(
    "name, typed, sentence",
    [
        ("time", "25:00", "time: '25:00' is not a time of day; write it like 09:30."),
        ("time", "noon", "time: 'noon' is not a time of day; write it like 09:30."),
        ("zone", "Berlin", "zone: there is no time zone 'Berlin'; did you mean Europe/Berlin?"),
        ("zone", "Europe/Berln", "zone: there is no time zone 'Europe/Berln'; did you mean"),
        ("zone", "???", "zone: there is no time zone '???'; use an IANA name such as"),
        ("weekdays", "mon-xyz", "weekdays: 'mon-xyz' is not a day; write them like mon-fri"),
        ("weekdays", "", "weekdays: '' is not a day"),
        ("holidays", "Germany!", "holidays: string should match pattern"),
        ("days-off", "24.12.2026", "days-off: write dates like 2026-12-24,2026-12-31"),
        ("levels", "expert", "levels: input should be 'junior', 'mid' or 'senior'."),
        ("answers", "shout", "answers: input should be 'thread', 'private' or 'both'."),
        ("length", "long", "length: 'long' is not a duration; write it like 8h or 90m."),
        ("length", "8 weeks", "length: '8 weeks' is not a duration"),
        ("length", "1m", "length (in minutes): input should be greater than or equal to 5."),
        ("colour", "red", "There is no setting 'colour'; there are time, zone, weekdays,"),
    ],
)
def test_what_is_not_understood_gets_one_sentence(name: str, typed: str, sentence: str) -> None:
    with pytest.raises(UserError) as caught:
        ChallengeSettings().changed({name: typed})
    assert str(caught.value).startswith(sentence)
    assert "\n" not in str(caught.value)


def test_pairs_are_read_as_names_and_texts() -> None:
    assert settings_from(["Time=09:30", "zone=UTC"]) == {"time": "09:30", "zone": "UTC"}


@pytest.mark.parametrize("words", [[], ["time"], ["time="], ["a=b", "c"]])
def test_what_is_no_pair_is_explained(words: list[str]) -> None:
    with pytest.raises(UserError, match="NAME=VALUE"):
        settings_from(words)
