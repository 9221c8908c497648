"""Line numbers as regions, neighbours joined."""

from __future__ import annotations

from collections.abc import Sequence

from textual.geometry import Region


def line_regions(lines: Sequence[int], width: int) -> list[Region]:
    """Regions of full width that cover the ascending line numbers."""
    regions: list[Region] = []
    for y in lines:
        if regions and regions[-1].bottom == y:
            last = regions[-1]
            regions[-1] = Region(0, last.y, width, last.height + 1)
        else:
            regions.append(Region(0, y, width, 1))
    return regions
