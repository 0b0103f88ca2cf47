"""Naive: takes a frame without payload for no frame.

Seen in: lesismal/nbio#28 (zero-length frames not processed); length-prefixed-stream, unless told
Verdict: FAIL LOST. Empty frames get no answer; all others do.
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
        if payload:  # the mistake: an empty frame is a frame
            send_frame(connection, payload)


serve(echo)
