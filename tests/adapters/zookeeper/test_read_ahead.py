from __future__ import annotations

import socket

import pytest

from ktui.adapters.zookeeper.read_ahead import ReadAhead


def test_small_reads_come_from_one_piece() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        ahead = ReadAhead(ours)
        ahead.setblocking(False)
        theirs.sendall(b"0123456789")
        assert ahead.recv(4) == b"0123"
        assert ahead.pending() == 6
        assert (ahead.recv(100), ahead.pending()) == (b"456789", 0)
        with pytest.raises(BlockingIOError):
            ahead.recv(1)
        assert ahead.send(b"x") == 1
        assert theirs.recv(1) == b"x"
        theirs.shutdown(socket.SHUT_WR)
        assert ahead.recv(1) == b""
        assert ahead.fileno() == ours.fileno()
        ahead.close()
