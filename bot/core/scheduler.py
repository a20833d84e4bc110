"""The heartbeat: what has to happen now, in the order that loses nothing."""

from bot.core.answers import work_off
from bot.core.appeals import announce
from bot.core.ports import Ports
from bot.core.rounds import tick


async def beat(ports: Ports, platform: str) -> None:
    """Grade what has arrived, then bring the platform's challenges up to date."""
    await work_off(ports)
    for challenge in await ports.store.challenges.all():
        if challenge.channel.platform == platform:
            await tick(ports, challenge)
            await announce(ports, challenge)
