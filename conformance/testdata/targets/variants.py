"""Right, with one habit that a harness may take for a mistake; the third argument names it.

Verdict: PASS for each (see HABITS in targets.ts for what they are)
"""

import socket
import sys
import time

from serve import LIMIT, serve

HABIT = sys.argv[3] if len(sys.argv) > 3 else "merged-replies"
HOLD_S = 0.002
HOLD_BYTES = 65536
WORK_S = 0.001
LINGER_S = 0.2
IDLE_S = 1.0


class TooLong(Exception):
    """A length over the limit."""


def take_frames(buffer):
    """Takes the payloads of all whole frames off the front of the buffer."""
    while len(buffer) >= 4:
        length = int.from_bytes(buffer[:4], "big")
        if length > LIMIT:
            raise TooLong
        if len(buffer) < 4 + length:
            return
        payload = bytes(buffer[4 : 4 + length])
        del buffer[: 4 + length]
        yield payload


def receive(connection, waiting, buffer):
    """The next bytes; b"" at the end, None when it is time to do something else."""
    timeout = None
    if HABIT == "batching" and waiting:
        timeout = HOLD_S
    if HABIT == "closes-early" and not buffer:
        timeout = IDLE_S
    connection.settimeout(timeout)
    try:
        return connection.recv(3 if HABIT == "tiny-reads" else 65536)
    except socket.timeout:
        return None
    finally:
        connection.settimeout(None)


def echo(connection):
    buffer = bytearray()
    waiting = []
    while True:
        part = receive(connection, waiting, buffer)
        if part is None and not waiting:
            return  # idle between two frames: it closes early
        frames = take_frames(buffer)
        refused = False
        if part:
            buffer += part
            try:
                for payload in frames:
                    answer(connection, waiting, payload)
            except TooLong:
                refused = True
        # Who never stops sending and never reads must not be held answers for without end.
        held = HABIT == "batching" and part and sum(map(len, waiting)) < HOLD_BYTES
        if waiting and (refused or not held):
            connection.sendall(b"".join(waiting))
            waiting.clear()
        if refused:
            return
        if part == b"":
            if HABIT == "never-closes":
                time.sleep(LINGER_S)
            return


def answer(connection, waiting, payload):
    wire = len(payload).to_bytes(4, "big") + payload
    if HABIT in ("batching", "merged-replies"):
        waiting.append(wire)
        return
    if HABIT == "slow":
        time.sleep(WORK_S)
    if HABIT == "logs":
        print(f"answered {len(payload)} bytes", flush=True)
    connection.sendall(wire)


serve(echo)
