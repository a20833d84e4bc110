"""What is remembered between two requests only while the process lives; losing it harms nothing."""

import time
from collections import OrderedDict
from typing import Final

_REPLY_SECONDS: Final = 25 * 60.0
_MOST: Final = 10_000


class Memory:
    """Addresses for replies to interactions, and requests that were served already."""

    def __init__(self) -> None:
        self._urls: OrderedDict[str, tuple[float, str]] = OrderedDict()
        self._served: OrderedDict[str, None] = OrderedDict()

    def keep_reply_url(self, about: str, url: str) -> None:
        """Remember where a reply about something goes; Slack takes it for half an hour."""
        self._urls[about] = (time.monotonic(), url)
        _bound(self._urls)

    def reply_url(self, about: str) -> str | None:
        """Where a reply goes, if that is still known and open."""
        kept = self._urls.get(about)
        if kept is None or time.monotonic() - kept[0] > _REPLY_SECONDS:
            return None
        return kept[1]

    def serve(self, request: str) -> bool:
        """Note a request; false if it was noted before."""
        if request in self._served:
            return False
        self._served[request] = None
        _bound(self._served)
        return True

    def forget(self, request: str) -> None:
        """Serve a request again if it comes again."""
        self._served.pop(request, None)


def _bound(entries: OrderedDict[str, tuple[float, str]] | OrderedDict[str, None]) -> None:
    while len(entries) > _MOST:
        entries.popitem(last=False)
