"""The commands of evonorm, run as processes."""

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import unquote, urlparse

from evonorm import checks, hocon
from evonorm.errors import CommandError, EvonormError

if TYPE_CHECKING:
    from evonorm.run import Run

Location = str | os.PathLike[str]

# A command takes up to ten seconds to end its work after Ctrl-C.
_PATIENCE_SECONDS = 20
_DEADLINE = 3


def search(
    config: Location | None = None,
    *,
    run: Location | None = None,
    options: str | Sequence[Location] = (),
    home: Location | None = None,
    show: Callable[[str], object] | None = print,
    **settings: Any,
) -> "Run":
    """Starts a search, or goes on with the one in the run's folder, and follows it to its end or its deadline.

    Ctrl-C, or the interrupt of a notebook, ends the search as it does in a terminal: committed generations and finished
    trainings stay, and the same call goes on.

    >>> run = evonorm.search("quickstart", run="runs/mine", search={"generations": 9, "max_duration": "30m"})

    Args:
        config: a file of settings, or the name of a preset in evonorm's folder conf;
            default: evonorm's defaults, which are the paper's settings and take days
        run: folder of the run; default: the settings' ``search.run``
        options: further options of ``evonorm search``, as ``["--master", "local[4]", "--seed-layers", "EvoNorm-B0"]``
            or as one text that is split as by a shell
        home: folder of evonorm; default: as for :func:`command`
        show: called with every line that the command prints; ``None`` for nobody
        settings: settings by section; in their keys _ stands for -. ``**{"search.seed": 2}`` works as well

    Raises:
        EvonormError: an argument cannot be used, or evonorm is not found.
        CommandError: the search failed; the message is its own.
        KeyboardInterrupt: after the search has ended, if it was interrupted.
    """
    from evonorm.run import Run

    further = checks.words("options", options)
    overrides = dict(_flat("", settings))
    # The command knows no ~.
    folder = None if run is None else os.path.expanduser(checks.path("run", run, "the folder of the run"))
    if folder is not None:
        overrides["search.run"] = json.dumps(folder)
    chosen: list[Location] = [f"--set={key}={value}" for key, value in overrides.items()]
    if config is not None:
        chosen += ["--config", _config(config, home)]
    location = (
        folder
        if folder is not None
        else hocon.parse(command("settings", "search.run", *chosen, home=home, show=None))["search"]["run"]
    )
    command("search", *chosen, *further, home=home, show=show, successes=(0, _DEADLINE))
    return Run(location)


