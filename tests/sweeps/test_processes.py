"""Trials in processes: what they find there, and what becomes of it."""

import os
import signal
import socket
from pathlib import Path

import pytest

from widthwise.errors import WorkersLostError
from widthwise.sweeps import Trial
from widthwise.sweeps.workers import _child as child_file
from widthwise.sweeps.workers import _child_main as child_main
from widthwise.sweeps.workers._messages import receive, send
from widthwise.sweeps.workers._outcome import Limits
from widthwise.sweeps.workers._processes import LocalProcesses

HERE = Path(__file__).parent


def trial(function, folder=HERE, **arguments):
    target = f"function:trial_functions.py:{function}@1"
    return Trial(target, arguments, seed=1, folder=str(folder))


@pytest.fixture
def processes():
    started = []

    def start(workers=1, **options):
        names = {"timeout", "memory", "threads"} & options.keys()
        limits = {name: options.pop(name) for name in names}
        started.append(LocalProcesses(workers, Limits(**limits), **options))
        return started[-1]

    yield start
    for each in started:
        each.close()


def outcome(hands, each):
    """Run one trial to its end."""
    hands.give(each)
    while True:
        for found, ended in hands.wait(0.2):
            assert found == each
            return ended


def test_a_trial_finds_one_thread_a_fixed_hash_and_no_input(processes):
    first = outcome(processes(), trial("surroundings")).result
    second = outcome(processes(threads=3), trial("surroundings")).result
    assert (first["threads"], second["threads"]) == ("1", "3")
    assert first["hash"] == second["hash"]
    assert first["input"] == ""
    assert first["pid"] != second["pid"]


def test_a_process_serves_one_trial_after_another(processes):
    hands = processes()
    pids = {outcome(hands, trial("surroundings")).result["pid"] for _ in range(3)}
    assert len(pids) == 1


@pytest.mark.slow
def test_torch_has_its_threads_back_when_a_trial_took_others(processes):
    hands = processes(threads=1)
    found = [outcome(hands, trial("torch_threads")).result for _ in range(2)]
    assert found == [{"value": 1}, {"value": 1}]


def test_printing_disturbs_nothing_and_is_told_with_an_error(processes):
    hands = processes()
    assert outcome(hands, trial("mixed", x=0)).kind == "finished"
    failed = outcome(hands, trial("mixed", x=1))
    assert failed.kind == "raised"
    assert failed.message == "ValueError: one is refused"
    assert failed.traceback.endswith("Printed last:\na line that is no message")


@pytest.mark.slow
def test_memory_that_earlier_trials_kept_is_not_held_against_a_trial(processes):
    """Each keeps 150 MB of 400 MB: the third is too much, in a process with a past.

    It is run again in a new process, where it fits; one of 600 MB fits nowhere.
    """
    hands = processes(memory=400_000_000)
    for count in range(4):
        found = outcome(hands, trial("hoard", megabytes=150 - count))
        assert found.kind == "finished"
    refused = outcome(hands, trial("hoard", megabytes=600))
    assert refused.kind == "memory"
    assert "the limit is 400 MB" in refused.message
    assert outcome(hands, trial("hoard", megabytes=1)).kind == "finished"


def test_a_process_killed_while_idle_is_replaced(processes):
    hands = processes()
    pid = outcome(hands, trial("surroundings")).result["pid"]
    os.kill(pid, signal.SIGKILL)
    again = outcome(hands, trial("surroundings"))
    assert again.kind == "finished"
    assert again.result["pid"] != pid


def test_a_process_without_work_ends_by_itself(processes, until, is_alive):
    hands = processes(idle=0.01)
    pid = outcome(hands, trial("surroundings")).result["pid"]
    until(lambda: not is_alive(pid))
    assert outcome(hands, trial("surroundings")).kind == "finished"


def test_a_time_limit_ends_what_the_trial_has_started(
    processes, workplace, until, is_alive
):
    hands = processes(timeout=1.0)
    found = outcome(hands, trial("child_of_its_own", folder=workplace.folder))
    assert found.kind == "timeout"
    assert found.seconds >= 1.0
    started = int((workplace.folder / "grandchild").read_text())
    until(lambda: not is_alive(started))


