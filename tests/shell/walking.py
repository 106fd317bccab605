"""Steps that are run one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Generic, TypeVar

from imapsh.errors import ImapshError
from imapsh.shell.connection.steps import Step, Steps

T = TypeVar("T")


class Walk(Generic[T]):
    """Steps that are being run.

    Iterate over it; put what comes of a step into `answer`, or into `error`, before the next.  At the end `result` is
    what the steps returned.  Raises what they let through.
    """

    result: T

    def __init__(self, steps: Steps[T]) -> None:
        self._steps = steps
        self.answer: Any = None
        self.error: ImapshError | None = None

    def __iter__(self) -> Iterator[Step]:
        return self

    def __next__(self) -> Step:
        answer, error = self.answer, self.error
        self.answer = self.error = None
        try:
            return self._steps.send(answer) if error is None else self._steps.throw(error)
        except StopIteration as end:
            self.result = end.value
            raise

    def __enter__(self) -> Walk[T]:
        return self

    def __exit__(self, *error: object) -> None:
        """Let the steps clean up now, whatever ended them."""
        self._steps.close()
