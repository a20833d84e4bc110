"""A circuit breaker: a server that keeps failing is left alone for a while."""

import time
from collections.abc import Callable
from typing import Final

FAILURES: Final = 5
REST_SECONDS: Final = 60.0


class Breaker:
    """Opens after ``FAILURES`` failed calls in a row; then one call at a time may try again."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures = 0
        self._closed_from = 0.0

    def allows(self) -> bool:
        """Whether a call may be made now; the first one after a rest is a trial."""
        if self._failures < FAILURES:
            return True
        if self._clock() < self._closed_from:
            return False
        self._closed_from = self._clock() + REST_SECONDS
        return True

    def succeeded(self) -> None:
        """Note an answer, of whatever kind: the server is there."""
        self._failures = 0

    def failed(self) -> None:
        """Note that there was no answer."""
        self._failures += 1
        self._closed_from = self._clock() + REST_SECONDS