def command(
    *arguments: Location,
    home: Location | None = None,
    show: Callable[[str], object] | None = print,
    successes: Sequence[int] = (0,),
) -> str:
    """Runs a command of evonorm, as ``command("rerank", "--run", "runs/mine")``, and passes Ctrl-C on to it.

    evonorm is looked for in ``home``, else in the folder that the environment variable ``EVONORM_HOME`` names, else in
    the checkout or release that this package was installed from.

    Args:
        arguments: the command and its options
        home: folder of a checkout or of an unpacked release
        show: called with every line that the command prints; ``None`` for nobody
        successes: exit statuses that are no failure

    Returns:
        the command's standard output

    Raises:
        EvonormError: an argument cannot be used, or evonorm is not found.
        CommandError: the command failed; the message is its own.
    """
    words = checks.words("arguments", arguments)
    if not words:
        raise EvonormError('arguments has no command; give one, as evonorm.command("report", "--run", "runs/mine")')
    checks.follower(show)
    fine = checks.items("successes", successes, "a list of exit statuses")
    program = _home(home) / "submit" / "evonorm"
    try:
        process = subprocess.Popen(
            ["bash", program, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
    except (OSError, ValueError) as failure:
        raise EvonormError(
            f"evonorm {words[0]} cannot be started ({failure}); correct its arguments, or install bash"
        ) from failure
    lines = _Lines(process)
    try:
        for line in lines:
            if show is not None:
                show(line)
        status = process.wait()
    except BaseException:
        # Also for a failure of show: a search without anyone to follow it must not go on.
        _end(process, lines, show)
        raise
    if status not in fine:
        own = [line.removeprefix("evonorm: ") for line in lines.errors if line.startswith("evonorm: ")]
        last = own or [line for line in lines.errors if line.strip()]
        last = last or [f"evonorm {words[0]} failed without a word, with exit status {status}"]
        raise CommandError(last[-1], status)
    return "".join(line + "\n" for line in lines.output)


class _Lines:
    """The lines of a process as they come from both streams, also kept by stream.

    Threads read the streams, so that one thread alone calls the user's code. No generator, which the first
    KeyboardInterrupt would end.
    """

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.output: list[str] = []
        self.errors: list[str] = []
        self._queue: SimpleQueue[tuple[list[str], str] | None] = SimpleQueue()
        assert process.stdout and process.stderr
        self._open = 2
        for stream, kept in ((process.stdout, self.output), (process.stderr, self.errors)):
            Thread(target=self._read, args=(stream, kept), daemon=True).start()

    def _read(self, stream: IO[str], kept: list[str]) -> None:
        with stream:
            for line in stream:
                self._queue.put((kept, line.rstrip("\r\n")))
        self._queue.put(None)

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        while self._open:
            item = self._queue.get()
            if item is not None:
                kept, line = item
                kept.append(line)
                return line
            self._open -= 1
        raise StopIteration


def _end(process: "subprocess.Popen[str]", lines: _Lines, show: Callable[[str], object] | None) -> None:
    """Ends a process as Ctrl-C does, and shows its words on that; a second Ctrl-C kills it."""
    try:
        process.send_signal(signal.SIGINT)
        # A process that was started where SIGINT is ignored, as in the background, is ended by SIGTERM.
        Thread(target=_terminate_later, args=(process,), daemon=True).start()
        for line in lines:
            if show is not None:
                show(line)
        process.wait()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _terminate_later(process: "subprocess.Popen[str]") -> None:
    try:
        process.wait(_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.terminate()


def _home(home: Location | None) -> Path:
    """The folder of evonorm."""
    given = None if home is None else checks.path("home", home, "the folder of a checkout or of an unpacked release")
    named = given or os.environ.get("EVONORM_HOME")
    place = Path(os.path.expanduser(named)) if named else _origin()
    if place is None or not (place / "submit" / "evonorm").is_file():
        where = f"{place} has no submit/evonorm" if named else "this package was not installed from a checkout of it"
        raise EvonormError(
            f"evonorm itself is not found: {where}; give home=, or set EVONORM_HOME, to the folder of a checkout or of "
            "an unpacked release"
        )
    return place


def _origin() -> Path | None:
    """The checkout or release whose folder python this package was installed from, by pip's own record of it."""
    try:
        record = distribution("evonorm").read_text("direct_url.json")
    except PackageNotFoundError:
        record = None
    if record is None:
        return Path(__file__).resolve().parents[3]
    url = urlparse(json.loads(record)["url"])
    return Path(unquote(url.path)).parent if url.scheme == "file" else None


def _config(config: Location, home: Location | None) -> Path:
    """A file, or else the preset of this name."""
    given = Path(os.path.expanduser(checks.path("config", config, "a file of settings or the name of a preset")))
    presets = _home(home) / "conf"
    for file in (given, presets / given.name, presets / f"{given.name}.conf"):
        if file.is_file():
            return file
    names = ", ".join(sorted(file.stem for file in presets.glob("*.conf")))
    raise EvonormError(f"there is no file {config}, and evonorm has no preset of this name; presets are {names}")


def _flat(prefix: str, settings: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Settings by their whole keys, as texts that HOCON reads."""
    for name, value in settings.items():
        if not isinstance(name, str):
            raise EvonormError(f"a setting in {prefix[:-1]} is named by a text, and cannot be {checks.shown(name)}")
        key = prefix + name.replace("_", "-")
        if isinstance(value, Mapping):
            yield from _flat(key + ".", value)
        else:
            try:
                yield key, json.dumps(value, default=os.fspath, allow_nan=False)
            except (TypeError, ValueError, RecursionError) as failure:
                raise EvonormError(
                    f"the setting {key} cannot be {checks.shown(value)}; give a text, finite number, truth value, list "
                    "or dictionary"
                ) from failure
