"""Process items in chunks, two chunks at a time."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from seqnlp.errors import DataError
from seqnlp.serving.items import Item

In = TypeVar("In")
Out = TypeVar("Out")


def chunks(items: Iterable[Item], size: int, idle: Callable[[], bool]) -> Iterator[list[Item]]:
    """Group items until they have `size` characters, or until no more input is available at the moment.

    Raises:
        DataError: An item cannot be read. The items before it have been yielded.
    """
    chunk: list[Item] = []
    total = 0
    problem: DataError | None = None
    try:
        for item in items:
            chunk.append(item)
            total += item.size + 1
            if total >= size or idle():
                yield chunk
                chunk, total = [], 0
    except DataError as error:
        problem = error
    if chunk:
        yield chunk
    if problem is not None:
        raise problem


def overlapped(
    function: Callable[[In], Out], inputs: Iterable[In], idle: Callable[[], bool]
) -> Iterator[Out]:
    """Map a function over inputs in order, two at a time.

    While the model computes one chunk, another is encoded or written. If no input is available, all pending
    results are returned.

    Raises:
        DataError: An input cannot be read. The results of those before it have been yielded.
    """
    workers = ThreadPoolExecutor(max_workers=2)
    pending: deque[Future[Out]] = deque()
    source = iter(inputs)
    problem: DataError | None = None
    try:
        while True:
            try:
                each = next(source)
            except StopIteration:
                break
            except DataError as error:
                problem = error
                break
            pending.append(workers.submit(function, each))
            while len(pending) > (0 if idle() else 2):
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
        if problem is not None:
            raise problem
    finally:
        workers.shutdown(cancel_futures=True)
