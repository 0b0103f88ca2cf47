"""Naive: takes what one recv() returns as one whole frame.

Seen in: pymodbus-dev/pymodbus#1922 (a response in two segments was parsed as two responses)
Verdict: FAIL CORRUPT. A cut frame comes back as two wrong ones, two frames in one write as one.
"""

from serve import LIMIT, send_frame, serve


def echo(connection):
    while data := connection.recv(4 + LIMIT):
        if int.from_bytes(data[:4], "big") > LIMIT:
            return
        send_frame(connection, data[4:])  # the mistake: says nothing about where the frame ends


serve(echo)
