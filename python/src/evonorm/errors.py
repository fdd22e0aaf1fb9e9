"""Errors that a user can mend. Each message is one sentence: the thing, the reason, the mend."""


class EvonormError(Exception):
    """A run, layer or installation that cannot be used as it is."""


class CommandError(EvonormError):
    """A command of evonorm that failed, with the command's own sentence.

    Attributes:
        status: the command's exit status (docs/run-folder.md, "Exit statuses").
    """

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status
