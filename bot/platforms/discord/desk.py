"""What the parts of the platform share, whichever connection is up."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar
from weakref import WeakValueDictionary

import discord

from bot.core.ports import Ports

PLATFORM: Final = "discord"

Interaction = discord.Interaction[discord.AutoShardedClient]

_T = TypeVar("_T")
_KEPT: Final = 1000


class Recent(Generic[_T]):
    """The latest things by id; older ones are forgotten."""

    def __init__(self) -> None:
        self._items: OrderedDict[str, _T] = OrderedDict()

    def keep(self, key: str, item: _T) -> None:
        """Remember a thing under an id."""
        self._items[key] = item
        if len(self._items) > _KEPT:
            self._items.popitem(last=False)

    def get(self, key: str | None) -> _T | None:
        """The thing of an id, if it is remembered."""
        return self._items.get(key or "")

    def drop(self, key: str) -> None:
        """Forget a thing."""
        self._items.pop(key, None)


class Turns:
    """One lock an id, so that what happens in a thread is stored in the order it happened."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    def of(self, key: int) -> asyncio.Lock:
        """The lock of an id; it lives as long as somebody holds or awaits it."""
        return self._locks.setdefault(key, asyncio.Lock())


@dataclass(slots=True)
class Desk:
    """The ports, the settings, and what is remembered in memory only.

    ``reads`` is false where Discord withholds the text of messages. ``asked`` are the forms
    that were handed in and wait for their receipt, by the id of the interaction; ``told`` are
    those that had it, below which later ones find their place; ``places`` are the threads of
    the messages that were stored lately; ``marks`` are the bot's reactions to them.
    """

    ports: Ports
    zone: str = "UTC"
    admin_roles: frozenset[str] = frozenset()
    reads: bool = True
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    caught_up: asyncio.Event = field(default_factory=asyncio.Event)
    asked: Recent[Interaction] = field(default_factory=Recent)
    told: Recent[Interaction] = field(default_factory=Recent)
    places: Recent[int] = field(default_factory=Recent)
    marks: Recent[str] = field(default_factory=Recent)
    turns: Turns = field(default_factory=Turns)
