"""Right: dials again and again, and echoes u32be frames, whatever the chunks.

Verdict: PASS
"""

from dial import LIMIT, again_and_again, read_exact


def echo(connection):
    while (header := read_exact(connection, 4)) is not None:
        length = int.from_bytes(header, "big")
        if length > LIMIT:
            return
        payload = read_exact(connection, length)
        if payload is None:
            return
        connection.sendall(header + payload)


again_and_again(echo)
