"""Values that are made to hurt: whoever reads them, or the bot through whoever edits them."""

import pickle
import struct

CANARY = "cubbyhole-canary"
COMMAND = f"touch {CANARY}".encode()
MARK_EVERYTHING = 50_000


def text(value: str) -> bytes:
    raw = value.encode("utf-8", "surrogatepass")
    return b"X" + len(raw).to_bytes(4, "little") + raw


def name(module: str, attribute: str) -> bytes:
    return text(module) + text(attribute) + b"\x93"


def call(module: str, attribute: str, *arguments: bytes) -> bytes:
    return name(module, attribute) + b"(" + b"".join(arguments) + b"tR"


SYSTEM = call("os", "system", b"X" + len(COMMAND).to_bytes(4, "little") + COMMAND)
HEAD = b"\x80\x04"


def doubled(levels: int, first: bytes = b")") -> bytes:
    """Tuples that hold the one before twice: 2**levels leaves in a few bytes."""
    code = first + b"\x94"
    for level in range(levels):
        code += b"h" + bytes([level]) + b"\x86\x94"
    return code


def doubled_lists(levels: int) -> bytes:
    code = b"]\x94"
    for level in range(levels):
        code += b"]\x94(h" + bytes([level]) + b"h" + bytes([level]) + b"e"
    return code