@pytest.mark.parametrize("way", ["returns", "raises", "leaves"])
def test_a_process_that_a_trial_forks_never_answers_for_it(processes, way):
    hands = processes()
    for _ in range(2):
        found = outcome(hands, trial("forking", way=way))
        assert found.result == {"value": "from the trial"}
        assert outcome(hands, trial("surroundings")).result["input"] == ""


def test_a_trial_begins_where_the_first_began_whatever_the_last_did(processes):
    hands = processes()
    first, second = (outcome(hands, trial("wanderer")).result for _ in range(2))
    assert first == second == {"folder": os.getcwd(), "variable": ""}


def test_a_trial_that_prints_without_end_runs_into_its_time_limit(processes):
    assert outcome(processes(timeout=1.0), trial("talkative")).kind == "timeout"


def test_a_result_too_long_to_store_is_refused_before_it_is_sent(monkeypatch):
    monkeypatch.setattr(child_main, "_MOST_BYTES", 100)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        each = trial("numbers", x=1)
        job = {"trial": each.text, "folder": each.folder, "threads": 1, "paths": []}
        send(ours, job)
        ours.shutdown(socket.SHUT_WR)
        child_main._serve(theirs, 0.0)
        states = [receive(ours) for _ in range(3)]
    assert [each["state"] for each in states] == ["ready", "began", "raised"]
    assert "at most 100 are" in states[-1]["message"]


def test_an_error_without_words_is_an_error_like_others(processes):
    found = outcome(processes(), trial("speechless"))
    assert found.kind == "raised"
    assert found.message.startswith("Speechless")
    assert "raise Speechless" in found.traceback


def test_a_process_that_ends_by_itself_is_said_to_have_ended(processes):
    found = outcome(processes(), trial("leaver"))
    assert found.kind == "killed"
    assert "ended with exit status 7" in found.message


def test_closing_ends_every_process(processes, workplace, until, is_alive):
    workplace.hold()
    hands = processes(2)
    for x in (6, 7):
        hands.give(trial("held", folder=workplace.folder, x=x))
    assert hands.room == 0
    until(lambda: len(workplace.running()) == 2)
    pids = workplace.running().values()
    hands.close()
    assert not any(map(is_alive, pids))


def test_processes_that_cannot_start_are_an_error_with_their_last_words(
    processes, monkeypatch
):
    monkeypatch.setattr(child_file, "_START", "raise ImportError('no widthwise here')")
    with pytest.raises(WorkersLostError, match=r"(?s)3 times.*no widthwise here"):
        outcome(processes(), trial("surroundings"))


def test_processes_that_hang_as_they_start_are_an_error_too(processes, monkeypatch):
    monkeypatch.setattr(child_file, "_START", "import time; time.sleep(600)")
    monkeypatch.setattr(child_file, "_LOADING", 0.1)
    with pytest.raises(WorkersLostError, match="3 times"):
        outcome(processes(), trial("surroundings"))


def test_a_system_without_room_for_a_process_is_an_error_of_ours(
    processes, monkeypatch
):
    def refuse(*_, **__):
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(child_file.subprocess, "Popen", refuse)
    with pytest.raises(WorkersLostError, match="Resource temporarily unavailable"):
        processes().give(trial("surroundings"))


def test_a_trial_for_a_process_that_does_not_listen_goes_to_another(
    processes, until, monkeypatch
):
    hands = processes()
    pid = outcome(hands, trial("surroundings")).result["pid"]
    os.kill(pid, signal.SIGSTOP)
    with monkeypatch.context() as patch:
        patch.setattr(child_file, "_STUCK", 0.1)
        hands.give(trial("mixed", x=0, filler="." * 10**7))
    ended = []
    until(lambda: ended.extend(hands.wait(0.2)) or ended)
    assert ended[0][1].kind == "raised"  # It takes no filler; it was tried.
