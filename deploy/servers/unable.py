"""What the servers' command says when it cannot go on: a code of the runbook, the thing, the cause, the next step."""


class Unable(RuntimeError):
    """A server is not there, and why; `str` of it is what a person reads."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(f"{sentence}   [{code}]")
        self.code = code
