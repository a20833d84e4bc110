"""A clock that can be moved forward, so that tomorrow comes today."""

from datetime import UTC, datetime, timedelta


class ShiftedClock:
    """Runs like the real clock, ahead of it by what ``advance_to`` has added."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        """The shifted instant, in UTC."""
        return datetime.now(UTC) + self._ahead

    def advance_to(self, instant: datetime) -> None:
        """Move forward to ``instant``; never back."""
        self._ahead += max(timedelta(), instant - self.now())
