"""Naive: takes what recv(4) returns as the whole header, even when fewer bytes came.

Seen in: PyMySQL/PyMySQL#16 (4 bytes requested, fewer received); the same class as netty/netty#17549
Verdict: FAIL PHANTOM. A header cut after a zero byte is read as length 0: an empty frame that nobody
sent, and the rest of the header is taken for the next one.
"""

from serve import LIMIT, read_exact, send_frame, serve


def echo(connection):
    while header := connection.recv(4):  # the mistake: 1, 2 or 3 bytes are no header
        length = int.from_bytes(header, "big")
        if length > LIMIT:
            return
        payload = read_exact(connection, length)
        if payload is None:
            return
        send_frame(connection, payload)


serve(echo)
