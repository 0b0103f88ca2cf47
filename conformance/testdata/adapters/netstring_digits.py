"""Wrong on purpose: digits of a length that come in different chunks are not put together."""
import json
import re
import sys


class FramingError(Exception):
    def __init__(self, code, offset):
        super().__init__(f"{code} at byte {offset}")
        self.code, self.offset = code, offset


class Decoder:
    """Keeps what is no whole frame yet. `take` gives the length of the next frame and where its payload is."""

    def __init__(self, take, limit):
        self.take, self.limit, self.kept, self.offset = take, limit, b"", 0

    def push(self, chunk):
        self.kept += chunk
        while found := self.take(self):
            length, start, end = found
            yield self.kept[start:end]
            self.kept, self.offset = self.kept[length:], self.offset + length

    def end(self):
        if self.kept:
            self.fail("TRUNCATED_FRAME")
        yield from ()

    def fail(self, code):
        raise FramingError(code, self.offset)


def u32be(d):
    if len(d.kept) < 4:
        return None
    length = int.from_bytes(d.kept[:4], "big")
    if length > d.limit:
        d.fail("FRAME_TOO_LARGE")
    return None if len(d.kept) < 4 + length else (4 + length, 4, 4 + length)


def line(d):
    end = d.kept.find(b"\n")
    if (len(d.kept) if end < 0 else end) > d.limit:
        d.fail("FRAME_TOO_LARGE")
    return None if end < 0 else (end + 1, 0, end)


def netstring(d):
    digits = re.match(rb"\d{0,10}", d.kept)[0]
    if digits[:1] == b"0" and len(digits) > 1:
        d.fail("MALFORMED_FRAME")
    if int(digits or b"0") > d.limit:
        d.fail("FRAME_TOO_LARGE")
    start = len(digits) + 1
    end = start + int(digits or b"0")
    if len(d.kept) >= start and (not digits or d.kept[start - 1 : start] != b":"):
        d.fail("MALFORMED_FRAME")
    if len(d.kept) < start:
        d.kept = b""  # the bug
    if len(d.kept) <= end:
        return None
    if d.kept[end : end + 1] != b",":
        d.fail("MALFORMED_FRAME")
    return end + 1, start, end


DECODERS = {"u32be": u32be, "line": line, "netstring": netstring}
ENCODERS = {
    "u32be": lambda payload: len(payload).to_bytes(4, "big") + payload,
    "netstring": lambda payload: b"%d:%b," % (len(payload), payload),
}
decoders = {}


def frames(found):
    answer = {"frames": []}
    try:
        answer["frames"].extend(frame.hex() for frame in found)
    except FramingError as error:
        answer["error"] = {"code": error.code, "message": str(error), "offset": error.offset}
    return answer


def answer(ask):
    match ask["do"]:
        case "hello":
            return {"version": 1, "name": "python", "codecs": list(DECODERS), "features": ["end", "encode", "limit"]}
        case "open" if ask["codec"] in DECODERS:
            decoders[ask["decoder"]] = Decoder(DECODERS[ask["codec"]], ask.get("maxFrame", 1 << 20))
            return {}
        case "push":
            return frames(decoders[ask["decoder"]].push(bytes.fromhex(ask["bytes"])))
        case "end":
            return frames(decoders[ask["decoder"]].end())
        case "close":
            del decoders[ask["decoder"]]
            return {}
        case "encode" if ask["codec"] in ENCODERS:
            return {"bytes": ENCODERS[ask["codec"]](bytes.fromhex(ask["payload"])).hex()}
        case other:
            return {"unsupported": f"{other} {ask.get('codec', '')}".strip()}


while header := sys.stdin.buffer.read(4):
    body = json.dumps(answer(json.loads(sys.stdin.buffer.read(int.from_bytes(header, "big"))))).encode()
    sys.stdout.buffer.write(len(body).to_bytes(4, "big") + body)
    sys.stdout.buffer.flush()
