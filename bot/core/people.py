"""Members and channels: stable namespaced ids, opaque beyond that."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Part = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class _Place(BaseModel):
    """Something that a platform's workspace (or guild) holds under an id."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    platform: Part
    workspace: Part
    id: Part
    name: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it the same one, whatever it is called today."""
        return self.platform, self.workspace, self.id


class Member(_Place):
    """Somebody who answers."""


class Channel(_Place):
    """Where a challenge is posted."""
