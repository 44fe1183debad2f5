"""The test's end of a bot process (see `bot`)."""

import base64
import json
import subprocess
import sys
from pathlib import Path

BOT = Path(__file__).with_name("bot.py")
LIBRARY_BOT = Path(__file__).with_name("library_bot.py")


class BotProcess:
    """Writes and reads values in a process of its own."""

    def __init__(self, *options: str, script: Path = BOT) -> None:
        command = [sys.executable, *options, str(script)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def _do(self, **request):
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "the bot process has ended"
        answer = json.loads(line)
        if "error" in answer:
            raise BotError(answer["error"])
        return answer["result"]

    def write(self, source: str, protocols=(4,), *, pickle: bool = False) -> list[bytes]:
        """What the bot stores for a Python expression, once for each protocol."""
        found = self._do(task="write", source=source, protocols=list(protocols), pickle=pickle)
        return [base64.b64decode(one) for one in found]

    def ask(self, data: bytes, source: str) -> str:
        """The repr of an expression about `v`, the value that the bot reads from `data`."""
        return self._do(task="ask", data=base64.b64encode(data).decode(), source=source)

    def judge(self, before: bytes, after: bytes, edit: dict) -> list[str] | None:
        """None if the bot finds the edit in `after` and nothing else."""
        texts = [base64.b64encode(data).decode() for data in (before, after)]
        return self._do(task="judge", before=texts[0], after=texts[1], edit=edit)

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(timeout=10)
        self.process.stdout.close()


class BotError(Exception):
    """The bot could not do what it was asked."""
