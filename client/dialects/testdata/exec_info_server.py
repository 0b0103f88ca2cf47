"""The "ssh case" with info|N."""
import time

from run import run
from serve import connections

for connection in connections():
    connection.send("欢迎登录".encode("utf-8"))
    while True:
        command = connection.recv(1024)
        if not command or command == b"exit":
            break
        output = run(command)
        connection.send(("info|%d" % len(output)).encode("utf-8"))
        time.sleep(0.1)
        connection.sendall(output)
