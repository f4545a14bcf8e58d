"""Process items in chunks, two chunks at a time."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from seqnlp.serving.items import Item

In = TypeVar("In")
Out = TypeVar("Out")


def chunks(items: Iterable[Item], size: int, idle: Callable[[], bool]) -> Iterator[list[Item]]:
    """Group items until they have `size` characters, or until no more input is available at the moment."""
    chunk: list[Item] = []
    total = 0
    for item in items:
        chunk.append(item)
        total += item.size + 1
        if total >= size or idle():
            yield chunk
            chunk, total = [], 0
    if chunk:
        yield chunk


def overlapped(
    function: Callable[[In], Out], inputs: Iterable[In], idle: Callable[[], bool]
) -> Iterator[Out]:
    """Map a function over inputs in order, two at a time.

    While the model computes one chunk, another is encoded or written. If no input is available, all pending
    results are returned.
    """
    workers = ThreadPoolExecutor(max_workers=2)
    pending: deque[Future[Out]] = deque()
    try:
        for each in inputs:
            pending.append(workers.submit(function, each))
            while len(pending) > (0 if idle() else 2):
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        workers.shutdown(cancel_futures=True)
