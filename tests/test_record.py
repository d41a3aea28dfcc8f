"""Records behave as frozen dataclasses do, but for the guard against assignments."""

from __future__ import annotations

import pickle
from dataclasses import field, fields, replace

from leadrules.record import record


@record
class Point:
    """A kind with a part that does not compare, and is not shown."""

    x: int
    y: tuple[str, ...] = ()
    seen: object = field(default=None, compare=False, repr=False)


@record
class Place(Point):
    name: str = field(default="", kw_only=True)


@record
class Nothing:
    pass


@record
class Nowhere:
    pass


def test_records_are_equal_by_content_within_their_kind() -> None:
    assert Point(1, ("a",), seen=1) == Point(1, ("a",), seen=2)
    assert hash(Point(1, ("a",), seen=1)) == hash(Point(1, ("a",), seen=2))
    assert Point(1) != Point(2)
    assert Point(1) != Place(1)
    assert Point(1) != (1, ())
    assert Place(1, name="a") != Place(1, name="b")
    assert Nothing() == Nothing() != Nowhere()
    assert len({Nothing(), Nothing(), Nowhere(), Point(1), Point(1)}) == 3


def test_records_show_their_parts_match_and_can_be_copied() -> None:
    assert repr(Place(1, name="a")) == "Place(x=1, y=(), name='a')"
    assert replace(Place(1, seen=3), x=2) == Place(2)
    assert [one.name for one in fields(Place)] == ["x", "y", "seen", "name"]
    match Point(1, ("b",)):
        case Point(x, (only,)):
            assert (x, only) == (1, "b")
    again = pickle.loads(pickle.dumps(Place(1, seen=3, name="é")))
    assert again == Place(1, name="é")
    assert again.seen == 3
    assert not hasattr(again, "__dict__")