CASES: dict[str, bytes] = {
    "call": HEAD + SYSTEM + b".",
    "call in a dict": HEAD + b"}(" + text("a") + SYSTEM + b"u.",
    "call as a key": HEAD + b"}" + SYSTEM + b"K\x01s.",
    "call thrown away": HEAD + b"}(" + text("colour") + text("blue") + b"u" + SYSTEM + b"0.",
    "call below the value": HEAD + SYSTEM + b"}.",
    "call behind a mark": HEAD + b"(" + SYSTEM + b"1K\x05.",
    "call after the end": HEAD + b"K\x05." + SYSTEM + b".",
    "call before it is cut off": HEAD + SYSTEM + b"(",
    "old call": b"cos\nsystem\n(S'touch " + CANARY.encode() + b"'\ntR.",
    "inst": b"(S'touch " + CANARY.encode() + b"'\nios\nsystem\n.",
    "obj": b"(cos\nsystem\nS'touch " + CANARY.encode() + b"'\no.",
    "newobj": HEAD + name("os", "system") + text("x") + b"\x85\x81.",
    "newobj with keywords": HEAD + name("os", "system") + b")}\x92.",
    "build on a module": HEAD + name("os", "path") + b"}(" + text("join") + b"K\x01ub.",
    "build on a class": HEAD + name("datetime", "date") + b"N}(" + text("x") + b"K\x01u\x86b.",
    "dotted name": HEAD + call("uuid", "os.system", text("true")) + b".",
    "dotted name of a known class": HEAD + call("decimal", "Decimal.from_float", b"K\x01") + b".",
    "computed name": HEAD + call("builtins", "str", text("os")) + text("system") + b"\x93.",
    "name that is no text": HEAD + b"K\x01K\x02\x93.",
    "eval by dill": HEAD + call("dill._dill", "_eval_repr", text("__import__('os')")) + b".",
    "range that is code": HEAD + call("dill._dill", "_eval_repr", text("range(0, f())")) + b".",
    "getattr": HEAD + call("builtins", "getattr", name("os", "path"), text("join")) + b".",
    "fake zone": HEAD
    + call("builtins", "getattr", name("zoneinfo", "ZoneInfo"), text("clear_cache"))
    + b")R.",
    "extension code": HEAD + b"\x82\x01)R.",
    "extension code 4": HEAD + b"\x84\xff\xff\xff\x7f.",
    "persistent id": HEAD + SYSTEM + b"Q.",
    "old persistent id": b"Pevil\n.",
    "buffer": b"\x80\x05\x97\x98.",
    "doubled tuple as a key": HEAD + b"}" + doubled(100) + b"K\x01s.",
    "doubled tuple in a set": HEAD + b"\x8f(" + doubled(100) + b"\x90.",
    "doubled lists": HEAD + doubled_lists(100) + b".",
    "doubled dicts": HEAD + b"}\x94" + b"".join(
        b"}\x94(" + text("a") + b"h" + bytes([i]) + text("b") + b"h" + bytes([i]) + b"u"
        for i in range(100)
    ) + b".",
    "doubled objects": HEAD + name("acme", "X") + b"\x94" + b")\x94" + b"".join(
        b"h\x00h" + bytes([i + 1]) + b"h" + bytes([i + 1]) + b"\x86R\x94" for i in range(80)
    ) + b".",
    "deep tuple as a key": HEAD + b"})" + b"\x85" * 30_000 + b"K\x01s.",
    "deep lists": HEAD + b"]" * 200_000 + b"a" * 199_999 + b".",
    "deep dicts": HEAD + b"}" + (b"K\x01}") * 30_000 + b"s" * 30_000 + b".",
    "deep calls": HEAD + name("m", "f") * 10_000 + b")" + b"\x85R" * 10_000 + b".",
    "deep callees": HEAD + text("m") + text("f") + b"\x93" + b")R" * 20_000 + b".",
    "deep getattrs": HEAD + name("builtins", "getattr") + b"\x940"
    + b"h\x00" * 8_000 + name("m", "f") + (text("a") + b"\x86R") * 8_000 + b".",
    "deep objects": HEAD + (name("acme", "X") + b")\x81}" + text("a")) * 5_000 + b"N"
    + b"sb" * 5_000 + b".",
    "deep states": HEAD + (name("acme", "X") + b")\x81") * 5_000 + b"b" * 4_999 + b".",
    "marks": HEAD + b"(" * MARK_EVERYTHING + b".",
    "marks taken back": HEAD + b"(" * MARK_EVERYTHING + b"t" * MARK_EVERYTHING + b".",
    "huge memo number": HEAD + b"Nr\xff\xff\xff\x7f.",
    "huge text memo number": b"Np" + b"9" * 100_000 + b"\n.",
    "negative memo number": b"Np-1\n.",
    "many memo entries": HEAD + b"N" + b"\x94" * MARK_EVERYTHING + b".",
    "bytes that are not there": HEAD + b"\x8e" + b"\xff" * 7 + b"\x7f.",
    "text that is not there": HEAD + b"\x8d" + b"\xff" * 7 + b"\x7f.",
    "bytearray that is not there": b"\x80\x05\x96" + b"\xff" * 7 + b"\x7f.",
    "number that is not there": HEAD + b"\x8b\xff\xff\xff\x7f.",
    "number of negative length": HEAD + b"\x8b\xff\xff\xff\xff.",
    "number with a million digits": b"I" + b"9" * 1_000_000 + b"\n.",
    "long with a million digits": b"L" + b"9" * 1_000_000 + b"L\n.",
    "number of a megabyte": HEAD + b"\x8b" + (1_000_000).to_bytes(4, "little")
    + b"\x7f" * 1_000_000 + b".",
    "fraction of huge numbers": HEAD + call("fractions", "Fraction",
        b"\x8b" + (100_000).to_bytes(4, "little") + b"\x7f" * 100_000, b"K\x01") + b".",
    "decimal of a million digits": HEAD + call("decimal", "Decimal", text("9" * 1_000_000)) + b".",
    "decimal with a huge exponent": HEAD + call("decimal", "Decimal", text("1E+999999999")) + b".",
    "huge timedelta": HEAD
    + call("datetime", "timedelta", b"J\xff\xff\xff\x7f", b"K\0", b"K\0") + b".",
    "pattern that never ends": HEAD + call("re", "_compile", text("(a+)+$"), b"K\x20") + b".",
    "colliding keys": HEAD + b"}(" + b"".join(
        b"\x8a\x0a" + (i * (2**61 - 1)).to_bytes(10, "little") + b"N" for i in range(1, 30_000)
    ) + b"u.",
    "one key many times": HEAD + b"}(" + b"K\x01N" * 30_000 + b"u.",
    "equal numbers as keys": HEAD + b"}(K\x01N\x88NG" + struct.pack(">d", 1.0) + b"Nu.",
    "frames that lie": HEAD + b"\x95" + b"\xff" * 7 + b"\x7fK\x05.",
    "many frames": HEAD + (b"\x95" + b"\0" * 8) * 100_000 + b"K\x05.",
    "many protocols": HEAD * 100_000 + b"K\x05.",
    "unknown protocol": b"\x80\xffK\x05.",
    "unknown opcode": HEAD + b"\xff.",
    "nothing on the stack": HEAD + b".",
    "append to nothing": HEAD + b"(e.",
    "odd dict": HEAD + b"}(K\x01u.",
    "append to a number": HEAD + b"K\x01K\x02a.",
    "build a number": HEAD + b"K\x01}b.",
    "itself as a key": HEAD + b"}\x94h\x00K\x01s.",
    "itself as its state": HEAD + name("acme", "X") + b")\x81\x94h\x02b.",
    "many imports": HEAD + b"".join(name("m", f"f{i}") + b"0" for i in range(20_001)) + b"N.",
    "control characters": HEAD + text("\x1b[31m\x00\u202e\udc80<script>alert(1)</script>") + b".",
    "name with markup": HEAD + name("<script>", "\x1b\n'\">") + b")\x81.",
    "text": b"hello, world",
    "utf-8 text": "grüße".encode(),
    "json": b'{"a": [1, 2.5, null, true, "x"], "a": 2}',
    "deep json": b"[" * 100_000 + b"]" * 100_000,
    "huge number as json": b"[" + b"9" * 1_000_000 + b"]",
    "number": b"42",
    "empty": b"",
    "null byte": b"\0",
    "msgpack": b"\x82\xa1a\x01\xa1b\x93\x01\x02\x03",
    "php": b'a:1:{s:1:"a";i:1;}',
    "cut off": pickle.dumps({"a": [1, 2, {"b": "c" * 50}]})[:-20],
    "two values": pickle.dumps([1]) * 2,
    "string of python 2": b"S'caf\\xe9'\np0\n.",
    "only opcodes": bytes(range(256)) * 100,
    "a megabyte of records": pickle.dumps(
        [{"id": i, "title": f"ticket {i}", "tags": ["a", str(i)]} for i in range(20_000)], 4
    ),
}  # fmt: skip
