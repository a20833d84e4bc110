"""Slack's text in both directions."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.platforms.markdown import clean
from bot.platforms.slack.text import escape, line, mrkdwn, pieces, plain, without_mention


@pytest.mark.parametrize(
    "typed, meant",
    [
        ("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"),
        ("&amp;lt; stays", "&lt; stays"),
        ("see <http://asyncio.to|asyncio.to>_thread", "see asyncio.to_thread"),
        ("<https://example.org/a?b=1&amp;c=2>", "https://example.org/a?b=1&c=2"),
        ("<mailto:a@b.org|a@b.org>", "a@b.org"),
        ("<mailto:a@b.org>", "a@b.org"),
        ("<@U1> and <@U2|bob> in <#C1|general>", "@U1 and @bob in #general"),
        ("<!here> <!subteam^S1|@team> <!date^1^{date}|today>", "@here @team today"),
        ("```\nx: list&lt;int&gt;\n```", "```\nx: list<int>\n```"),
    ],
)
def test_markup_of_incoming_text_is_undone(typed: str, meant: str) -> None:
    assert plain(typed) == meant


@settings(deadline=None)
@given(st.text())
def test_what_is_escaped_comes_back_as_it_was(text: str) -> None:
    escaped = escape(text)
    assert plain(escaped) == clean(text)
    assert not {"<", ">"} & set(escaped)


@pytest.mark.parametrize(
    "text, rest",
    [
        ("<@UBOT> leaderboard", "leaderboard"),
        ("  <@UBOT|bot>: hello", "hello"),
        ("hello <@UBOT>", None),
        ("<@UBOTTLE> hello", None),
    ],
)
def test_a_mention_at_the_beginning_is_taken_off(text: str, rest: str | None) -> None:
    assert without_mention(text, "UBOT") == rest


@pytest.mark.parametrize(
    "markdown, slack",
    [
        ("**bold** and *italic* and ~~gone~~", "*bold* and _italic_ and ~gone~"),
        ("__bold__", "*bold*"),
        ("# Title\ntext", "*Title*\ntext"),
        ("## **Title**", "*Title*"),
        ("- one\n* two\n  + three", "• one\n• two\n  • three"),
        ("[docs](https://example.org/a_b)", "<https://example.org/a_b|docs>"),
        ("[x](javascript:alert)", "[x](javascript:alert)"),
        ("2 * 3 * 4 and a*b*c", "2 * 3 * 4 and a*b*c"),
        ("`a **b** < c`", "`a **b** &lt; c`"),
        ("<!channel> <@U1> & co", "&lt;!channel&gt; &lt;@U1&gt; &amp; co"),
        (
            "```python\nx = a ** b\n# note\n- y\n```\n**z**",
            "```\nx = a ** b\n# note\n- y\n```\n*z*",
        ),
        ("~~~\n```\n~~~", "```\n'''\n```"),
        ("```\nnever closed < &", "```\nnever closed &lt; &amp;\n```"),
    ],
)
def test_markdown_becomes_mrkdwn(markdown: str, slack: str) -> None:
    assert mrkdwn(markdown).strip() == slack


def test_a_line_is_cut_before_it_is_escaped() -> None:
    assert line("a\n &  b", 8) == "a &amp; b"
    assert line("&" * 9, 4) == "&amp;" * 3 + "…"


@pytest.mark.parametrize(
    "text",
    ["&" * 9000, "```" + "x" * 9000, "```py\n" + "<\n" * 5000, "`" * 9000, "a. " * 5000, "\n" * 99],
)
def test_pieces_keep_the_limit_after_escaping(text: str) -> None:
    found = list(pieces(text, mrkdwn, 3000))
    assert all(0 < len(piece) <= 3000 for piece in found)
    for entity in ("&am", "&l", "&g"):
        assert not any(piece.endswith(entity) for piece in found)
