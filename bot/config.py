"""Settings from the environment and ``.env``, checked as a whole."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.core.challenges import known_zone
from bot.errors import ConfigError


class Settings(BaseSettings):
    """Every setting of the program.

    The environment variable is ``INTERVIEW_BOT_`` and the name, or the platform's own.
    """

    model_config = SettingsConfigDict(
        env_prefix="INTERVIEW_BOT_",
        env_file=".env",
        extra="ignore",
        frozen=True,
        populate_by_name=True,
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

    admin_roles: Annotated[
        str,
        Field(
            description="Ids of Discord roles or Slack user groups that may change challenges"
            " beside a channel's managers, separated by commas."
        ),
    ] = ""
    openai_base_url: Annotated[
        str | None,
        Field(
            validation_alias="OPENAI_BASE_URL",
            description="Starts the language model, together with `OPENAI_MODEL`: the address of"
            " an OpenAI-compatible server, such as `https://api.openai.com/v1`.",
        ),
    ] = None
    openai_model: Annotated[
        str | None,
        Field(validation_alias="OPENAI_MODEL", description="The model's name on that server."),
    ] = None
    openai_api_key: Annotated[
        SecretStr | None,
        Field(validation_alias="OPENAI_API_KEY", description="The server's key, if it wants one."),
    ] = None
    model_hosts: Annotated[
        str,
        Field(
            description="Hosts beside this machine where the model's server may speak plain http,"
            " separated by commas."
        ),
    ] = ""
    model_timeout: Annotated[
        float, Field(gt=0, le=600, description="Seconds that one request to the model may take.")
    ] = 60.0
    model_concurrency: Annotated[
        int, Field(ge=1, le=64, description="Most requests to the model at a time.")
    ] = 4
    tokens_per_member: Annotated[
        int, Field(ge=0, description="Most tokens of the model that one member may use a day.")
    ] = 50_000
    tokens_per_channel: Annotated[
        int, Field(ge=0, description="Most tokens of the model that one channel may use a day.")
    ] = 500_000
    tokens_per_day: Annotated[
        int, Field(ge=0, description="Most tokens of the model that all may use a day.")
    ] = 2_000_000
    discord_token: Annotated[
        SecretStr | None,
        Field(validation_alias="DISCORD_TOKEN", description="Starts Discord: the bot's token."),
    ] = None
    discord_message_content: Annotated[
        bool,
        Field(
            validation_alias="DISCORD_MESSAGE_CONTENT",
            description="Whether Discord lets the bot read messages, as answers in threads need.",
        ),
    ] = True
    discord_api_url: Annotated[
        str | None,
        Field(
            validation_alias="DISCORD_API_URL",
            description="Another address of Discord's REST API: a proxy or a test server.",
        ),
    ] = None
    discord_gateway_url: Annotated[
        str | None,
        Field(
            validation_alias="DISCORD_GATEWAY_URL",
            description="Another address of Discord's gateway: a proxy or a test server.",
        ),
    ] = None
    slack_bot_token: Annotated[
        SecretStr | None,
        Field(
            validation_alias="SLACK_BOT_TOKEN",
            description="Starts Slack: the bot's token; those of several workspaces separated by"
            " commas.",
        ),
    ] = None
    slack_app_token: Annotated[
        SecretStr | None,
        Field(
            validation_alias="SLACK_APP_TOKEN",
            description="Socket Mode: the app-level token; one for all bot tokens, or one for"
            " each.",
        ),
    ] = None
    slack_signing_secret: Annotated[
        SecretStr | None,
        Field(
            validation_alias="SLACK_SIGNING_SECRET",
            description="HTTP instead of Socket Mode: the signing secret; one for all bot tokens,"
            " or one for each.",
        ),
    ] = None
    slack_api_url: Annotated[
        str | None,
        Field(
            validation_alias="SLACK_API_URL",
            description="Another address of Slack's Web API: a proxy or a test server.",
        ),
    ] = None
    slack_port: Annotated[
        int,
        Field(
            validation_alias="SLACK_PORT",
            ge=1,
            le=65535,
            description="Where HTTP mode listens for Slack's requests.",
        ),
    ] = 3000

    @property
    def admin_role_ids(self) -> frozenset[str]:
        """The configured roles and user groups."""
        return frozenset(_parts(self.admin_roles))

    @property
    def plain_http_hosts(self) -> frozenset[str]:
        """The hosts where the model's server may speak plain http."""
        return frozenset(part.lower() for part in _parts(self.model_hosts))

    @property
    def pack_folders(self) -> list[Path]:
        """The folders of own packs."""
        return [Path(part).expanduser() for part in _parts(self.packs)]


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def load() -> Settings:
    """Read the settings.

    Raises:
        ConfigError: names every setting that is wrong.
    """
    try:
        return Settings()
    except ValidationError as error:
        sentences = [
            f"{variable('_'.join(map(str, detail['loc'])))}:"
            f" {detail['msg'].removeprefix('Value error, ')}."
            for detail in error.errors()
        ]
        raise ConfigError("\n".join(sentences)) from None


def variable(name: str) -> str:
    """The environment variable of a setting, given by its name or by its alias."""
    field = Settings.model_fields.get(name)
    alias = name if field is None else field.validation_alias
    return str(alias) if alias else f"INTERVIEW_BOT_{name.upper()}"


def sqlite_url(path: Path) -> str:
    """The URL of a SQLite file."""
    return f"sqlite+aiosqlite:///{path}"
