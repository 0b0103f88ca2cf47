"""Right but unusual: never asks the socket for more than 3 bytes, so its read edges are not the sender's.

Verdict: PASS (whoever takes "one chunk, one read" for granted blames it wrongly)
"""

from serve import LIMIT, send_frame, serve


def read_exact(connection, size):
    data = bytearray()
    while len(data) < size:
        part = connection.recv(min(1 + len(data) % 3, size - len(data)))
        if not part:
            return None
        data += part
    return bytes(data)


def echo(connection):
    while (header := read_exact(connection, 4)) is not None:
        length = int.from_bytes(header, "big")
        if length > LIMIT:
            return
        payload = read_exact(connection, length)
        if payload is None:
            return
        send_frame(connection, payload)


serve(echo)
