"""Wrong on purpose, in the way that its argument names, as soon as a chunk ends inside a line."""
import json
import sys
import time

decoders = {}


def take(number, chunk):
    """Frames that end with a line feed."""
    *lines, decoders[number] = (decoders[number] + chunk).split(b"\n")
    return {"frames": [line.hex() for line in lines]}


def answer(ask):
    number = ask.get("decoder")
    match ask["do"]:
        case "hello":
            return {"version": 1, "name": "misbehaves", "codecs": ["line"], "features": []}
        case "open":
            decoders[number] = b""
            return {}
        case "push":
            chunk = bytes.fromhex(ask["bytes"])
            if chunk and not chunk.endswith(b"\n"):
                misbehave(sys.argv[1])
            return take(number, chunk)
        case "close":
            return {}
        case other:
            return {} if sys.argv[1] == "agrees" else {"unsupported": other}


def misbehave(how):
    if how == "crashes":
        sys.exit("I do not like this")
    if how == "hangs":
        time.sleep(60)
    if how == "prints":
        sys.stdout.write("debug: got a chunk\n")
    if how == "not-hex":
        write({"frames": ["xyz"]})


def write(message):
    body = json.dumps(message).encode()
    sys.stdout.buffer.write(len(body).to_bytes(4, "big") + body)
    sys.stdout.buffer.flush()


while header := sys.stdin.buffer.read(4):
    write(answer(json.loads(sys.stdin.buffer.read(int.from_bytes(header, "big")))))
