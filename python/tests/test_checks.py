"""Wrong arguments: each is refused by one sentence that names it, and before a command starts."""

import numpy as np
import pandas as pd
import pytest

import evonorm
from evonorm import EvonormError, Run

NO_TEXTS = [None, 3, -1, 2.5, True, b"aa11", "", " ", "\0", "\ud800", [], ["aa11"], {}, object(), pd.NA]
NO_TEXTS += [np.arange(3), pd.DataFrame({"id": ["aa11"]}), print]


@pytest.fixture
def home(tmp_path):
    """A program in evonorm's place that writes its arguments to a log."""
    script = tmp_path / "home" / "submit" / "evonorm"
    script.parent.mkdir(parents=True)
    script.write_text(f'printf "%s\\n" "$@" >> "{tmp_path}/log"\n')
    return tmp_path / "home"


def refuse(call, sentence, values=NO_TEXTS):
    for value in values:
        with pytest.raises(EvonormError, match=sentence) as failure:
            call(value)
        assert type(failure.value) is EvonormError
        # One line, also for tables, whose own text has many.
        assert "\n" not in str(failure.value) and len(str(failure.value)) < 400


def test_names_and_paths_that_are_none(small, home, tmp_path):
    run = Run(small.folder)
    refuse(Run, "^location is the path or address of a run's folder, and cannot be ")
    refuse(lambda value: Run(small.folder, filesystem=value), "^filesystem is a file system", [3, "s3", b"", [], Run])
    refuse(run.dataset, "^there is no table .* of generations; name candidates, evaluations, selection$")
    for call in (run.candidate, run.lineage, run.layer, lambda value: run.export(value, tmp_path / "x", home=home)):
        refuse(call, "^id is a candidate's id or its first digits, as a text, and cannot be ")
    refuse(lambda value: run.export("aa11", value, home=home), "^output is the file to write, and cannot be ")
    refuse(lambda value: run.export("aa11", tmp_path / "x", value, home=home), "^format is pytorch, .*, and cannot be ")
    refuse(evonorm.layer, "^name is the name, formula, JSON form or JSON file of a layer, and cannot be ")
    refuse(lambda value: evonorm.layer("BN", convention=value), "^convention is evonorm or paper, and cannot be ")
    given = [value for value in NO_TEXTS if value is not None]
    refuse(lambda value: evonorm.search(run=value, home=home), "^run is the folder of the run, and cannot be ", given)
    refuse(lambda value: evonorm.search(value, run="x", home=home), "^config is .* preset, and cannot be ", given)
    refuse(lambda value: evonorm.command("search", home=value), "^home is the folder .*, and cannot be ", given)
    assert not tmp_path.joinpath("log").exists()


def test_a_value_is_shown_short(small):
    with pytest.raises(EvonormError, match="cannot be None$"):
        Run(None)
    with pytest.raises(EvonormError, match="cannot be this DataFrame$"):
        Run(pd.DataFrame({"id": ["aa11"]}))


def test_generations_that_are_not_committed(small):
    values = [3, -1, 99, 1.5, float("nan"), float("inf"), "1", "a", b"1", [], {}, pd.NA, np.arange(3), print]
    refuse(Run(small.folder).front, "has no committed generation .*; give a number from 0 to 2$", values)


@pytest.mark.parametrize("table", ["candidates", "evaluations", "selection"])
def test_columns_that_are_none(small, table):
    read = getattr(Run(small.folder), table)
    refuse(read, "^columns is a name or a list of names, and cannot be ", [3, -1, True, b"id", {}, {"id": 1}, print])
    refuse(read, "^there is no column 'ids'; the columns are generation, .*id, ", ["ids", ["id", "ids"], {"ids"}])
    refuse(lambda value: read([value]), "^there is no column ", [None, 3, b"id", ["id"], object(), pd.NA])
    refuse(read, "^columns holds 'id' twice; name each column once$", [["id", "id"]])


