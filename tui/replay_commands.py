"""The commands that only a replay has."""

from __future__ import annotations

from typing import Final

from ktui.tui.command_kinds import Argument, Command, Group

REPLAY_COMMANDS: Final = (
    Command(
        "next-problem",
        "exclamation_mark",
        "next problem",
        "to where something goes wrong, and pauses",
        Group.REPLAY,
        shown="!",
        words=("next-problem",),
        in_replay=True,
    ),
    Command(
        "step",
        "full_stop",
        "next change",
        "to the next change of the picture",
        Group.REPLAY,
        shown=".",
        words=("step",),
        in_replay=True,
    ),
    Command(
        "step-back",
        "comma",
        "change before",
        "to the change before this moment",
        Group.REPLAY,
        shown=",",
        words=("step-back",),
        in_replay=True,
    ),
    Command(
        "ten-back",
        "left",
        "10 s back",
        "ten seconds back in time",
        Group.REPLAY,
        shown="←",
        in_replay=True,
    ),
    Command(
        "ten-on",
        "right",
        "10 s on",
        "ten seconds on in time",
        Group.REPLAY,
        shown="→",
        in_replay=True,
    ),
    Command(
        "seek",
        "",
        "seek",
        "14:02:11, -5m, +30s, 50%, start, end, a date",
        Group.REPLAY,
        words=("seek",),
        argument=Argument.MOMENT,
        in_replay=True,
    ),
)
