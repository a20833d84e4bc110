"""Where the model is: the base URL from the environment, checked before anything is sent."""

from collections.abc import Collection
from ipaddress import ip_address
from urllib.parse import urlsplit

from bot.errors import ConfigError


def chat_url(base_url: str, plain_hosts: Collection[str] = ()) -> str:
    """The address of chat completions under ``base_url``.

    Plain http is for this machine and for ``plain_hosts``; everything else needs https.

    Raises:
        ConfigError: the URL cannot be used; says what would be right.
    """
    try:
        parts = urlsplit(base_url.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in {"http", "https"}:
        raise ConfigError("OPENAI_BASE_URL must look like https://host/v1.")
    if parts.username is not None or parts.query or parts.fragment:
        raise ConfigError(
            "OPENAI_BASE_URL takes no name, password, ? or #; the key goes into OPENAI_API_KEY."
        )
    if parts.scheme == "http" and not is_loopback(host) and host not in plain_hosts:
        raise ConfigError(
            f"OPENAI_BASE_URL must use https for {host}; where plain http is safe, add the host to"
            " INTERVIEW_BOT_MODEL_HOSTS."
        )
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}/chat/completions"


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
