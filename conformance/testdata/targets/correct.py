"""Right: echoes u32be frames, whatever the chunks. Every other Python target is this one, changed.

Verdict: PASS
"""

from serve import LIMIT, read_exact, send_frame, serve


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
