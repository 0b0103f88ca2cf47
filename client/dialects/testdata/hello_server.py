"""The tutorial's socketserver: greets, then greets each name, until exit."""
from serve import connections

for connection in connections():
    connection.send(b"Welcome!")
    while True:
        data = connection.recv(1024)
        if not data or data == b"exit":
            break
        connection.send(("Hello, %s!" % data.decode("utf-8")).encode("utf-8"))
