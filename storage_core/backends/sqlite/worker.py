"""One thread that owns the connection. What is asked in one turn of the loop is one transaction.

A commit waits for the disk. Grouping shares that wait between all tasks that write at the same
time, and a single thread means that no two tasks ever meet on a cursor.
"""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import groupby
from operator import attrgetter
from queue import SimpleQueue
from typing import Any, Final, NamedTuple

from storage_core.backends.sqlite.copying import rows_at_once
from storage_core.exceptions import StoreUnavailable

__all__ = ["CommitLost", "Worker"]

MOST_TOGETHER: Final = 500
"""Jobs in one transaction: keeps it, and so the lock on the file, short."""


Future = asyncio.Future[Any]
Work = Callable[[sqlite3.Connection], Any]


class CommitLost(StoreUnavailable):
    """A commit failed in a way that leaves open whether it reached the disk."""


class Job(NamedTuple):
    """Something to do with the connection, and whom to tell.

    That is one statement with its parameters, or, if `sql` is empty, `work`, which makes several.
    `width` is the number of its columns where it may give many rows, else 0.
    """

    sql: str
    parameters: Sequence[Any]
    work: Work | None
    writes: bool
    future: Future
    width: int = 0

    def run(self, connection: sqlite3.Connection) -> Any:
        if self.work is not None:
            return self.work(connection)
        if self.width:
            return rows_at_once(connection, self.sql, self.parameters, width=self.width)
        # Fetched to the end: a cursor left open would keep the bot from writing.
        return connection.execute(self.sql, self.parameters).fetchall()


class Worker:
    """Runs jobs on its thread in the order in which they were asked.

    `renewed` is asked before each transaction which connection to use: another one than the last,
    which it then closes, where another file has taken the place of the old one.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        renewed: Callable[[sqlite3.Connection], sqlite3.Connection],
        explain: Callable[[sqlite3.Error], StoreUnavailable],
    ) -> None:
        self._connection = connection
        self._renewed = renewed
        self._explain = explain
        self._loop = asyncio.get_running_loop()
        self._waiting: list[Job] = []
        self._queue: SimpleQueue[Sequence[Job] | None] = SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="sqlite-store", daemon=True)
        self._thread.start()

    def ask(
        self, sql: str, parameters: Sequence[Any] = (), *, writes: bool = False, width: int = 0
    ) -> Future:
        """The future rows of a statement. What is written beside it is one transaction with it.

        Where there may be many, `width` says of how many columns.
        """
        return self._put(sql, parameters, None, writes=writes, width=width)

    def do(self, work: Work, *, writes: bool = False) -> Future:
        """The future result of several statements, which need a transaction also when alone."""
        return self._put("", (), work, writes=writes, width=0)

    def _put(
        self, sql: str, parameters: Sequence[Any], work: Work | None, *, writes: bool, width: int
    ) -> Future:
        if self._closed:
            raise StoreUnavailable("The store has been closed.")
        future = self._loop.create_future()
        if not self._waiting:
            self._loop.call_soon(self._hand_over)
        self._waiting.append(Job(sql, parameters, work, writes, future, width))
        return future

    async def close(self) -> None:
        """Finish what was asked, close the connection, end the thread."""
        if self._closed:
            return
        self._closed = True
        self._hand_over()
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def _hand_over(self) -> None:
        waiting, self._waiting = self._waiting, []
        for start in range(0, len(waiting), MOST_TOGETHER):
            self._queue.put(waiting[start : start + MOST_TOGETHER])

    def _work(self) -> None:
        while (jobs := self._queue.get()) is not None:
            answers = self._run(jobs)
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                self._loop.call_soon_threadsafe(_deliver, jobs, answers)
        self._connection.close()

    def _run(self, jobs: Sequence[Job]) -> Sequence[Any]:
        """One answer per job: its result, or the exception that it gets."""
        try:
            self._connection = self._renewed(self._connection)
        except StoreUnavailable as error:
            return [error] * len(jobs)
        if len(jobs) == 1 or not any(job.writes or job.work for job in jobs):
            return [self._run_one(job) for job in jobs]  # each lets go of the file by itself
        try:
            return self._in_transaction(jobs)
        except CommitLost as lost:
            return [lost] * len(jobs)
        except sqlite3.Error as error:
            if _is_busy(error):
                return [self._explain(error)] * len(jobs)
        except Exception:  # noqa: BLE001, S110 - found again, and told to its own job, below
            pass
        return [self._run_one(job) for job in jobs]  # one of them spoiled it: not for the others

    def _run_one(self, job: Job) -> Any:
        try:
            if job.work is not None:
                return self._in_transaction([job])[0]
            return job.run(self._connection)  # a single statement is its own transaction
        except sqlite3.Error as error:
            if job.writes and _is_in_doubt(error):
                return self._lost(error)
            return self._explain(error)
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to who asked
            return error

    def _in_transaction(self, jobs: Sequence[Job]) -> Sequence[Any]:
        writes = any(job.writes for job in jobs)
        self._connection.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
        try:
            answers = self._run_all(jobs)
        except BaseException:
            self._roll_back()
            raise
        self._commit()
        return answers

    def _run_all(self, jobs: Sequence[Job]) -> Sequence[Any]:
        answers: list[Any] = []
        for sql, group in groupby(jobs, key=attrgetter("sql")):
            same = list(group)
            if sql and same[0].writes:
                self._connection.executemany(sql, [job.parameters for job in same])
                answers += [[]] * len(same)
            else:
                answers += [job.run(self._connection) for job in same]
        return answers

    def _commit(self) -> None:
        try:
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._roll_back()
            if _is_in_doubt(error):
                raise self._lost(error) from error
            raise

    def _lost(self, error: sqlite3.Error) -> CommitLost:
        return CommitLost(f"{self._explain(error)} Whether it was written is unknown.")

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            with suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")


def _is_busy(error: sqlite3.Error) -> bool:
    return _name(error).startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def _is_in_doubt(error: sqlite3.Error) -> bool:
    """Whether a failed write may have reached the disk: after any failure to read or write it."""
    return _name(error).startswith("SQLITE_IOERR")


def _name(error: sqlite3.Error) -> str:
    return getattr(error, "sqlite_errorname", "")  # Python's own errors have none


def _deliver(jobs: Sequence[Job], answers: Sequence[Any]) -> None:
    for job, answer in zip(jobs, answers, strict=True):
        if job.future.done():  # cancelled meanwhile
            continue
        if isinstance(answer, BaseException):
            job.future.set_exception(answer)
        else:
            job.future.set_result(answer)
