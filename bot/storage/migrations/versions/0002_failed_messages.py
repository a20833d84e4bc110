"""Why a message could not be posted, and looking a post up by its reference."""

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"


def upgrade() -> None:
    """Add the reason of a failure and an index of references."""
    op.add_column("outbox", sa.Column("failure", sa.Text(), nullable=True))
    op.create_index("ix_outbox_reference", "outbox", ["reference"], unique=False)
