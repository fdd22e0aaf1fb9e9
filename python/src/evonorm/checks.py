"""Checks of callers' arguments before anything is read or started.

Python's own error for a wrong one, as ``'NoneType' object has no attribute 'strip'``, names no argument and no mend.
"""

import os
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from evonorm.errors import EvonormError

_LONGEST_SHOWN = 60
# NUL ends texts of the system, and halves of UTF-16's pairs have no bytes in UTF-8.
_UNWRITABLE = re.compile("[\0\ud800-\udfff]")


def text(name: str, value: Any, meaning: str) -> str:
    """An argument that is a text with more than blanks.

    Raises:
        EvonormError: it is another thing; the message names the argument, its meaning and the value.
    """
    if not isinstance(value, str) or not value.strip() or _UNWRITABLE.search(value):
        raise _wrong(name, value, meaning)
    return value


def path(name: str, value: Any, meaning: str) -> str:
    """An argument that is a text or a path; bytes, which are paths to Python, are refused."""
    return text(name, _plain(value), meaning)


def words(name: str, value: Any) -> list[str]:
    """Arguments of a command: texts and paths, or one text with blanks between its words, as in a shell."""
    if isinstance(value, str):
        try:
            return shlex.split(value)
        except ValueError as failure:
            raise EvonormError(
                f"{name} cannot be split into words ({failure}): {shown(value)}; give a list of texts"
            ) from failure
    given = items(name, value, 'a list of texts, as ["--master", "local[4]"]')
    plain = [_plain(item) for item in given]
    for item in plain:
        if not isinstance(item, str):
            raise EvonormError(f"{name} holds {shown(item)}, which is neither a text nor a path; give it as a text")
    return plain


def columns(value: Any, present: Sequence[str]) -> list[str]:
    """The columns to read: one name, or several."""
    chosen = [value] if isinstance(value, str) else items("columns", value, "a name or a list of names")
    for position, name in enumerate(chosen):
        if not isinstance(name, str) or name not in present:
            raise EvonormError(f"there is no column {shown(name)}; the columns are {', '.join(present)}")
        if name in chosen[:position]:
            raise EvonormError(f"columns holds {name!r} twice; name each column once")
    return chosen


def items(name: str, value: Any, meaning: str) -> list[Any]:
    """The items of an argument that is a list or another collection."""
    if isinstance(value, (str, bytes, bytearray, Mapping)) or not isinstance(value, Iterable):
        raise _wrong(name, value, meaning)
    return list(value)


def follower(value: Any) -> None:
    """Refuses a function for lines that cannot be called, before there is a process whose lines need it."""
    if value is not None and not callable(value):
        raise _wrong("show", value, "a function that is called with every line, or None")


def shown(value: Any) -> str:
    """A value inside a sentence: tables and long values are their kind alone."""
    written = repr(value)
    return written if len(written) <= _LONGEST_SHOWN and "\n" not in written else f"this {type(value).__name__}"


def _plain(value: Any) -> Any:
    return os.fspath(value) if isinstance(value, os.PathLike) else value


def _wrong(name: str, value: Any, meaning: str) -> EvonormError:
    return EvonormError(f"{name} is {meaning}, and cannot be {shown(value)}")
