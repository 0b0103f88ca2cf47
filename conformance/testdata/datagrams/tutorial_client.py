"""The UDP client of the textbooks, as it stands there: python3 tutorial_client.py HOST PORT, a line on standard input."""

from socket import AF_INET, SOCK_DGRAM, socket
import sys

server_name, server_port = sys.argv[1], int(sys.argv[2])
client_socket = socket(AF_INET, SOCK_DGRAM)
message = input()
client_socket.sendto(message.encode(), (server_name, server_port))
modified_message, server_address = client_socket.recvfrom(2048)
print(modified_message.decode())
client_socket.close()
