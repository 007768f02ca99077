"""Whatever is killed, filled or spoilt: the same command ends with the same bits."""

import os
import signal

import pytest

from widthwise.sweeps import Store

pytestmark = pytest.mark.slow
COUNT = 10


@pytest.fixture
def held(workplace):
    """Return a plan of ten trials of which the last four wait to be let go."""
    workplace.write("held", COUNT)
    workplace.expected = workplace.undisturbed()
    workplace.hold()
    return workplace


@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGKILL, -9), (signal.SIGINT, 130), (signal.SIGTERM, 143)],
    ids=["kill -9", "Ctrl-C", "SIGTERM"],
)
def test_a_stopped_sweep_takes_its_processes_along_and_goes_on_where_it_was(
    held, until, is_alive, results, number, status
):
    process = held.start("--workers", "2")
    until(lambda: held.count() == 6 and len(held.running()) == 2, process)
    pids = held.running().values()
    if number == signal.SIGINT:
        os.killpg(process.pid, number)  # A terminal tells the whole group.
    else:
        os.kill(process.pid, number)
    ended, _, error = held.finish(process)
    assert ended == status
    if status > 0:
        assert "run the same command to go on" in error
        assert "Traceback" not in error
    until(lambda: not any(map(is_alive, pids)))
    assert len(results(held.store)) == 6
    held.let_go()
    ended, out, _ = held.command("--workers", "2")
    assert ended == 0
    assert "4 finished now, 6 were there, 0 failed" in out
    assert results(held.store) == held.expected
    assert not list((held.store / "scratch").iterdir())
    assert not list((held.store / "claims").iterdir())


def test_what_a_trial_started_ends_with_a_sweep_that_is_killed(
    workplace, until, is_alive
):
    workplace.write("child_of_its_own", 1)
    process = workplace.start()
    file = workplace.folder / "grandchild"
    until(lambda: file.exists() and file.read_text(), process)
    process.kill()
    until(lambda: not is_alive(int(file.read_text())))


def test_a_trial_whose_process_is_killed_is_done_again(held, until, results):
    process = held.start("--workers", "2")
    until(lambda: len(held.running()) == 2, process)
    x, pid = min(held.running().items())
    os.kill(pid, signal.SIGKILL)
    until(lambda: held.running()[x] != pid, process)
    held.let_go()
    ended, out, _ = held.finish(process)
    assert ended == 0
    assert "10 finished now" in out
    assert results(held.store) == held.expected
    assert sorted(held.runs()) == sorted([*range(COUNT), x])


def test_two_processes_share_one_store_and_run_no_trial_twice(held, until, results):
    first, second = (held.start("--workers", "1") for _ in range(2))
    until(lambda: len(held.running()) == 2)
    held.let_go()
    ended = [held.finish(each) for each in (first, second)]
    assert [status for status, _, _ in ended] == [0, 0]
    finished = [int(out.split()[2]) for _, out, _ in ended]
    assert sum(finished) == COUNT
    assert min(finished) > 0
    assert sorted(held.runs()) == list(range(COUNT))
    assert results(held.store) == held.expected


def test_when_one_of_two_processes_is_killed_the_other_does_its_trials(
    held, until, results
):
    first, second = (held.start("--workers", "1") for _ in range(2))
    until(lambda: len(held.running()) == 2)
    first.kill()
    first.wait()
    held.let_go()
    status, _, _ = held.finish(second)
    assert status == 0
    assert results(held.store) == held.expected


def test_truncated_and_altered_files_are_redone(workplace, results):
    workplace.write("numbers", 6)
    expected = workplace.undisturbed()
    assert workplace.command()[0] == 0
    first, second, third = sorted((workplace.store / "results").rglob("*.jsonl"))[:3]
    first.write_bytes(first.read_bytes()[:-20])
    second.write_bytes(second.read_bytes().replace(b"0.", b"1.", 1))
    third.write_bytes(b"")
    status, out, _ = workplace.command()
    assert status == 0
    assert "3 finished now, 3 were there" in out
    assert results(workplace.store) == expected


def test_a_full_disk_ends_the_sweep_in_one_sentence_and_spoils_nothing(
    workplace, results
):
    """The system refuses files over 8 kB, as a disk does that has no more room."""
    workplace.write("long", COUNT)
    expected = workplace.undisturbed()
    status, _, error = workplace.command("--workers", "1", "--quiet", limit=8)
    assert status == 1
    assert error.startswith("widthwise: Cannot write into the store")
    assert len(error.splitlines()) == 1
    there = results(workplace.store)
    assert 0 < len(there) < COUNT
    assert there.items() <= expected.items()
    assert not list((workplace.store / "scratch").iterdir())
    assert workplace.command()[0] == 0
    assert results(workplace.store) == expected


def test_what_trials_do_wrong_is_recorded_and_the_others_go_on(workplace):
    workplace.write("mixed", 12, timeout=8)
    status, out, error = workplace.command("--workers", "2", "--memory", "0.5")
    assert status == 1
    assert "5 finished now, 0 were there, 7 failed" in out
    assert "widthwise store failures" in error
    store = Store(workplace.store)
    found = {each.trial.arguments["x"]: each for each in store.failures()}
    assert {x: each.kind for x, each in found.items()} == {
        1: "raised",
        2: "timeout",
        3: "memory",
        4: "killed",
        5: "killed",
        6: "raised",
        7: "raised",
    }
    assert "one is refused" in found[1].message
    assert 'raise ValueError("one is refused")' in found[1].traceback
    assert "longer than 8 s" in found[2].message
    assert "limit is 537 MB" in found[3].message
    assert "exit status 7" in found[4].message
    assert "SIGKILL" in found[5].message
    assert "a function, which cannot be stored" in found[6].message
    assert {each.arguments["x"] for each in store.trials()} == {0, *range(8, 12)}


def test_failures_are_tried_again_only_when_asked(workplace):
    workplace.write("mixed", 2)
    assert workplace.command()[0] == 1
    status, out, _ = workplace.command()
    assert status == 1
    assert "0 finished now, 1 were there, 1 failed" in out
    code = workplace.folder / "trial_functions.py"
    code.write_text(code.read_text().replace("if x == 1:", "if x == 99:"))
    status, out, _ = workplace.command("--retry-failures")
    assert status == 0
    assert "1 finished now, 1 were there, 0 failed" in out
    assert not list(Store(workplace.store).failures())
