"""The tables, for SQLite and PostgreSQL alike."""

from typing import Final

import sqlalchemy as sa

from bot.storage.columns import Day, Instant, Json, Seconds, YesNo

metadata: Final = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _table(name: str, *parts: sa.schema.SchemaItem) -> sa.Table:
    return sa.Table(name, metadata, *parts, sqlite_strict=True)


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer, primary_key=True)


def _link(name: str, target: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, sa.ForeignKey(target), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


members = _table(
    "members",
    _id(),
    _text("platform"),
    _text("workspace"),
    _text("external_id"),
    _text("name"),
    sa.Column("quotable", YesNo, nullable=False),
    sa.UniqueConstraint("platform", "workspace", "external_id"),
)

channels = _table(
    "channels",
    _id(),
    _text("platform"),
    _text("workspace"),
    _text("external_id"),
    _text("name"),
    sa.UniqueConstraint("platform", "workspace", "external_id"),
)

challenges = _table(
    "challenges",
    _id(),
    _link("channel_id", "channels.id"),
    sa.Column("settings", Json, nullable=False),
    sa.Column("planned_through", Day, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("removed_at", Instant),
    sa.Index(
        "uq_challenges_channel_id",
        "channel_id",
        unique=True,
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    ),
)

questions = _table(
    "questions",
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("version", sa.Text, primary_key=True),
    sa.Column("body", Json, nullable=False),
)

rounds = _table(
    "rounds",
    _id(),
    _link("challenge_id", "challenges.id"),
    _link("channel_id", "channels.id"),
    sa.Column("local_date", Day, nullable=False),
    _text("state"),
    sa.Column("scheduled", YesNo, nullable=False),
    sa.Column("opens_at", Instant, nullable=False),
    sa.Column("opened_at", Instant),
    sa.Column("closes_at", Instant),
    sa.Column("closed_at", Instant),
    sa.Column("announced", YesNo, nullable=False),
    _text("question_id", nullable=True),
    _text("question_version", nullable=True),
    sa.UniqueConstraint("challenge_id", "local_date"),
    sa.CheckConstraint("state IN ('planned', 'open', 'closed')", name="state"),
    sa.Index("ix_rounds_channel_id_state", "channel_id", "state"),
)

uses = _table(
    "uses",
    _id(),
    _link("challenge_id", "challenges.id"),
    _link("round_id", "rounds.id"),
    _text("question_id"),
    sa.Index("ix_uses_challenge_id", "challenge_id"),
)

quizzes = _table(
    "quizzes",
    _id(),
    _link("member_id", "members.id"),
    _text("question_id"),
    _text("question_version"),
    sa.Column("created_at", Instant, nullable=False),
    sa.Index("ix_quizzes_member_id", "member_id"),
)

inbox = _table(
    "inbox",
    _id(),
    _text("platform"),
    _text("workspace"),
    _text("channel"),
    _text("message_id"),
    _text("kind"),
    _text("version"),
    _link("member_id", "members.id"),
    sa.Column("body", Json, nullable=False),
    sa.Column("received_at", Instant, nullable=False),
    sa.Column("handled_at", Instant),
    sa.UniqueConstraint("platform", "workspace", "channel", "message_id", "kind", "version"),
    sa.Index("ix_inbox_handled_at", "handled_at"),
    sa.Index("ix_inbox_member_id", "member_id"),
)

answers = _table(
    "answers",
    _id(),
    _link("round_id", "rounds.id", nullable=True),
    _link("quiz_id", "quizzes.id", nullable=True),
    _link("member_id", "members.id"),
    _text("question_id"),
    sa.UniqueConstraint("round_id", "member_id", "question_id"),
    sa.UniqueConstraint("quiz_id"),
    sa.CheckConstraint("(round_id IS NULL) <> (quiz_id IS NULL)", name="one_target"),
    sa.Index("ix_answers_member_id", "member_id"),
)

revisions = _table(
    "revisions",
    _id(),
    _link("answer_id", "answers.id"),
    sa.Column("number", sa.Integer, nullable=False),
    _text("message_id"),
    _text("text"),
    sa.Column("sent_at", Instant, nullable=False),
    sa.Column("withdrawn_at", Instant),
    sa.UniqueConstraint("answer_id", "number"),
    sa.Index("ix_revisions_message_id", "message_id"),
)

gradings = _table(
    "gradings",
    _id(),
    _link("revision_id", "revisions.id"),
    _link("supersedes_id", "gradings.id", nullable=True),
    sa.Column("score", sa.Integer),
    sa.Column("body", Json, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.CheckConstraint("score BETWEEN 0 AND 100", name="score"),
    sa.Index("ix_gradings_revision_id", "revision_id"),
)

round_scores = _table(
    "round_scores",
    sa.Column("round_id", sa.Integer, sa.ForeignKey("rounds.id"), primary_key=True),
    sa.Column("member_id", sa.Integer, sa.ForeignKey("members.id"), primary_key=True),
    _link("grading_id", "gradings.id"),
    sa.Column("points", sa.Integer, nullable=False),
    sa.Index("ix_round_scores_member_id", "member_id"),
)

standings = _table(
    "standings",
    sa.Column("channel_id", sa.Integer, sa.ForeignKey("channels.id"), primary_key=True),
    sa.Column("period", sa.Text, primary_key=True),
    sa.Column("start", Day, primary_key=True),
    sa.Column("member_id", sa.Integer, sa.ForeignKey("members.id"), primary_key=True),
    sa.Column("points", sa.Integer, nullable=False),
    sa.Column("rounds", sa.Integer, nullable=False),
    sa.Index("ix_standings_points", "channel_id", "period", "start", "points"),
)

refinements = _table(
    "refinements",
    _id(),
    _link("grading_id", "gradings.id"),
    _link("member_id", "members.id"),
    _link("channel_id", "channels.id"),
    _text("mode"),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("leased_until", Seconds),
    sa.Column("done_at", Instant),
    sa.UniqueConstraint("grading_id"),
    sa.Index("ix_refinements_done_at", "done_at"),
    sa.Index("ix_refinements_member_id", "member_id"),
)

opinions = _table(
    "opinions",
    sa.Column("key", sa.Text, primary_key=True),
    _link("member_id", "members.id"),
    sa.Column("body", Json, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Index("ix_opinions_member_id", "member_id"),
)

spendings = _table(
    "spendings",
    sa.Column("day", Day, primary_key=True),
    sa.Column("scope", sa.Text, primary_key=True),
    sa.Column("subject_id", sa.Integer, primary_key=True),
    sa.Column("tokens", sa.Integer, nullable=False),
    sa.CheckConstraint("scope IN ('member', 'channel', 'day')", name="scope"),
)

appeals = _table(
    "appeals",
    _id(),
    _link("grading_id", "gradings.id"),
    _link("revision_id", "revisions.id"),
    _link("member_id", "members.id"),
    _link("channel_id", "channels.id"),
    _text("why"),
    _text("doubt", nullable=True),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("announced", YesNo, nullable=False),
    sa.Column("ruled_at", Instant),
    _link("ruling_id", "gradings.id", nullable=True),
    sa.UniqueConstraint("grading_id"),
    sa.Index("ix_appeals_channel_id_ruled_at", "channel_id", "ruled_at"),
    sa.Index("ix_appeals_revision_id", "revision_id"),
    sa.Index("ix_appeals_member_id", "member_id"),
)

outbox = _table(
    "outbox",
    _id(),
    _text("marker"),
    _text("platform"),
    _link("member_id", "members.id", nullable=True),
    sa.Column("body", Json, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("leased_until", Seconds),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("sent_at", Instant),
    _text("reference", nullable=True),
    _text("failure", nullable=True),
    sa.UniqueConstraint("marker"),
    sa.Index("ix_outbox_platform_sent_at", "platform", "sent_at"),
    sa.Index("ix_outbox_reference", "reference"),
)

audit = _table(
    "audit",
    _id(),
    sa.Column("at", Instant, nullable=False),
    _text("actor"),
    _text("action"),
    _link("channel_id", "channels.id"),
    sa.Column("detail", Json, nullable=False),
)
