"""Naive: takes what recv(4) returns as the whole header, even when fewer bytes came.

Seen in: PyMySQL/PyMySQL#16 (4 bytes requested, fewer received)
Verdict: FAIL PHANTOM. A header cut after a zero byte is read as length 0.
"""

from dial import LIMIT, again_and_again, read_exact


def echo(connection):
    while header := connection.recv(4):  # the mistake: 1, 2 or 3 bytes are no header
        length = int.from_bytes(header, "big")
        if length > LIMIT:
            return
        payload = read_exact(connection, length)
        if payload is None:
            return
        connection.sendall(length.to_bytes(4, "big") + payload)


again_and_again(echo)
