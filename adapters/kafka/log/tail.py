"""The end of the log as one leader after the other has told it: what is committed is given out, the rest is held."""

from __future__ import annotations

from collections import deque

from ktui.adapters.kafka.log.batches import Batch, Damaged, batches


class Tail:
    """Reads from an offset on; `epoch` is that of the last record before it."""

    def __init__(self, offset: int, epoch: int) -> None:
        self.applied = offset
        """Everything below this offset was given out."""
        self._applied_epoch = epoch
        self._held: deque[Batch] = deque()

    @property
    def next_offset(self) -> int:
        """Where to read on."""
        return self._held[-1].last_offset + 1 if self._held else self.applied

    @property
    def last_epoch(self) -> int:
        """The leader epoch of the last record that was read."""
        return self._held[-1].epoch if self._held else self._applied_epoch

    def read(self, records: bytes) -> None:
        """Take an answer's batches; those that were read before are passed over. Raises Damaged."""
        for batch in batches(records):
            if batch.last_offset < self.next_offset:
                continue
            if batch.base_offset != self.next_offset or batch.epoch < self.last_epoch:
                raise Damaged(0, f"batch {batch.base_offset} does not follow offset {self.next_offset}")
            self._held.append(batch)

    def committed(self, high_watermark: int) -> list[Batch]:
        """What became committed, in its order; it is not held any more."""
        ready: list[Batch] = []
        while self._held and self._held[0].last_offset < high_watermark:
            batch = self._held.popleft()
            self.applied, self._applied_epoch = batch.last_offset + 1, batch.epoch
            ready.append(batch)
        return ready

    def diverge(self, end_offset: int, epoch: int) -> bool:
        """Withdraw what this leader does not have; False: that reaches below what was given out."""
        while self._held and (self._held[-1].last_offset >= end_offset or self._held[-1].epoch > epoch):
            self._held.pop()
        return self.next_offset <= end_offset and self.last_epoch <= epoch
