"""A function of many tasks: the same results in the same order, however many processes do it."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from symconv.verification.parallel import DIED, cores, ordered_map

FAULT = "internal fault: {} (SYMCONV_TRACEBACK=1 shows where)"
ROOT = Path(__file__).parents[1]
BOTH = pytest.mark.parametrize("jobs", [1, 2])


def squared(number):
    time.sleep(0.02 * (number % 3))  # so that results come out of order
    return number * number


def process_of(_):
    return os.getpid()


def hostile(task):
    match task:
        case "raise":
            raise ZeroDivisionError
        case "recur":
            return hostile(task)
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "spin":
            while True:
                pass
        case "sleep":
            time.sleep(60)
        case "unpicklable":
            return threading.Lock()
    return task.upper()


def failed(task, reason):
    return f"{task}: {reason}"


@BOTH
def test_results_come_in_the_order_of_their_tasks(jobs):
    tasks = [5, 3, 8, 5, 1, 0, 3, 9, 2, 4]
    assert list(ordered_map(squared, tasks, jobs=jobs, failed=failed)) == [t * t for t in tasks]


@BOTH
def test_equal_tasks_are_done_once(jobs):
    found = list(ordered_map(process_of, "abcdefgh" * 3, jobs=jobs, failed=failed))
    assert found[:8] == found[8:16] == found[16:]
    assert len(set(found)) <= jobs


def test_few_tasks_are_done_in_this_process():
    assert list(ordered_map(process_of, "aba", jobs=8, failed=failed)) == [os.getpid()] * 3
    assert os.getpid() not in list(ordered_map(process_of, "abcdefgh", jobs=2, failed=failed))


@BOTH
def test_progress_ends_with_all_tasks_and_never_goes_back(jobs):
    told = []
    tasks = [4, 4, 1, 2, 3, 1, 5, 6, 7, 8]
    list(ordered_map(squared, tasks, jobs=jobs, failed=failed, progress=lambda *t: told.append(t)))
    done = [number for _, number, _ in told]
    assert done == sorted(done)
    assert done[-1] == len(tasks)
    assert {total for _, _, total in told} == {len(tasks)}
    assert sorted(tasks[which] for which, _, _ in told) == list(range(1, 9))


@BOTH
def test_a_task_that_raises_or_never_ends_is_lost_alone(jobs):
    tasks = ["a", "raise", "b", "recur", "spin", "c", "d", "e"]
    found = list(ordered_map(hostile, tasks, jobs=jobs, failed=failed, seconds=0.3))
    assert found == [
        "A",
        f"raise: {FAULT.format('ZeroDivisionError')}",
        "B",
        f"recur: {FAULT.format('RecursionError')}",
        "spin: not decided within 0.3 seconds",
        "C",
        "D",
        "E",
    ]


def test_a_process_that_dies_or_hangs_loses_its_task_alone():
    tasks = ["die", "a", "b", "sleep", "c", "unpicklable", "d", "e"]
    found = list(ordered_map(hostile, tasks, jobs=2, failed=failed, seconds=0.3))
    assert found == [
        f"die: {DIED}",
        "A",
        "B",
        "sleep: not decided within 0.3 seconds",
        "C",
        f"unpicklable: {FAULT.format('TypeError')}",
        "D",
        "E",
    ]


def test_where_no_process_can_be_started_this_one_does_all(monkeypatch):
    def refuse(*_, **__):
        raise OSError("no more processes")

    monkeypatch.setattr("concurrent.futures.ProcessPoolExecutor.submit", refuse)
    found = list(ordered_map(process_of, "abcdefgh", jobs=2, failed=failed))
    assert found == [os.getpid()] * 8


def test_a_caller_that_leaves_early_leaves_no_process_behind():
    coming = ordered_map(hostile, ["a", "sleep", *"bcdefg"], jobs=2, failed=failed)
    assert next(coming) == "A"
    coming.close()
    for child in multiprocessing.active_children():
        child.join(timeout=30)  # less than the sleeper sleeps
        assert not child.is_alive()


def test_the_timer_of_the_caller_is_left_alone():
    before = signal.getsignal(signal.SIGPROF)
    list(ordered_map(squared, [1, 2], jobs=1, failed=failed))
    assert signal.getsignal(signal.SIGPROF) is before
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)


def test_another_thread_may_ask():
    found = []
    ask = threading.Thread(
        target=lambda: found.extend(ordered_map(squared, range(8), jobs=2, failed=failed))
    )
    ask.start()
    ask.join(timeout=60)
    assert found == [n * n for n in range(8)]


def test_ctrl_c_ends_everything_at_once():
    script = (
        "import signal\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a background job has none
        "from symconv.verification.parallel import ordered_map\n"
        "from tests.test_parallel import failed, hostile\n"
        "tasks = ['a', 'spin', 'sleep', *'bcdef']\n"
        "for result in ordered_map(hostile, tasks, jobs=2, failed=failed):\n"
        "    print(result, flush=True)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout.readline() == "A\n"
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    _, err = process.communicate(timeout=60)
    assert err.count("Traceback") <= 1  # of this process, and none of the others
    assert err.strip().endswith("KeyboardInterrupt")


def test_there_is_a_core():
    assert cores() >= 1
