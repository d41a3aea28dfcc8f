"""One block is made while the one before it is being used.

Cutting and parsing run in libraries that release Python's lock, so a second
thread is a second processor. It is never more than one block ahead, which bounds memory.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")


class _End:
    """The last thing in the queue, with what went wrong, if anything did."""

    def __init__(self, failure: BaseException | None = None):
        self.failure = failure


@contextmanager
def ahead(items: Iterator[Item]) -> Iterator[Iterator[Item]]:
    """The same items, each made while the caller is busy with the one before. Leaving the context stops it."""
    made: queue.Queue[Item | _End] = queue.Queue(1)
    stopped = threading.Event()

    def put(item: Item | _End) -> None:
        while not stopped.is_set():
            try:
                made.put(item, timeout=0.1)
                return
            except queue.Full:
                continue

    def work() -> None:
        try:
            for item in items:
                put(item)
                if stopped.is_set():
                    return
            put(_End())
        except BaseException as failure:  # raised again where the items are used
            put(_End(failure))
        finally:
            if isinstance(items, Generator):
                items.close()

    def used() -> Iterator[Item]:
        while not isinstance(item := made.get(), _End):
            yield item
        if item.failure is not None:
            raise item.failure

    thread = threading.Thread(target=work, name="leads", daemon=True)
    thread.start()
    try:
        yield used()
    finally:
        stopped.set()
        thread.join(timeout=5)  # one that waits for standard input ends with the process
