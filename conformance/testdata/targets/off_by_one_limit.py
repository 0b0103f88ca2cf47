"""Naive: refuses a frame of exactly the limit.

Seen in: neo4j/neo4j#11918 (a chunk of the largest size was too long), icerpc/icerpc-csharp#4552
Verdict: FAIL LOST. A payload of 65,536 bytes closes the connection instead of being answered.
"""

from serve import LIMIT, read_exact, send_frame, serve


def echo(connection):
    while (header := read_exact(connection, 4)) is not None:
        length = int.from_bytes(header, "big")
        if length >= LIMIT:  # the mistake: the limit itself is allowed
            return
        payload = read_exact(connection, length)
        if payload is None:
            return
        send_frame(connection, payload)


serve(echo)
