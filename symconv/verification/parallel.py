"""A function of many tasks on several processes: the same results, in order, for any number.

Every process is an executor of its own with one task at a time. So it is known which task a process
died of, and a task that never ends can be ended alone.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Hashable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any, Final, Generic, TypeAlias, TypeVar

T = TypeVar("T", bound=Hashable)
R = TypeVar("R")
Counted: TypeAlias = Callable[[int, int, int], None]

SECONDS: Final = 30.0  # of the processor, for one task
PATIENCE: Final = 4.0  # how many times longer a task may take on a clock than on the processor
FEW: Final = 8  # different tasks; fewer are done sooner than processes are started
MOST: Final = 64  # processes, however many are asked for
CHECK: Final = 0.5  # seconds between looks at the clock
START: Final = 60.0  # seconds until a process must have started
DIED: Final = "internal fault: the process that judged it ended"


class OutOfTime(BaseException):
    """A task used up its time. No Exception, so that nothing in the task takes it for its own."""


def silent(_which: int, _done: int, _total: int) -> None:
    """Report no progress."""


def cores() -> int:
    """Return how many processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def ordered_map(
    function: Callable[[T], R],
    tasks: Sequence[T],
    *,
    jobs: int,
    failed: Callable[[T, str], R],
    progress: Counted = silent,
    seconds: float = SECONDS,
) -> Iterator[R]:
    """Yield the result of a function for every task, in order; equal tasks are done once.

    With one job, or few tasks, or where no process can be started, all is done in this process.

    Args:
        function: of the top level of a module, so that other processes find it; its results can be
            pickled.
        tasks: can be pickled and hashed.
        jobs: how many processes may work at once.
        failed: the result for a task that raises an exception, takes too long, or ends its process;
            is given the task and what happened.
        progress: is told (index of a task that is done, how many are done, how many there are).
        seconds: how long a task may use the processor. The clock on the wall ends a task only after
            several times that.
    """
    places: dict[T, list[int]] = {}
    for index, task in enumerate(tasks):
        places.setdefault(task, []).append(index)
    work = _Work(function, tuple(places), failed, seconds)
    several = jobs > 1 and len(places) >= FEW
    crew = _crew(function.__module__, min(jobs, len(places), MOST)) if several else []
    coming = _everywhere(work, crew) if crew else _here(work)
    found: dict[T, R] = {}
    done = 0
    try:
        for task in tasks:
            while task not in found:
                finished, result = next(coming)
                found[finished] = result
                done += len(places[finished])
                progress(places[finished][0], done, len(tasks))
            yield found[task]
    finally:
        coming.close()


@dataclass(frozen=True)
class _Work(Generic[T, R]):
    function: Callable[[T], R]
    tasks: tuple[T, ...]
    failed: Callable[[T, str], R]
    seconds: float


def _here(work: _Work[T, R]) -> Generator[tuple[T, R], None, None]:
    """Yield each task with its result, all done in this process."""
    for task in work.tasks:
        yield task, _result(work, task, _attempt(work.function, task, work.seconds))


def _result(work: _Work[T, R], task: T, attempt: _Attempt) -> R:
    result: R = work.failed(task, attempt.reason) if attempt.reason else attempt.result
    return result


@dataclass(frozen=True)
class _Attempt:
    """What came of a task: its result, or why there is none."""

    result: Any = None
    reason: str = ""


def _attempt(function: Callable[[T], R], task: T, seconds: float) -> _Attempt:
    try:
        with _limited(seconds):
            return _Attempt(result=function(task))
    except OutOfTime:
        return _Attempt(reason=_too_long(seconds))
    except Exception as err:
        if os.environ.get("SYMCONV_TRACEBACK"):
            raise
        return _Attempt(reason=_fault(err))


def _fault(err: BaseException) -> str:
    return f"internal fault: {type(err).__name__} (SYMCONV_TRACEBACK=1 shows where)"


