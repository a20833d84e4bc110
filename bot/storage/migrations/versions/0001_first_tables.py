"""The first tables."""

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import Day, Instant, Json, Seconds, YesNo

revision: str = "0001"
down_revision: str | None = None


def upgrade() -> None:
    """Create every table of the first release."""
    op.create_table(
        "channels",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channels")),
        sa.UniqueConstraint(
            "platform",
            "workspace",
            "external_id",
            name=op.f("uq_channels_platform_workspace_external_id"),
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "members",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("quotable", YesNo(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
        sa.UniqueConstraint(
            "platform",
            "workspace",
            "external_id",
            name=op.f("uq_members_platform_workspace_external_id"),
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "questions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("body", Json(), nullable=False),
        sa.PrimaryKeyConstraint("id", "version", name=op.f("pk_questions")),
        sqlite_strict=True,
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("detail", Json(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_audit_channel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sqlite_strict=True,
    )
    op.create_table(
        "challenges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("settings", Json(), nullable=False),
        sa.Column("planned_through", Day(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("removed_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_challenges_channel_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenges")),
        sqlite_strict=True,
    )
    op.create_index(
        "uq_challenges_channel_id",
        "challenges",
        ["channel_id"],
        unique=True,
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "inbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("body", Json(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("handled_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_inbox_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint(
            "platform",
            "workspace",
            "channel",
            "message_id",
            "kind",
            "version",
            name=op.f("uq_inbox_platform_workspace_channel_message_id_kind_version"),
        ),
        sqlite_strict=True,
    )
    op.create_index("ix_inbox_handled_at", "inbox", ["handled_at"], unique=False)
    op.create_index("ix_inbox_member_id", "inbox", ["member_id"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("marker", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("body", Json(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", Seconds(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_outbox_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("marker", name=op.f("uq_outbox_marker")),
        sqlite_strict=True,
    )
    op.create_index("ix_outbox_platform_sent_at", "outbox", ["platform", "sent_at"], unique=False)
    op.create_table(
        "quizzes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Text(), nullable=False),
        sa.Column("question_version", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_quizzes_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quizzes")),
        sqlite_strict=True,
    )
    op.create_index("ix_quizzes_member_id", "quizzes", ["member_id"], unique=False)
    op.create_table(
        "standings",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("start", Day(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_standings_channel_id")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_standings_member_id")),
        sa.PrimaryKeyConstraint(
            "channel_id", "period", "start", "member_id", name=op.f("pk_standings")
        ),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_standings_points",
        "standings",
        ["channel_id", "period", "start", "points"],
        unique=False,
    )
    op.create_table(
        "rounds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("local_date", Day(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("scheduled", YesNo(), nullable=False),
        sa.Column("opens_at", Instant(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=True),
        sa.Column("closes_at", Instant(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("announced", YesNo(), nullable=False),
        sa.Column("question_id", sa.Text(), nullable=True),
        sa.Column("question_version", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('planned', 'open', 'closed')", name=op.f("ck_rounds_state")),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenges.id"], name=op.f("fk_rounds_challenge_id")
        ),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_rounds_channel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rounds")),
        sa.UniqueConstraint(
            "challenge_id", "local_date", name=op.f("uq_rounds_challenge_id_local_date")
        ),
        sqlite_strict=True,
    )
    op.create_index("ix_rounds_channel_id_state", "rounds", ["channel_id", "state"], unique=False)
    op.create_table(
        "answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("quiz_id", sa.Integer(), nullable=True),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(round_id IS NULL) <> (quiz_id IS NULL)", name=op.f("ck_answers_one_target")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_answers_member_id")),
        sa.ForeignKeyConstraint(["quiz_id"], ["quizzes.id"], name=op.f("fk_answers_quiz_id")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_answers_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
        sa.UniqueConstraint("quiz_id", name=op.f("uq_answers_quiz_id")),
        sa.UniqueConstraint(
            "round_id",
            "member_id",
            "question_id",
            name=op.f("uq_answers_round_id_member_id_question_id"),
        ),
        sqlite_strict=True,
    )
    op.create_index("ix_answers_member_id", "answers", ["member_id"], unique=False)
    op.create_table(
        "uses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenges.id"], name=op.f("fk_uses_challenge_id")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_uses_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uses")),
        sqlite_strict=True,
    )
    op.create_index("ix_uses_challenge_id", "uses", ["challenge_id"], unique=False)
    op.create_table(
        "revisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=False),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["answer_id"], ["answers.id"], name=op.f("fk_revisions_answer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revisions")),
        sa.UniqueConstraint("answer_id", "number", name=op.f("uq_revisions_answer_id_number")),
        sqlite_strict=True,
    )
    op.create_index("ix_revisions_message_id", "revisions", ["message_id"], unique=False)
    op.create_table(
        "gradings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("body", Json(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name=op.f("ck_gradings_score")),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revisions.id"], name=op.f("fk_gradings_revision_id")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["gradings.id"], name=op.f("fk_gradings_supersedes_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gradings")),
        sqlite_strict=True,
    )
    op.create_index("ix_gradings_revision_id", "gradings", ["revision_id"], unique=False)
    op.create_table(
        "round_scores",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("grading_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["grading_id"], ["gradings.id"], name=op.f("fk_round_scores_grading_id")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_round_scores_member_id")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_round_scores_round_id")),
        sa.PrimaryKeyConstraint("round_id", "member_id", name=op.f("pk_round_scores")),
        sqlite_strict=True,
    )
    op.create_index("ix_round_scores_member_id", "round_scores", ["member_id"], unique=False)
