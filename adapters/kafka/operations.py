"""What a principal may do, as brokers tell it in bit fields (KIP-430): bit n stands for AclOperation n."""

from __future__ import annotations

from typing import Final

from ktui.adapters.access.operation import Operation

__all__ = ["NOT_TOLD", "Operation", "operations_of"]

NOT_TOLD: Final = -(2**31)
"""The broker was not asked, or is too old to tell."""


_FIRST_BIT: Final = 3
"""Codes 0 to 2 are UNKNOWN, ANY and ALL (`AclOperation`), which are no operations of their own."""


def operations_of(bits: int) -> frozenset[Operation] | None:
    """The operations of a bit field; None when it was not told."""
    if bits == NOT_TOLD:
        return None
    return frozenset(which for bit, which in enumerate(Operation, _FIRST_BIT) if bits >> bit & 1)
