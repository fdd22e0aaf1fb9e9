"""The part of HOCON that evonorm writes: a run's run.conf and the output of ``evonorm settings``.

Files of users may hold substitutions and includes. evonorm resolves these before it writes, and this reader refuses
them.
"""

import json
import re
from typing import Any

from evonorm.errors import EvonormError

_QUOTED = r'"(?:[^"\\\n]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"'
_BLANK = re.compile(r"(?:[ \t\r]|(?:#|//)[^\n]*)*")
_BLANKS = re.compile(r"(?:[ \t\r\n,]|(?:#|//)[^\n]*)*")
_STRING = re.compile(_QUOTED)
_PATH = re.compile(rf'(?:{_QUOTED}|[^\s"#:={{}}\[\],$]+)+')
_NAME = re.compile(rf'{_QUOTED}|[^."]+')
_PLAIN = re.compile(r'[^\n"#:={}\[\],$]+')
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_WORDS = {"true": True, "on": True, "yes": True, "false": False, "off": False, "no": False, "null": None}


def parse(text: str) -> dict[str, Any]:
    """Settings as nested dictionaries; durations, as "24h", stay texts.

    Raises:
        EvonormError: the text is no HOCON, or needs more of HOCON than evonorm writes.
    """
    return _Reader(text).members(end="")


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def members(self, end: str) -> dict[str, Any]:
        """The members of an object up to its end, a brace or the end of the text."""
        members: dict[str, Any] = {}
        while self.skip(_BLANKS) != end:
            path = [
                json.loads(name, strict=False) if name[0] == '"' else name for name in _NAME.findall(self.take(_PATH))
            ]
            sign = self.skip(_BLANK)
            if sign in ("=", ":"):
                self.at += 1
            elif sign != "{":
                raise self.error()
            _put(members, path, self.value())
        self.at += len(end)
        return members

    def value(self) -> Any:
        sign = self.skip(_BLANK)
        if sign == "{":
            self.at += 1
            return self.members(end="}")
        if sign == "[":
            self.at += 1
            items = []
            while self.skip(_BLANKS) != "]":
                items.append(self.value())
            self.at += 1
            return items
        value = json.loads(self.take(_STRING), strict=False) if sign == '"' else _plain(self.take(_PLAIN).strip())
        if self.skip(_BLANK) not in ("", "\n", ",", "}", "]"):
            raise self.error()
        return value

    def skip(self, blanks: re.Pattern[str]) -> str:
        """Goes to the next sign that is neither blank nor comment, and returns it; "" at the end."""
        self.take(blanks)
        return self.text[self.at : self.at + 1]

    def take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        if match is None:
            raise self.error()
        self.at = match.end()
        return match.group()

    def error(self) -> EvonormError:
        line = 1 + self.text.count("\n", 0, self.at)
        return EvonormError(f"line {line} of the settings is nothing that evonorm writes; restore the file")


def _plain(word: str) -> Any:
    if word in _WORDS:
        return _WORDS[word]
    number = _NUMBER.fullmatch(word)
    if number is None:
        return word
    return float(word) if number.group(1) or number.group(2) else int(word)


def _put(members: dict[str, Any], path: list[str], value: Any) -> None:
    """Sets the value of a path; an object is merged into one that is there."""
    *sections, key = path
    for name in sections:
        if not isinstance(members.get(name), dict):
            members[name] = {}
        members = members[name]
    there = members.get(key)
    if isinstance(there, dict) and isinstance(value, dict):
        for name, member in value.items():
            _put(there, [name], member)
    else:
        members[key] = value
