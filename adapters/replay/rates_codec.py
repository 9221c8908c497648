"""Rates in a recording: now and then all of them with their history, in between only what a moment changed."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from ktui.adapters.errors import BadAnswer
from ktui.adapters.rates.exact import BrokerRates
from ktui.adapters.rates.frames import TIERS, Filled, Frame, Wiped
from ktui.adapters.rates.keys import CLUSTER, Whole
from ktui.adapters.rates.meter import OwnTraffic
from ktui.adapters.rates.motion import Change
from ktui.adapters.rates.slots import Picture
from ktui.adapters.rates.view import EMPTY_VIEW, RatesView
from ktui.adapters.replay.payload import Blobs, blob_putter
from ktui.adapters.replay.plain import from_plain, to_plain
from ktui.adapters.replay.rates_state import Moments, RatesState
from ktui.adapters.replay.tables import from_little_endian, little_endian

Note = Filled | Wiped
_WHOLE: Final = "cluster"
_BOOKS: Final = ("quiet", "record_sizes")


def write_rates(view: RatesView, blobs: Blobs) -> Any:
    """All of a view."""
    return {
        **_heads(view, EMPTY_VIEW),
        "topics": _picture(view.topics, blobs),
        "totals": _picture(view.totals, blobs),
        "partitions": [[name, _moments(frames, blobs)] for name, frames in view.partitions.items()],
        **{book: _book(getattr(view, book), {}) for book in _BOOKS},
    }


def read_rates(written: Any, blobs: Sequence[bytes]) -> RatesState:
    """BadAnswer for what cannot be read."""
    try:
        state = RatesState(
            topics=Moments.of(_read_picture(written["topics"], blobs)),
            totals=Moments.of(_read_picture(written["totals"], blobs)),
            partitions={name: _read_moments(each, blobs) for name, each in written["partitions"]},
        )
        _read_heads(state, written)
        _read_books(state, written)
    except (TypeError, ValueError, KeyError, IndexError) as error:
        raise BadAnswer(f"rates cannot be read: {error}") from error
    return state


def write_moment(
    view: RatesView, before: RatesView, topic_notes: Iterable[Note], total_notes: Iterable[Note], blobs: Blobs
) -> Any:
    """What one view has that the one before had not; the notes say what became of earlier moments meanwhile."""
    return {
        **_heads(view, before),
        "topics": _changes(view.topics, before.topics, topic_notes, blobs),
        "totals": _changes(view.totals, before.totals, total_notes, blobs),
        "partitions": [
            [name, _put(frames[-1].values, blobs)] for name, frames in view.partitions.items() if frames
        ],
        **{book: _book(getattr(view, book), getattr(before, book)) for book in _BOOKS},
    }


def read_moment(state: RatesState, written: Any, blobs: Sequence[bytes]) -> None:
    """Make the state that of the next view; BadAnswer for what cannot be read."""
    try:
        _read_heads(state, written)
        _read_changes(state, state.topics, written["topics"], blobs)
        _read_changes(state, state.totals, written["totals"], blobs)
        state.add_partitions(
            state.at, state.clock, {name: _get(place, blobs) for name, place in written["partitions"]}
        )
        _read_books(state, written)
    except (TypeError, ValueError, KeyError, IndexError) as error:
        raise BadAnswer(f"rates cannot be read: {error}") from error


# What there is one of


def _heads(view: RatesView, before: RatesView) -> dict[str, Any]:
    written: dict[str, Any] = {"at": view.at, "clock": view.clock, "period": view.active_period_s}
    written["own"] = None if view.own is None else list(view.own)
    for name in ("shortened", "began", "stopped", "total_record_sizes", "exact"):
        value = getattr(view, name)
        if value != getattr(before, name):
            written[name] = _HEADS[name](value)
    return written


def _totals_book(book: Mapping[int | Whole, float]) -> Any:
    return [[_key(key), value] for key, value in book.items()]


def _shortened(sentence: str | None) -> Any:
    return sentence


_HEADS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "shortened": _shortened,
    "began": list,
    "stopped": list,
    "total_record_sizes": _totals_book,
    "exact": lambda exact: [[broker, to_plain(rates)] for broker, rates in exact.items()],
}


def _read_heads(state: RatesState, written: Any) -> None:
    state.at, state.clock, state.active_period_s = written["at"], written["clock"], written["period"]
    state.own = None if written["own"] is None else OwnTraffic(*written["own"])
    if "shortened" in written:
        state.shortened = written["shortened"]
    for name in ("began", "stopped"):
        if name in written:
            setattr(state, name, tuple(Change(*each) for each in written[name]))
    if "total_record_sizes" in written:
        state.total_record_sizes = {_read_key(key): value for key, value in written["total_record_sizes"]}
    if "exact" in written:
        state.exact = {broker: from_plain(rates, BrokerRates) for broker, rates in written["exact"]}


# Numbers by topic


def _book(now: Mapping[str, float], before: Mapping[str, float]) -> Any:
    if now is before:
        return []
    gone = [name for name in before if name not in now]
    return [[[name, value] for name, value in now.items() if before.get(name) != value], gone]


def _read_books(state: RatesState, written: Any) -> None:
    for name in _BOOKS:
        if not written[name]:
            continue
        put, gone = written[name]
        book = {**getattr(state, name), **dict(put)}
        for each in gone:
            book.pop(each, None)
        setattr(state, name, book)


# Moments of things with slots


def _key(key: Any) -> str | int:
    written: str | int = _WHOLE if key is CLUSTER else key
    return written


def _read_key(key: str | int) -> int | Whole:
    return CLUSTER if key == _WHOLE else int(key)


def _read_slots(pairs: Iterable[Any], *, are_totals: bool) -> dict[Any, int]:
    return {_read_key(key) if are_totals else str(key): int(slot) for key, slot in pairs}


def _picture(picture: Picture[Any], blobs: Blobs) -> Any:
    return {
        "slots": [[_key(key), slot] for key, slot in picture.slots.items()],
        "tiers": [_moments(frames, blobs) for frames in picture.tiers],
        "shown": _put(picture.shown, blobs),
        "totals": CLUSTER in picture.slots,
    }


def _read_picture(written: Any, blobs: Sequence[bytes]) -> Picture[Any]:
    tiers = tuple(_read_moments(each, blobs) for each in written["tiers"])
    if len(tiers) != len(TIERS):
        raise BadAnswer(f"rates have {len(tiers)} resolutions instead of {len(TIERS)}")
    slots = _read_slots(written["slots"], are_totals=written["totals"])
    return Picture(slots, tiers, _get(written["shown"], blobs))


def _moments(frames: Sequence[Frame], blobs: Blobs) -> Any:
    values = array("f")
    for frame in frames:
        values.extend(frame.values)
    moments = array("d", [part for frame in frames for part in (frame.at, frame.clock)])
    return [[len(frame.values) for frame in frames], _put(moments, blobs), _put(values, blobs)]


def _read_moments(written: Any, blobs: Sequence[bytes]) -> tuple[Frame, ...]:
    sizes, moments, values = written[0], _get(written[1], blobs, "d"), _get(written[2], blobs)
    if len(moments) != 2 * len(sizes) or len(values) != sum(sizes):
        raise BadAnswer("moments of rates and their values do not fit together")
    frames, start = [], 0
    for number, size in enumerate(sizes):
        frames.append(Frame(moments[2 * number], moments[2 * number + 1], values[start : start + size]))
        start += size
    return tuple(frames)


def _changes(now: Picture[Any], before: Picture[Any], notes: Iterable[Note], blobs: Blobs) -> Any:
    noted = list(notes)
    values = now.tiers[0][-1].values if now.tiers[0] else array("f")
    old = before.tiers[0][-1].values if before.tiers[0] else array("f")
    touched = {note.slot for note in noted if isinstance(note, Wiped) and note.slot < len(values)}
    touched |= _differing(values, old) | _differing(now.shown, before.shown)
    slots = array("i", sorted(touched))
    same = now.slots is before.slots
    return {
        "slots": None if same else [[_key(k), s] for k, s in now.slots.items() if before.slots.get(k) != s],
        "gone": [] if same else [_key(key) for key in before.slots if key not in now.slots],
        "notes": [list(note) for note in noted],
        "size": len(values),
        "blobs": blob_putter(blobs)(little_endian(slots)),
        "values": _put(array("f", [values[slot] for slot in slots]), blobs),
        "shown": _put(array("f", [now.shown[slot] for slot in slots]), blobs),
    }


def _differing(now: array[float], before: array[float]) -> set[int]:
    """Slots whose bits differ: one value that is not known equals another."""
    new, old = memoryview(now).cast("B").cast("I"), memoryview(before).cast("B").cast("I")
    if new == old:
        return set()
    both = min(len(new), len(old))
    differing = {slot for slot, (one, other) in enumerate(zip(new, old, strict=False)) if one != other}
    return differing | set(range(both, len(new)))


def _read_changes(state: RatesState, moments: Moments[Any], written: Any, blobs: Sequence[bytes]) -> None:
    if written["slots"] is not None:
        are_totals = moments is state.totals
        gone = set(written["gone"])
        slots = {key: slot for key, slot in moments.slots.items() if _key(key) not in gone}
        moments.rename({**slots, **_read_slots(written["slots"], are_totals=are_totals)})
    moments.correct(Wiped(*note) if len(note) == 1 else Filled(*note) for note in written["notes"])
    slots_changed = from_little_endian("i", blobs[written["blobs"]])
    values, shown = _get(written["values"], blobs), _get(written["shown"], blobs)
    if slots_changed and not 0 <= min(slots_changed) <= max(slots_changed) < written["size"]:
        raise BadAnswer("a rate belongs to nothing")
    changed = zip(slots_changed, values, shown, strict=True)
    moments.push(state.at, state.clock, written["size"], changed, state.room)


def _put(values: array[Any], blobs: Blobs) -> int:
    return blob_putter(blobs)(little_endian(values))


def _get(place: int, blobs: Sequence[bytes], typecode: str = "f") -> array[float]:
    return from_little_endian(typecode, blobs[place])
