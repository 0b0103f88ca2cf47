"""Servers of datagrams with one planted bug each: python3 zoo.py PORT BUG. Without a bug (`none`) they are right.

`plain.BUG` echoes each datagram; `fragment.BUG` puts messages together and echoes them in fragments of 1,232 bytes.
"""

import select
import socket
import struct
import sys
import time

port, name = int(sys.argv[1]), sys.argv[2]
kind, bug = name.split(".", 1)
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(("127.0.0.1", port))

if bug == "no-room":
    # No bug: what finds no room is lost, and nobody is to blame.
    udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)

HEADER = struct.Struct(">QHHI")
ROOM = 1232 - HEADER.size
MOST_UNFINISHED = 1000
EXPIRY = 1.0
FORGOTTEN_AT_ONCE = 0.1


def plain():
    first, last, largest, stale = None, {}, {}, bytearray(65535)
    longest = 0
    while True:
        data, peer = udp.recvfrom(1024 if bug == "buffer-of-1024" else 65535)
        if bug == "no-room":
            time.sleep(0.02)
        if first is None:
            first = peer
        if data == b"" and bug == "empty-is-the-end":
            return
        if data == b"" and bug == "empty-is-nothing":
            continue
        if bug == "silent-over-508" and len(data) > 508:
            continue
        if bug == "crash-at-the-longest" and len(data) >= 65507:
            raise OverflowError("65,507 bytes")
        if bug == "duplicates-dropped":
            if data in last.setdefault(peer, set()):
                continue
            last[peer].add(data)
        if bug == "order-needed":
            if data[:1] < largest.get(peer, (0, b""))[1] and time.time() - largest[peer][0] < 0.2:
                continue
            largest[peer] = (time.time(), data[:1])
        if bug == "joined":
            time.sleep(0.005)
            if select.select([udp], [], [], 0)[0]:
                data += udp.recv(65535)
        if bug == "last-peer":
            time.sleep(0.005)
            waiting = [data]
            while select.select([udp], [], [], 0)[0]:
                data, peer = udp.recvfrom(65535)
                waiting.append(data)
            for data in waiting:
                udp.sendto(data, peer)
            continue
        if bug == "one-of-two":
            time.sleep(0.005)
            if select.select([udp], [], [], 0)[0]:
                udp.recv(65535)
        if bug == "stale-buffer":
            stale[: len(data)] = data
            longest = max(longest, len(data))
            data = bytes(stale[:longest])
        if bug == "text":
            data = data.decode("utf-8", "replace").encode()
        if bug == "c-string":
            data = data.split(b"\0")[0]
        if bug == "lines":
            for line in data.splitlines(True):
                udp.sendto(line, peer)
            continue
        if bug == "long-ones-twice" and len(data) > 1000:
            udp.sendto(data, peer)
        udp.sendto(data, first if bug == "first-peer" else peer)


class Begun:
    def __init__(self, count, length):
        self.count, self.length, self.parts, self.at = count, length, {}, time.time()
        self.came, self.buffer = 0, bytearray()


def parse(data):
    """A fragment, or None for what is none."""
    if len(data) < HEADER.size and bug != "short-header-crash":
        return None
    number, index, count, length = HEADER.unpack(data[: HEADER.size])
    part = data[HEADER.size :]
    if bug == "division-by-zero":
        size = -(-length // count)
    else:
        size = 0 if count == 0 else -(-length // count)
    if bug == "lengths-unchecked":
        return (number, index, count, length, part) if count and index < count else None
    if count == 0 or count != max(1, -(-length // size) if size else 0):
        return None
    if index >= count and bug != "index-unchecked":
        return None
    if len(part) != min(size, length - index * size):
        if bug == "overlap" and index < count and len(part) > size:
            return number, index, count, length, part[:size]
        if bug == "holes-filled" and index < count and len(part) < size:
            return number, index, count, length, part.ljust(size, b"\0")
        if bug != "index-unchecked" or index < count:
            return None
    return number, index, count, length, part


def fragments():
    begun, finished, answers = {}, {}, 0
    while True:
        data, peer = udp.recvfrom(65535)
        fragment = parse(data)
        if fragment is None:
            continue
        number, index, count, length, part = fragment
        key = number if bug == "peers-mixed" else (peer, number)
        if key in finished and bug != "late-duplicates":
            continue
        message = begun.get(key)
        age = 0 if message is None else time.time() - message.at
        if message is not None and age > EXPIRY and bug != "never-expires":
            message = None
        if message is not None and age > FORGOTTEN_AT_ONCE and bug == "expires-early":
            message = None
        if message is None:
            if bug == "one-at-a-time":
                begun.clear()
            message = begun[key] = Begun(count, length)
            if bug != "unbounded" and len(begun) > MOST_UNFINISHED:
                del begun[next(iter(begun))]
        if (message.count, message.length) != (count, length):
            if bug != "totals-unchecked":
                continue
            message.count, message.length = count, length
        if message.parts.get(index, part) != part and bug not in ("last-bytes-win", "first-bytes-win"):
            del begun[key]
            continue
        if not (bug == "first-bytes-win" and index in message.parts):
            if bug == "index-unchecked":
                slots = [None] * count
                slots[index] = part
            message.parts[index] = part
        message.came += 1
        message.buffer += part
        whole = len(message.parts) == count
        if bug == "datagrams-counted":
            whole = message.came == count
        if bug == "last-is-all":
            whole = index == count - 1
        if not whole:
            continue
        answer = b"".join(message.parts.get(i, b"") for i in range(message.count))
        if bug == "order-of-arrival":
            answer = bytes(message.buffer)
        del begun[key]
        finished[key] = True
        if len(finished) > 10 * MOST_UNFINISHED:
            del finished[next(iter(finished))]
        total = max(1, -(-len(answer) // ROOM))
        size = -(-len(answer) // total)
        answers += 1
        for i in range(total):
            header = HEADER.pack(answers, i, total, len(answer))
            udp.sendto(header + answer[i * size : (i + 1) * size], peer)


(plain if kind == "plain" else fragments)()
