"""The file transfer with post|SIZE|NAME in one recv."""
import os
import sys

from serve import connections

for connection in connections():
    command, size, name = connection.recv(1024).decode("utf-8").split("|")
    assert command == "post"
    left = int(size)
    with open(os.path.join(sys.argv[1], name), "wb") as file:
        while left > 0:
            data = connection.recv(1024)
            file.write(data)
            left -= len(data)
