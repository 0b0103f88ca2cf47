"""A client that asks in fragments: python3 ask_in_fragments.py PORT [unbounded]. Without an answer it asks again, then
gives up. It is right, but for `unbounded`: then it keeps every message that is begun."""

import socket
import struct
import sys

SERVER = ("127.0.0.1", int(sys.argv[1]))
TRIES, WAIT = 2, 0.5
MOST_UNFINISHED = 0 if "unbounded" in sys.argv else 100
HEADER = struct.Struct(">QHHI")
ROOM = 8

udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(("127.0.0.1", 0))
udp.settimeout(WAIT)


def fragments(message):
    count = -(-len(message) // ROOM)
    size = -(-len(message) // count)
    return [
        HEADER.pack(7, index, count, len(message)) + message[index * size : (index + 1) * size]
        for index in range(count)
    ]


def taken(datagram, messages):
    """The message that a fragment completes."""
    if len(datagram) < HEADER.size:
        return None
    ident, index, count, length = HEADER.unpack(datagram[: HEADER.size])
    part = datagram[HEADER.size :]
    if not 0 < count <= length or index >= count:
        return None
    size = -(-length // count)
    if len(part) != (length - index * size if index == count - 1 else size):
        return None
    if ident not in messages and 0 < MOST_UNFINISHED == len(messages):
        messages.pop(next(iter(messages)))
    known = messages.setdefault(ident, (count, length, {}))
    parts = known[2]
    if known[:2] != (count, length) or parts.get(index, part) != part:
        messages.pop(ident)
        return None
    parts[index] = part
    if len(parts) < count:
        return None
    return b"".join(parts[at] for at in sorted(parts))


messages = {}
for _ in range(TRIES):
    for datagram in fragments(b"what is it that comes back"):
        udp.sendto(datagram, SERVER)
    try:
        while True:
            datagram, peer = udp.recvfrom(65535)
            answer = taken(datagram, messages) if peer == SERVER else None
            if answer is not None:
                print(answer.decode())
                sys.exit(0)
    except TimeoutError:
        continue
sys.exit("no answer")
