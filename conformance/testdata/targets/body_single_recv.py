"""Naive: the header loop is right, but what one recv(length) returns is taken as the whole payload.

Seen in: rtician/routeros#4, sourceperl/pyModbusTCP#12 (recv returns at most the bytes asked for)
Verdict: FAIL CORRUPT. A payload that is cut comes back short, its rest is taken for a header.
"""

from serve import LIMIT, read_exact, send_frame, serve


def echo(connection):
    while (header := read_exact(connection, 4)) is not None:
        length = int.from_bytes(header, "big")
        if length > LIMIT:
            return
        payload = connection.recv(length)  # the mistake: recv() returns what is there
        if not payload and length > 0:
            return
        send_frame(connection, payload)


serve(echo)
