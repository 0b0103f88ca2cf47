"""Right but unusual: after a protocol error it answers nothing more, throws away what still comes,
and closes only 200 ms later.

Verdict: PASS (whoever takes "still open" for "accepted" or for a hang blames it wrongly)
"""

import socket
import time

from serve import LIMIT, read_exact, send_frame, serve

LINGER_S = 0.2


def linger(connection):
    """Drops what comes until the time is over, whatever the peer does."""
    end = time.monotonic() + LINGER_S
    while (left := end - time.monotonic()) > 0:
        connection.settimeout(left)
        try:
            if not connection.recv(65536):
                time.sleep(max(0, end - time.monotonic()))
        except socket.timeout:
            return


def echo(connection):
    while (header := read_exact(connection, 4)) is not None:
        length = int.from_bytes(header, "big")
        payload = read_exact(connection, length) if length <= LIMIT else None
        if payload is None:
            return linger(connection)
        send_frame(connection, payload)


serve(echo)
