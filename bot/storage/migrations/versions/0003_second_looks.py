"""The model's second look, its budgets and cache, and appeals."""

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import Day, Instant, Json, Seconds, YesNo

revision: str = "0003"
down_revision: str | None = "0002"


def upgrade() -> None:
    """Create the tables of what changes a grading later."""
    _create_refinements()
    _create_spendings()
    _create_appeals()


def _create_refinements() -> None:
    op.create_table(
        "refinements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("grading_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", Seconds(), nullable=True),
        sa.Column("done_at", Instant(), nullable=True),
        _link("refinements", "grading_id", "gradings"),
        _link("refinements", "member_id", "members"),
        _link("refinements", "channel_id", "channels"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refinements")),
        sa.UniqueConstraint("grading_id", name=op.f("uq_refinements_grading_id")),
        sqlite_strict=True,
    )
    op.create_index("ix_refinements_done_at", "refinements", ["done_at"])
    op.create_index("ix_refinements_member_id", "refinements", ["member_id"])
    op.create_table(
        "opinions",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("body", Json(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        _link("opinions", "member_id", "members"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_opinions")),
        sqlite_strict=True,
    )
    op.create_index("ix_opinions_member_id", "opinions", ["member_id"])


def _create_spendings() -> None:
    op.create_table(
        "spendings",
        sa.Column("day", Day(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("tokens", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "scope IN ('member', 'channel', 'day')", name=op.f("ck_spendings_scope")
        ),
        sa.PrimaryKeyConstraint("day", "scope", "subject_id", name=op.f("pk_spendings")),
        sqlite_strict=True,
    )


def _create_appeals() -> None:
    op.create_table(
        "appeals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("grading_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("doubt", sa.Text(), nullable=True),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("announced", YesNo(), nullable=False),
        sa.Column("ruled_at", Instant(), nullable=True),
        sa.Column("ruling_id", sa.Integer(), nullable=True),
        _link("appeals", "grading_id", "gradings"),
        _link("appeals", "revision_id", "revisions"),
        _link("appeals", "member_id", "members"),
        _link("appeals", "channel_id", "channels"),
        _link("appeals", "ruling_id", "gradings"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeals")),
        sa.UniqueConstraint("grading_id", name=op.f("uq_appeals_grading_id")),
        sqlite_strict=True,
    )
    op.create_index("ix_appeals_channel_id_ruled_at", "appeals", ["channel_id", "ruled_at"])
    op.create_index("ix_appeals_revision_id", "appeals", ["revision_id"])
    op.create_index("ix_appeals_member_id", "appeals", ["member_id"])


def _link(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name)
