"""App Home: a member's own record and the boards of their channels, in one place."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.core import admin, boards
from bot.core.challenges import Challenge
from bot.core.intents import Board, ChallengeShown, Progress
from bot.core.people import Member
from bot.core.ports import Ports
from bot.core.standings import Period
from bot.platforms.slack.blocks import (
    Block,
    actions,
    button,
    context,
    divider,
    fit,
    header,
    section,
)
from bot.platforms.slack.render import board, next_round, progress
from bot.platforms.slack.workspace import Workspace

QUOTE: Final = "quote"
FORGET: Final = "forget"
_MOST_CHANNELS: Final = 5
_PAGE: Final = 200


@dataclass(frozen=True, slots=True)
class Corner:
    """One of a member's channels."""

    shown: ChallengeShown
    progress: Progress
    board: Board


async def home(ports: Ports, workspace: Workspace, member: Member) -> Block:
    """The view for one member."""
    corners = []
    for challenge in await _own(ports, workspace, member.id):
        channel = challenge.channel
        corners.append(
            Corner(
                await admin.show(ports, channel),
                await boards.progress(ports, channel, member),
                await boards.leaderboard(ports, channel, Period.SEASON, member),
            )
        )
    return home_view(corners, quotable=await ports.store.people.quotable(member))


def home_view(corners: Sequence[Corner], *, quotable: bool) -> Block:
    """The view's blocks: settings first, then one corner for each channel."""
    blocks = [*_settings(quotable=quotable)]
    for corner in corners:
        blocks += [divider(), header(f"#{corner.shown.channel.name or corner.shown.channel.id}")]
        blocks += [section(f"Next round: {next_round(corner.shown)}")]
        blocks += [*progress(corner.progress), *board(corner.board)]
    if not corners:
        blocks.append(
            section("None of your channels has a challenge yet; /challenge in one sets it up.")
        )
    return {"type": "home", "blocks": list(fit(blocks, [], view=True))}


def _settings(*, quotable: bool) -> list[Block]:
    change = "Do not show my answers" if quotable else "Show my answers"
    now = "may" if quotable else "may not"
    forget = button(FORGET, "Forget me", "me", "danger")
    forget["confirm"] = {
        "title": {"type": "plain_text", "text": "Forget me?"},
        "text": {"type": "plain_text", "text": "Your answers and scores are removed for good."},
        "confirm": {"type": "plain_text", "text": "Forget me"},
        "deny": {"type": "plain_text", "text": "Keep them"},
    }
    return [
        header("Interview practice"),
        context(f"Your answers {now} be shown among the best at the close."),
        actions(button(QUOTE, change, "off" if quotable else "on"), forget),
    ]


async def _own(ports: Ports, workspace: Workspace, user: str) -> list[Challenge]:
    """The challenges of the channels that a member is in, the first few by name."""
    mine = await _channels(workspace, user)
    found = [
        challenge
        for challenge in await ports.store.challenges.all()
        if challenge.channel.key == workspace.channel(challenge.channel.id).key
        and challenge.channel.id in mine
    ]
    return sorted(found, key=lambda each: each.channel.name)[:_MOST_CHANNELS]


async def _channels(workspace: Workspace, user: str) -> set[str]:
    found: set[str] = set()
    asked: dict[str, Any] = {
        "user": user,
        "types": "public_channel,private_channel",
        "exclude_archived": True,
        "limit": _PAGE,
    }
    while True:
        answer = await workspace.patient.users_conversations(**asked)
        found |= {str(channel["id"]) for channel in answer.get("channels") or []}
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return found
        asked["cursor"] = cursor


async def publish(ports: Ports, workspace: Workspace, user: str) -> None:
    """Bring a member's App Home up to date."""
    member = await workspace.member(user)
    view = await home(ports, workspace, member)
    await workspace.patient.views_publish(user_id=user, view=view)
