from __future__ import annotations

from ktui.adapters.groups.book import KEPT, GroupBook
from ktui.adapters.groups.model import GroupListed, GroupSeen, GroupType, LagStatus, Member
from ktui.adapters.groups.readers import ReadersSoFar
from ktui.adapters.model import Fault


def listed(name: str, coordinator: int = 1, state: str = "Stable") -> GroupListed:
    return GroupListed(name, coordinator, GroupType.CLASSIC, "consumer", state)


def member(name: str, **topics: tuple[int, ...]) -> Member:
    return Member(name, None, "client", "host", topics)


def seen(name: str, *members: Member) -> GroupSeen:
    return GroupSeen(name, "Stable" if members else "Empty", members, "range")


FAULT = Fault("list of groups", "broker 2", "did not answer", 1.0)


def test_groups_of_all_coordinators_by_name() -> None:
    book = GroupBook()
    book.take_list(2, (listed("b", 2), listed("a", 2)), [1, 2])
    assert not book.view.is_listed
    book.take_list(1, (listed("c"),), [1, 2])
    assert book.view.is_listed
    assert [group.name for group in book.view.listed] == ["a", "b", "c"]
    before = book.view
    book.take_list(1, (listed("c"),), [1, 2])
    assert book.view is before


def test_a_silent_coordinator_keeps_its_groups_and_says_so() -> None:
    book = GroupBook()
    book.take_list(1, (listed("a"),), [1, 2])
    book.take_list(2, (listed("b", 2),), [1, 2])
    book.fail_list(2, FAULT, [1, 2])
    assert [group.name for group in book.view.listed] == ["a", "b"]
    assert (book.view.stale_coordinators, book.view.faults) == ({2}, (FAULT,))
    book.take_list(1, (listed("a"), listed("b", 1)), [1, 2])
    assert book.view.by_name["b"].coordinator == 1
    book.clear_fault("list of groups", "broker 2")
    book.take_list(2, (), [1, 2])
    assert (book.view.stale_coordinators, book.view.faults) == (frozenset(), ())


def test_a_coordinator_that_is_gone_takes_its_groups_along() -> None:
    book = GroupBook()
    book.take_list(1, (listed("a"),), [1, 2])
    book.take_list(2, (listed("b", 2),), [1, 2])
    book.take_list(1, (listed("a"),), [1])
    assert [group.name for group in book.view.listed] == ["a"]


def test_lag_of_what_was_committed_and_who_holds_what() -> None:
    book = GroupBook()
    ours = member("m", orders=(0, 2))
    book.take_group("g", seen("g", ours), {("orders", 0): 5, ("orders", 1): 7}, None, 1.0)
    detail = book.view.details["g"]
    assert detail.lag is None
    keys = book.keys_of("g")
    assert keys == {("orders", 0), ("orders", 1), ("orders", 2)}
    book.take_ends(["g"], {("orders", 0): (9, 1.0), ("orders", 1): (5, 1.0), ("orders", 2): (3, 1.0)}, keys)
    detail = book.view.details["g"]
    assert [(p.index, p.committed, p.lag, p.member) for p in detail.parts or ()] == [
        (0, 5, 4, ours),
        (1, 7, 0, None),
        (2, None, None, ours),
    ]
    assert (detail.lag, detail.trend, detail.status) == (4, None, None)


def test_status_trend_and_time_to_catch_up_after_a_while() -> None:
    book = GroupBook()
    for number in range(5):
        book.take_group("g", seen("g", member("m", t=(0,))), {("t", 0): 20 * number}, None, 1.0)
        book.take_ends(["g"], {("t", 0): (100 + 10 * number, 10.0 * number)}, {("t", 0)})
    detail = book.view.details["g"]
    assert (detail.lag, detail.trend, detail.catch_up_s) == (60, -1.0, 60.0)
    assert detail.status is LagStatus.OK


def test_an_end_that_is_not_known_any_more_is_unknown_again() -> None:
    book = GroupBook()
    book.take_group("g", None, {("t", 0): 5}, "not described", 1.0)
    book.take_ends(["g"], {("t", 0): (6, 1.0)}, {("t", 0)})
    assert book.view.details["g"].lag == 1
    book.take_ends(["g"], {}, {("t", 0)})
    assert book.view.details["g"].lag is None
    assert book.view.details["g"].reason == "not described"


def test_details_of_long_ago_are_forgotten() -> None:
    book = GroupBook()
    for number in range(KEPT + 10):
        book.take_group(f"g{number}", None, {}, None, 1.0)
    assert len(book.view.details) == len(book.offsets) == KEPT
    assert "g0" not in book.view.details


def test_readers_as_they_are_found_and_again() -> None:
    readers = ReadersSoFar("t")
    readers.begin(1)
    readers.add(1, 10, {"a"}, None)
    told = readers.told({1: 12, 2: 3})
    assert (told.names, told.asked, told.of, told.is_complete) == ({"a"}, 10, 15, False)
    readers.add(1, 2, {"b"}, "no right")
    readers.end(1)
    readers.begin(2)
    readers.end(2)
    told = readers.told({1: 12, 2: 3})
    assert (told.names, told.asked, told.is_complete, told.reasons) == ({"a", "b"}, 15, True, ("no right",))
    readers.begin(1)
    readers.add(1, 12, {"b"}, None)
    assert readers.told({1: 12, 2: 3}).names == {"a", "b"}
    readers.end(1)
    assert readers.told({1: 12, 2: 3}).names == {"b"}
