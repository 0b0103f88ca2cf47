"""The tutorial's first server: answers each recv in upper case."""
from serve import connections

for connection in connections():
    while True:
        data = connection.recv(1024)
        if not data:
            break
        connection.send(data.upper())
