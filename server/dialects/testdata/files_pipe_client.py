"""The file transfer with post|SIZE|NAME; the pause is what keeps the header apart."""
import os
import socket
import sys
import time

client = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
path, name = sys.argv[2:]
client.send(("post|%d|%s" % (os.path.getsize(path), name)).encode("utf-8"))
time.sleep(0.3)
with open(path, "rb") as file:
    for chunk in iter(lambda: file.read(1024), b""):
        client.sendall(chunk)
client.close()
