"""Several workspaces behind one app: each request goes to the one that it is about."""

from collections.abc import Mapping

from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse


class Switchboard:
    """Passes requests on to the bolt app of their workspace; ``apps`` are by workspace id."""

    def __init__(self, apps: Mapping[str, AsyncApp]) -> None:
        self._apps = apps

    async def async_dispatch(self, request: AsyncBoltRequest) -> BoltResponse:
        """What the workspace's app answers; what is about no known workspace has no effect."""
        context = request.context
        about = [each for each in (context.team_id, context.enterprise_id) if each]
        known = next((self._apps[each] for each in about if each in self._apps), None)
        # A single app hears everything, and a request about no workspace tests the address.
        if known is None and (len(self._apps) == 1 or not about):
            known = next(iter(self._apps.values()))
        return await known.async_dispatch(request) if known else BoltResponse(status=200)
