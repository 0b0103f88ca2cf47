"""Right but unusual: works 1 ms on every frame before it answers.

Verdict: PASS (whoever takes "not answered yet" for "lost" blames it wrongly)
"""

import time

from serve import LIMIT, read_exact, send_frame, serve

WORK_S = 0.001


def echo(connection):
    while (header := read_exact(connection, 4)) is not None:
        length = int.from_bytes(header, "big")
        if length > LIMIT:
            return
        payload = read_exact(connection, length)
        if payload is None:
            return
        time.sleep(WORK_S)
        send_frame(connection, payload)


serve(echo)
