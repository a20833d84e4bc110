"""Settings from the environment and ``.env``, checked as a whole."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.core.challenges import known_zone
from bot.errors import ConfigError


class Settings(BaseSettings):
    """Every setting of the program; the environment variable is ``INTERVIEW_BOT_`` and the name."""

    model_config = SettingsConfigDict(
        env_prefix="INTERVIEW_BOT_", env_file=".env", extra="ignore", frozen=True
    )

    database_url: Annotated[
        str,
        Field(
            pattern=r"^sqlite\+aiosqlite://",
            description="Where everything is kept, as a SQLAlchemy URL.",
        ),
    ] = "sqlite+aiosqlite:///interview-bot.db"
    packs: Annotated[str, Field(description="Folders with own packs, separated by commas.")] = ""
    shipped_pack: Annotated[
        bool, Field(description="Whether the pack that comes with the program is used too.")
    ] = True
    zone: Annotated[
        str,
        AfterValidator(known_zone),
        Field(description="IANA time zone of new challenges that name none."),
    ] = "UTC"
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        Field(description="How much is logged to standard error: debug, info, warning or error."),
    ] = "warning"

    @property
    def pack_folders(self) -> list[Path]:
        """The folders of own packs."""
        return [Path(part.strip()).expanduser() for part in self.packs.split(",") if part.strip()]


def load() -> Settings:
    """Read the settings.

    Raises:
        ConfigError: names every setting that is wrong.
    """
    try:
        return Settings()
    except ValidationError as error:
        sentences = [
            f"INTERVIEW_BOT_{'_'.join(map(str, detail['loc'])).upper()}:"
            f" {detail['msg'].removeprefix('Value error, ')}."
            for detail in error.errors()
        ]
        raise ConfigError("\n".join(sentences)) from None


def sqlite_url(path: Path) -> str:
    """The URL of a SQLite file."""
    return f"sqlite+aiosqlite:///{path}"
