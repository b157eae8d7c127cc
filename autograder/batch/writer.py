"""The one writer of a class: stores finished submissions while others still run."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence

from autograder.batch.class_gradebook import Row, reason
from autograder.batch.errors import GradebookBusy
from autograder.batch.handed_in import HandedIn
from autograder.batch.store import Staged, StoreGrades, ToStore
from autograder.submission.grade import Graded
from autograder.submission.reading import Submission

BATCH, SECONDS = 50, 0.5  # a commit has at most so many submissions, and none waits longer than this for the next
WAITING = 200  # so many may wait before `put` does
PATIENCE_LATER = 1.0  # seconds, once the gradebook stayed locked longer than our patience


class Writer:
    """Use as a context manager: `put` as they come; at its end everything that was put has been dealt with.

    done: called after each. trouble: by student, why something was not stored (complete at the end).
    """

    def __init__(self, store: StoreGrades, done: Callable[[], object]) -> None:
        self.trouble: dict[str, str] = {}
        self._store, self._done = store, done
        self._broken: BaseException | None = None
        self._waiting: queue.Queue[ToStore | None] = queue.Queue(WAITING)
        self._thread = threading.Thread(target=self._work, name="gradebook", daemon=True)

    def __enter__(self) -> Writer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._hand_over(None)
        self._thread.join()
        if self._broken is not None:
            raise self._broken

    def put(self, handed: HandedIn, graded: Graded, mark: str, submission: Submission | None) -> None:
        """Store this grade soon (see `ToStore`). Raises what ended the writer, should it have ended."""
        self._hand_over(ToStore(handed, graded, mark, submission))
        if self._broken is not None:
            raise self._broken

    def _hand_over(self, item: ToStore | None) -> None:
        while self._thread.is_alive():
            try:
                return self._waiting.put(item, timeout=1.0)
            except queue.Full:
                continue

    def _work(self) -> None:
        try:
            more = True
            while more:
                batch, more = self._next()
                if batch:
                    self._commit(batch)
        except BaseException as error:  # raised again where the class is graded
            self._broken = error

    def _next(self) -> tuple[list[Staged], bool]:
        """Stage what comes, until there are enough or the first has waited long enough; whether more can come."""
        staged: list[Staged] = []
        until = float("inf")
        while len(staged) < BATCH:
            try:
                item = self._waiting.get(timeout=None if until == float("inf") else max(until - time.monotonic(), 0))
            except queue.Empty:
                break
            if item is None:
                return staged, False
            until = min(until, time.monotonic() + SECONDS)
            try:
                staged.append(self._store.stage(item))
            except Exception as error:  # told to the person who grades, by student
                self._failed(item.handed.student, reason(error))
        return staged, True

    def _commit(self, batch: list[Staged]) -> None:
        trouble = self._write([each.row for each in batch])
        for each in batch:
            try:
                if each.student in trouble:
                    self._store.discard(each)
                else:
                    self._store.put_in_place(each)
            except OSError as error:
                trouble.setdefault(each.student, reason(error))
            if each.student in trouble:
                self._failed(each.student, trouble[each.student])
            else:
                if each.folder is None:
                    self.trouble[each.student] = " ".join(each.row.graded.notes)
                self._done()

    def _write(self, rows: Sequence[Row]) -> dict[str, str]:
        """All together; where that fails for another reason than a locked gradebook, each by itself."""
        try:
            return self._store.gradebook.write(rows)
        except GradebookBusy as error:
            self._store.gradebook.patience = PATIENCE_LATER
            return {row.student: str(error) for row in rows}
        except Exception as error:  # told to the person who grades, by student
            if len(rows) == 1:
                return {rows[0].student: reason(error)}
        trouble: dict[str, str] = {}
        for row in rows:
            trouble |= self._write([row])
        return trouble

    def _failed(self, student: str, why: str) -> None:
        self.trouble[student] = why
        self._done()
