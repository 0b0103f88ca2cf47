#!/usr/bin/env python3
"""A whole nonstick/1 client (docs/PROTOCOL.md): nonstick1.py HOST PORT SERVICE [ARGS-JSON] [TOKEN] < input > output"""
import hashlib
import hmac
import json
import os
import socket
import struct
import sys
import threading

PART, WINDOW = 65536, 1048576
host, port, service, args, token = (*sys.argv[1:], *["{}", ""][len(sys.argv) - 4:])
sock = socket.create_connection((host, int(port)))
stream = sock.makefile("rb")
sending, room = threading.Lock(), threading.Condition()
left = 0


def send(header, body=b""):
    text = json.dumps({**header, "size": len(body)} if body else header).encode()
    with sending:
        sock.sendall(struct.pack(">I", len(text)) + text + body)
    return len(text) + len(body)


def receive():
    length, = struct.unpack(">I", stream.read(4))
    header = json.loads(stream.read(length))
    if header["type"] == "error":
        sys.exit("%(code)s: %(message)s" % header)
    return header, stream.read(header.get("size", 0)), length


def proof(who):
    text = "nonstick/1 %s\n%s\n%s\n" % (who, greeting["nonce"], nonce)
    return hmac.new(token.encode(), text.encode(), hashlib.sha256).hexdigest()


def send_input():
    global left
    while data := os.read(0, min(PART, greeting["limits"]["part"])):
        with room:
            room.wait_for(lambda: left >= len(data) + 100)
            left -= send({"type": "data", "id": 1}, data)
    send({"type": "end", "id": 1})


greeting, nonce = receive()[0], os.urandom(32).hex()
hello = {"nonstick": [1], "type": "hello", "software": "nonstick1.py", "nonce": nonce,
         "limits": {"part": PART, "window": WINDOW}}
send({**hello, "proof": proof("client")} if token else hello)
ready = receive()[0]
assert not token or hmac.compare_digest(ready["proof"], proof("server")), "the server does not know the token"
send({"type": "open", "id": 1, "service": service, "args": json.loads(args)})
left = greeting["limits"]["window"]
threading.Thread(target=send_input, daemon=True).start()
while True:
    header, body, length = receive()
    if header["type"] == "data":
        (sys.stderr if header.get("about", {}).get("stream") == "err" else sys.stdout).buffer.write(body)
        send({"type": "credit", "id": 1, "bytes": length + len(body)})
    elif header["type"] == "credit":
        with room:
            left += header["bytes"]
            room.notify()
    elif header["type"] == "ping":
        send({"type": "pong", "id": header["id"]})
    elif header["type"] == "end":
        sys.exit(header.get("result", {}).get("code", 0))
