import os
import signal
import threading
import time
from pathlib import Path

import pytest

import evonorm
from evonorm import CommandError, EvonormError
from evonorm.command import _config


@pytest.fixture
def home(tmp_path):
    """A program in evonorm's place, whose lines a test gives."""

    def make(*lines):
        script = tmp_path / "home" / "submit" / "evonorm"
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text("\n".join(["#!/usr/bin/env bash", *lines, ""]))
        conf = tmp_path / "home" / "conf"
        conf.mkdir(exist_ok=True)
        conf.joinpath("quickstart.conf").write_text("")
        return tmp_path / "home"

    return make


@pytest.fixture
def interruptible():
    """Tests may run in the background, where SIGINT is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_lines_of_both_streams_are_shown_as_they_come(home):
    shown = []
    place = home('echo "out $1"', "sleep 0.2", "echo err >&2", "sleep 0.2", "printf last")
    assert evonorm.command("train", home=place, show=shown.append) == "out train\nlast\n"
    assert shown == ["out train", "err", "last"]


def test_a_failure_has_the_commands_own_sentence(home):
    place = home("echo result", "echo 'evonorm: the folder is full; free space' >&2", "echo trace >&2", "exit 1")
    with pytest.raises(CommandError, match="^the folder is full; free space$") as failure:
        evonorm.command("search", home=place, show=None)
    assert failure.value.status == 1
    with pytest.raises(CommandError, match="^killed$") as failure:
        evonorm.command("search", home=home("echo killed >&2", "kill -9 $$"), show=None)
    assert failure.value.status == -9


def test_a_deadline_is_no_failure_of_a_search(home, small):
    place = home("exit 3")
    assert len(evonorm.search("quickstart", run=small.folder, home=place).generations()) == 3


def test_settings_become_options(home, small, tmp_path):
    log = tmp_path / "log"
    place = home(f'printf "%s\\n" "$@" >> "{log}"', "echo 'search.run = \"" + str(small.folder) + "\"  # here'")
    run = evonorm.search(
        "quickstart",
        home=place,
        show=None,
        options=["--master", "local[2]"],
        search={"max_duration": "1h", "hurdles": [50, 150], "vectors": {"v0": {"start": -1.5}}},
        rejection={"signal.enabled": True},
        data={"path": Path("a b\"c'")},
        **{"training.steps": 3},
    )
    assert run.location == str(small.folder)
    settings = [
        '--set=search.max-duration="1h"',
        "--set=search.hurdles=[50, 150]",
        "--set=search.vectors.v0.start=-1.5",
        "--set=rejection.signal.enabled=true",
        '--set=data.path="a b\\"c\'"',
        "--set=training.steps=3",
    ]
    config = ["--config", str(place / "conf" / "quickstart.conf")]
    assert log.read_text().splitlines() == [
        *["settings", "search.run", *settings, *config],
        *["search", *settings, *config, "--master", "local[2]"],
    ]


def test_values_that_no_setting_can_have_are_refused(home):
    for value in (float("nan"), object(), b"9", {1, 2}, [print]):
        with pytest.raises(EvonormError, match=r"the setting training\.min-steps cannot be .*; give a text, finite"):
            evonorm.search(run="x", home=home("exit 0"), training={"min_steps": value})
    with pytest.raises(EvonormError, match="a setting in training is named by a text, and cannot be 1"):
        evonorm.search(run="x", home=home("exit 0"), training={1: 2})


def test_ctrl_c_is_passed_on_once_and_the_end_is_awaited(home, interruptible):
    shown = []
    place = home(
        "trap 'echo \"evonorm: the search was interrupted\" >&2; sleep 0.3; echo stopped; exit 130' INT",
        "echo started",
        "while :; do sleep 0.05; done",
    )

    def show(line):
        shown.append(line)
        if line == "started":
            threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()

    with pytest.raises(KeyboardInterrupt):
        evonorm.command("search", home=place, show=show)
    assert shown == ["started", "evonorm: the search was interrupted", "stopped"]


def test_a_second_ctrl_c_kills(home, interruptible, tmp_path):
    place = home("trap 'echo deaf' INT", f"echo $$ > {tmp_path}/pid", "echo started", "while :; do sleep 0.05; done")

    def show(line):
        threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()

    begin = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        evonorm.command("search", home=place, show=show)
    assert time.monotonic() - begin < 15
    with pytest.raises(ProcessLookupError):
        os.kill(int(tmp_path.joinpath("pid").read_text()), 0)


def test_nobody_goes_on_without_a_follower(home, interruptible, tmp_path):
    place = home(f"echo $$ > {tmp_path}/pid", "echo started", "exec sleep 100")

    def show(line):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        evonorm.command("search", home=place, show=show)
    with pytest.raises(ProcessLookupError):
        os.kill(int(tmp_path.joinpath("pid").read_text()), 0)


def test_evonorm_is_named_where_it_is_missing(tmp_path, monkeypatch, home):
    for give in ({"home": tmp_path}, {}):
        monkeypatch.setenv("EVONORM_HOME", str(tmp_path))
        with pytest.raises(EvonormError, match=f"not found: {tmp_path} has no submit/evonorm; .*EVONORM_HOME"):
            evonorm.command("search", **give)
    monkeypatch.setenv("EVONORM_HOME", str(home("echo $1")))
    assert evonorm.command("search", show=None) == "search\n"


def test_a_preset_or_a_file(home, tmp_path, monkeypatch):
    place = home()
    preset = place / "conf" / "quickstart.conf"
    monkeypatch.chdir(tmp_path)
    assert [_config(name, place) for name in ("quickstart", "quickstart.conf", "conf/quickstart.conf")] == 3 * [preset]
    own = tmp_path / "quickstart"
    own.write_text("")
    assert _config("quickstart", place) == Path("quickstart")
    with pytest.raises(EvonormError, match="no file quick, .* presets are quickstart"):
        _config("quick", place)