def test_arguments_of_commands(home, tmp_path):
    refuse(
        lambda value: evonorm.command("bench", "--channels", value, home=home),
        "^arguments holds .*, which is neither a text nor a path; give it as a text$",
        [None, 64, 2.5, b"64", ["64"], pd.DataFrame()],
    )
    refuse(lambda _: evonorm.command(home=home), "^arguments has no command; give one, as ", [None])
    refuse(lambda value: evonorm.command("x", home=home, show=value), "^show is a function .*, or None, ", [True, "x"])
    refuse(lambda value: evonorm.command("x", home=home, successes=value), "^successes is a list", [0, "0", b"0", None])
    refuse(lambda value: evonorm.command("x", value, home=home), "^evonorm x cannot be started .*arguments", ["a\0b"])
    assert not tmp_path.joinpath("log").exists()


def test_options_are_a_list_or_one_text(home, small, tmp_path):
    for options in (["--master", "local[1]"], "--master local[1]", "--master 'local[1]'", ("--master", "local[1]")):
        evonorm.search(run=small.folder, home=home, show=None, options=options)
        assert tmp_path.joinpath("log").read_text().splitlines()[-2:] == ["--master", "local[1]"]
    tmp_path.joinpath("log").unlink()

    def search(options):
        evonorm.search(run=small.folder, home=home, show=None, options=options)

    refuse(search, "^options is a list of texts, as .*, and cannot be ", [None, 3, b"--master", {}, {"--master": 1}])
    refuse(search, "^options holds .*; give it as a text$", [["--channels", 64], [None], [["--master"]]])
    refuse(search, "^options cannot be split into words .*; give a list of texts$", ["--master 'local"])
    assert not tmp_path.joinpath("log").exists()


def test_a_file_that_exists_is_kept(home, small, tmp_path):
    run, file = Run(small.folder), tmp_path / "layer.tex"
    assert run.export("aa11", file, "latex", home=home) == file
    assert "--force" not in tmp_path.joinpath("log").read_text()
    file.write_text("mine")
    tmp_path.joinpath("log").unlink()
    with pytest.raises(EvonormError, match=r"layer\.tex exists; name another file, or replace it with overwrite=True$"):
        run.export("aa11", file, "latex", home=home)
    assert not tmp_path.joinpath("log").exists()
    run.export("aa11", file, "latex", overwrite=True, home=home)
    assert "--force" in tmp_path.joinpath("log").read_text().splitlines()


def test_the_home_folder_is_found_by_its_sign(home, small, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(small.folder.parent))
    tilde = f"~/{small.folder.name}"
    assert Run(tilde).location == str(small.folder)
    assert evonorm.search(run=tilde, home=home, show=None).location == str(small.folder)
    # The command takes ~ as a folder of this name.
    assert "~" not in tmp_path.joinpath("log").read_text()


def test_files_that_cannot_be_read_are_named(small):
    run = Run(small.folder)
    file = sorted(small.folder.glob("candidates/generation=1/part*"))[0]
    whole = file.read_bytes()
    # The footer alone is whole.
    file.write_bytes(bytes(len(whole) // 2) + whole[len(whole) // 2 :])
    with pytest.raises(EvonormError, match="^a table candidates in .* cannot be read .*; restore it"):
        run.candidates()
    conf = small.folder / "run.conf"
    conf.write_bytes(b"\xff\xfe")
    with pytest.raises(EvonormError, match=r"^run\.conf in .* cannot be read .*; restore it"):
        Run(small.folder)
    conf.write_text("search { seed=1 }")
    with pytest.raises(EvonormError, match=r"run\.conf has no list search\.networks; restore the file$"):
        Run(small.folder).found()
    conf.unlink()
    conf.mkdir()
    with pytest.raises(EvonormError, match=r"^run\.conf in .* cannot be read"):
        Run(small.folder)
