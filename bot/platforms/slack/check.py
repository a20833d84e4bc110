"""Whether Slack is set up well: one clear sentence for the first thing to mend."""

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.config import Settings
from bot.errors import ConfigError
from bot.platforms.slack.client import pairs, tokens
from bot.platforms.slack.manifest import SCOPES
from bot.platforms.slack.socket import open_connection
from bot.platforms.slack.workspace import reason, sign_in, web_client, web_session


async def check(settings: Settings) -> str:
    """Try every token, and return what works.

    Raises:
        ConfigError: says what to mend.
    """
    found = []
    async with web_session() as session:
        for token, half in pairs(settings):
            try:
                found.append(await _check_one(settings, token, half, session))
            except (aiohttp.ClientError, TimeoutError):
                where = settings.slack_api_url or "slack.com"
                raise ConfigError(
                    f"Slack cannot be reached at {where}; check the network, and SLACK_API_URL."
                ) from None
            except SlackApiError as error:
                raise ConfigError(f"Slack answers with an error: {reason(error)}.") from None
    mode = (
        "Socket Mode" if tokens(settings.slack_app_token) else f"HTTP on port {settings.slack_port}"
    )
    return f"{', '.join(found)} by {mode}"


async def _check_one(
    settings: Settings, token: str, half: str, session: aiohttp.ClientSession
) -> str:
    workspace = await sign_in(token, settings.slack_api_url, session)
    missing = sorted(SCOPES.keys() - workspace.scopes) if workspace.scopes else []
    if missing:
        raise ConfigError(
            f"The app in {workspace.team} lacks {', '.join(missing)}; paste the output of"
            " interview-bot slack manifest as its manifest and install it again."
        )
    if tokens(settings.slack_app_token):
        client = web_client(None, settings.slack_api_url, session, patient=False)
        await open_connection(client, half)
    return workspace.team or workspace.id