def _too_long(seconds: float) -> str:
    return f"not decided within {seconds:g} seconds"


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """Raise OutOfTime in the block once it has used the processor that long.

    The time of the processor is nearly the same on a busy machine as on an idle one. Where there is
    no such timer, or this is not the main thread, the block is not limited.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "SIGPROF"):
        yield
        return

    def ring(_signal: int, _frame: object) -> None:
        raise OutOfTime

    before = signal.signal(signal.SIGPROF, ring)
    try:
        # again each second: an exception that is raised inside a destructor gets lost
        signal.setitimer(signal.ITIMER_PROF, seconds, 1.0)
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@dataclass(frozen=True)
class _Worker:
    """A process that does one task at a time."""

    executor: ProcessPoolExecutor
    pid: int

    def release(self) -> None:
        """Let the process end, which has nothing to do."""
        self.executor.shutdown(wait=False, cancel_futures=True)


@dataclass
class _Running(Generic[T]):
    """A task that a worker is doing, since when, and whether its process was told to end."""

    worker: _Worker
    task: T
    since: float
    stopped: bool = False

    def end(self) -> None:
        """End the process, once: later, its number may be that of another process."""
        if not self.stopped:
            self.stopped = True
            with suppress(OSError):
                os.kill(self.worker.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
            self.worker.release()


def _crew(module: str, number: int) -> list[_Worker]:
    """Return that many processes, which have started; none where they cannot be started."""
    executors = [_executor(module) for _ in range(number)]
    workers: list[_Worker] = []
    try:
        for executor, started in [(e, e.submit(os.getpid)) for e in executors]:
            workers.append(_Worker(executor, started.result(timeout=START)))
    except BaseException as err:
        for executor in executors:
            executor.shutdown(wait=False, cancel_futures=True)
        if not isinstance(err, OSError | RuntimeError | TimeoutError):
            raise
        return []
    return workers


def _executor(module: str) -> ProcessPoolExecutor:
    """Return an executor of one process that has nothing of this one but the modules it imports."""
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    context.set_forkserver_preload([module])  # imported once for all of them
    return ProcessPoolExecutor(1, mp_context=context, initializer=_ignore_interrupts)


def _ignore_interrupts() -> None:
    """Leave Ctrl-C to the process that started this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _everywhere(work: _Work[T, R], crew: list[_Worker]) -> Generator[tuple[T, R], None, None]:
    """Yield each task with its result as it comes; a worker that is lost is replaced."""
    waiting = deque(work.tasks)
    idle = list(crew)
    running: dict[Future[_Attempt], _Running[T]] = {}
    try:
        while (idle and waiting) or running:
            while idle and waiting:
                worker, task = idle.pop(), waiting.popleft()
                try:
                    future = worker.executor.submit(_attempt, work.function, task, work.seconds)
                except BrokenProcessPool:  # it ended while it had nothing to do
                    waiting.appendleft(task)
                else:
                    running[future] = _Running(worker, task, monotonic())
            finished, _ = wait(running, timeout=CHECK, return_when=FIRST_COMPLETED)
            for future in finished:
                ended = running.pop(future)
                attempt = _outcome(future, ended, work.seconds)
                if isinstance(future.exception(), BrokenProcessPool):
                    ended.worker.release()
                    idle += _crew(work.function.__module__, 1)
                else:
                    idle.append(ended.worker)
                yield ended.task, _result(work, ended.task, attempt)
            _end_overdue(running.values(), work.seconds * PATIENCE)
    finally:
        for worker in idle:
            worker.release()
        for entry in running.values():
            entry.end()
    yield from _here(replace(work, tasks=tuple(waiting)))  # no worker is left


def _outcome(future: Future[_Attempt], ended: _Running[T], seconds: float) -> _Attempt:
    """Return what came of a task, also where its process or its result is lost."""
    err = future.exception()
    if err is None:
        return future.result()
    if isinstance(err, BrokenProcessPool):
        return _Attempt(reason=_too_long(seconds) if ended.stopped else DIED)
    if os.environ.get("SYMCONV_TRACEBACK"):
        raise err
    return _Attempt(reason=_fault(err))


def _end_overdue(running: Iterable[_Running[T]], limit: float) -> None:
    """End the processes of tasks that took too long on the clock; they are seen to have ended."""
    for entry in running:
        if monotonic() - entry.since > limit:
            entry.end()
