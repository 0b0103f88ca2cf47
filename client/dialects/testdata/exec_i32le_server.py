"""The "ssh case" with a length."""
import struct

from run import run
from serve import connections

for connection in connections():
    while True:
        command = connection.recv(1024)
        if not command or command == b"exit":
            break
        output = run(command)
        connection.send(struct.pack("i", len(output)))
        connection.sendall(output)
