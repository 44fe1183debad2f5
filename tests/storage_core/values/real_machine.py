"""The real pickle machine in a process of its own, for programs that import nothing.

Reads one program a line (base64), answers one JSON line: what it built, as text, or its error. The
machine is the one in Python that dill's is built on. Whatever a program names, it gets nothing.
"""

import base64
import io
import json
import pickle
import resource
import sys


class Machine(pickle._Unpickler):
    def find_class(self, module, name):
        raise ValueError("this machine imports nothing")

    def persistent_load(self, pid):
        raise ValueError("this machine knows no persistent ids")


def picture(value):
    """A value as text: types, contents, and which parts are one object."""
    numbers = {}

    def draw(one):
        if isinstance(one, (list, dict, set, bytearray)):
            if id(one) in numbers:
                return f"#{numbers[id(one)]}"
            numbers[id(one)] = len(numbers)
        if isinstance(one, (list, tuple)):
            return f"{type(one).__name__}({','.join(map(draw, one))})"
        if isinstance(one, (set, frozenset)):
            return f"{type(one).__name__}({','.join(sorted(map(draw, one)))})"
        if isinstance(one, dict):
            return f"dict({','.join(f'{draw(k)}={draw(v)}' for k, v in one.items())})"
        if isinstance(one, int) and not isinstance(one, bool):
            return hex(one)
        return repr(one)

    return draw(value)


def main():
    resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))
    for line in sys.stdin:
        try:
            answer = {"value": picture(Machine(io.BytesIO(base64.b64decode(line))).load())}
        except Exception as error:  # noqa: BLE001 - whatever stops it is the answer
            answer = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
