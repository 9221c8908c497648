from __future__ import annotations

from ktui.adapters.kafka.offsets_requests import requests_for
from ktui.adapters.kafka.offsets_share import shares_of
from ktui.adapters.kafka.offsets_wire import MOST_PARTITIONS
from ktui.adapters.kafka.steps import at_once
from ktui.adapters.rates.track import Track
from tests.adapters.kafka.poll.leaders import topic

LARGE = [topic("large", (1,) * 12_000), topic("two", (1, 2, -1, 2))]
EXPECTED = {("large", index) for index in range(12_000)} | {("two", 0), ("two", 1), ("two", 3)}


def test_no_request_asks_for_more_than_it_should_and_every_leader_is_asked_for_its_own() -> None:
    by_leader = at_once(requests_for(LARGE))
    asked = [request.entries for requests in by_leader.values() for request in requests]
    partitions = [(name, index) for entries in asked for name, indexes in entries for index in indexes]
    assert len(partitions) == len(set(partitions))
    assert set(partitions) == EXPECTED
    assert max(sum(len(indexes) for _, indexes in entries) for entries in asked) <= MOST_PARTITIONS
    assert [list(entries) for entries in (by_leader[2][0].entries,)] == [[("two", [1, 3])]]


def test_the_same_for_topics_that_are_asked_for_again_and_again() -> None:
    shares = at_once(shares_of(map(Track, LARGE)))
    sizes = [(share.leader, sum(len(i) for _, i in share.request.entries)) for share in shares]
    assert sorted(sizes) == [(1, 2001), (1, 5000), (1, 5000), (2, 2)]
    found = {(n, i) for share in shares for n, indexes in share.request.entries for i in indexes}
    assert found == EXPECTED


def test_the_bytes_of_a_request_are_made_once() -> None:
    share = at_once(shares_of([Track(LARGE[1])]))[0]
    assert share.request.body(9) is share.request.body(9)
    assert share.request.body(9) != share.request.body(5)
