"""Peers that no server wishes for, all at once, on raw sockets. The plan comes as JSON on stdin; one JSON line of
figures each second goes to stdout. Linux: they come from a loopback address of their own.

Who is closed comes again, so many a second, until the time is up.
"""

import json
import os
import random
import resource
import selectors
import socket
import struct
import sys
import time

plan = json.load(sys.stdin)
# Attackers do not use the cores of whom they attack, so these give way.
os.nice(19)
chance = random.Random(plan["seed"])
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
selector = selectors.DefaultSelector()


def message(**fields):
    text = json.dumps(fields, separators=(",", ":")).encode()
    return struct.pack(">I", len(text)) + text


LIMITS = {"part": 262144, "window": 4194304}
HELLO = message(nonstick=[1], type="hello", software="storm", limits=LIMITS, nonce="ab" * 32)
OPEN = message(type="open", id=1, service="echo", args={})
BODY = message(type="data", id=1, size=100000)
PINGS = message(type="ping", id=1) * 8000
# The first bytes of a ClientHello: a record of 512 bytes that never comes.
CLIENT_HELLO = bytes([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3])

figures = {"open": 0, "opened": 0, "ended": 0, "failed": 0, "bytes": 0, "frames": 0}


class Peer:
    """One of them: it says `begin`, then a byte of `drip` each second, for ever."""

    def __init__(self, port, begin=b"", drip=b"", reads=True):
        self.port, self.begin, self.drip, self.reads = port, begin, drip, reads
        self.socket = None

    def dial(self):
        self.socket = socket.socket()
        self.socket.setblocking(False)
        if not self.reads:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.left, self.at = self.begin, 0
        try:
            self.socket.bind((plan["from"], 0))
            self.socket.connect(("127.0.0.1", self.port))
        except BlockingIOError:
            pass
        except OSError:
            self.socket.close()
            self.socket = None
            figures["failed"] += 1
            return again.append(self)
        self.connected = False
        selector.register(self.socket, selectors.EVENT_WRITE, self)

    def ready(self, events):
        try:
            if not self.connected:
                error = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                if error:
                    return self.ended("failed")
                self.connected = True
                figures["open"] += 1
                figures["opened"] += 1
            if events & selectors.EVENT_READ:
                got = self.socket.recv(65536)
                if not got:
                    return self.ended("ended")
                self.heard(got)
            self.write()
        except BlockingIOError:
            pass
        except OSError:
            return self.ended("ended" if self.connected else "failed")
        wanted = (selectors.EVENT_WRITE if self.left else 0) | (selectors.EVENT_READ if self.reads else 0)
        # Who has nothing to say and never reads hears of its end no more.
        if wanted:
            selector.modify(self.socket, wanted, self)
        else:
            selector.unregister(self.socket)

    def write(self):
        if self.left:
            sent = self.socket.send(self.left)
            figures["bytes"] += sent
            self.left = self.left[sent:]

    def heard(self, got):
        pass

    def tick(self):
        if self.socket is None or not self.connected or self.left or not self.drip:
            return
        try:
            self.socket.send(self.drip[self.at % len(self.drip):][:1])
            self.at += 1
        except BlockingIOError:
            pass
        except OSError:
            self.ended("ended")

    def ended(self, how):
        if self.connected:
            figures["open"] -= 1
        figures[how] += 1
        selector.unregister(self.socket)
        self.socket.close()
        self.socket = None
        again.append(self)


class Greedy(Peer):
    """It asks for as many answers as its window lets it, and never reads one."""

    def __init__(self, port):
        asks = LIMITS["window"] // (len(BODY) + 100000)
        super().__init__(port, HELLO + OPEN + (BODY + bytes(100000)) * asks, reads=False)


class Pings(Peer):
    """It asks for signs of life without end, as fast as it can, and reads the answers."""

    def __init__(self, port):
        super().__init__(port, HELLO)

    def write(self):
        super().write()
        self.left = self.left or PINGS


class Frames(Peer):
    """Many frames of one byte, each of which has to come back."""

    def __init__(self, port, count):
        super().__init__(port, struct.pack(">IB", 1, 120) * count)
        self.heard_bytes = 0

    def dial(self):
        super().dial()
        # At once, as every client: who waits is pushed out.
        if self.socket is not None and self.socket.connect_ex(("127.0.0.1", self.port)) == 0:
            self.ready(selectors.EVENT_WRITE)

    def heard(self, got):
        self.heard_bytes += len(got)
        figures["frames"] = max(figures["frames"], self.heard_bytes // 5)

    def ended(self, how):
        super().ended(how)
        again.insert(0, again.pop())
        self.heard_bytes = 0


again = []
native, tls, framed = plan["native"], plan["tls"], plan["framed"]
slow = plan["slow"] // 4
peers = [Peer(native) for _ in range(plan["flood"] + slow)]
cuts = [chance.randrange(1, 20) for _ in range(slow)]
peers += [Peer(native, HELLO[:cut], HELLO[cut:]) for cut in cuts]
peers += [Peer(native, HELLO + OPEN + BODY, b"x") for _ in range(slow)]
peers += [Peer(tls, CLIENT_HELLO[: chance.randrange(0, 12)]) for _ in range(slow)]
peers += [Greedy(native) for _ in range(plan["greedy"])]
peers += [Pings(native) for _ in range(plan["pings"])]
chance.shuffle(peers)
peers.append(Frames(framed, plan["frames"]))
for peer in peers:
    peer.dial()
ends = time.monotonic() + plan["seconds"]
second = time.monotonic() + 1
while time.monotonic() < ends:
    for key, events in selector.select(max(0, min(second, ends) - time.monotonic())):
        key.data.ready(events)
    if time.monotonic() < second:
        continue
    second += 1
    for peer in peers:
        peer.tick()
    for peer in again[: plan["again"]]:
        peer.dial()
    del again[: plan["again"]]
    print(json.dumps(figures), flush=True)
