"""The tutorials' UDP server: answers each datagram, as argv[1] says."""
import socket
import sys

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
while True:
    data, address = server.recvfrom(65535)
    if sys.argv[1] == "upper":
        data = data.upper()
    elif sys.argv[1] == "hello":
        data = b"Hello, %s!" % data
    server.sendto(data, address)
