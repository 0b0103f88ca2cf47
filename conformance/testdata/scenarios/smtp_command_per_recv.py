"""Wrong: what one recv brings is taken for one command."""

from serve import serve


def handle(connection):
    connection.sendall(b"220 mail.test ready\r\n")
    taking = False
    while data := connection.recv(4096):
        word = data.split(b" ")[0].strip().upper()
        if taking:
            taking = not data.endswith(b".\r\n")
            if not taking:
                connection.sendall(b"250 took %d bytes\r\n" % (len(data.replace(b"\r\n", b"")) - 1))
        elif word == b"EHLO":
            connection.sendall(b"250-mail.test\r\n250 PIPELINING\r\n")
        elif word in (b"MAIL", b"RCPT"):
            connection.sendall(b"250 ok\r\n")
        elif word == b"DATA":
            taking = True
            connection.sendall(b"354 go on\r\n")
        elif word == b"QUIT":
            connection.sendall(b"221 bye\r\n")
            return
        else:
            connection.sendall(b"500 what?\r\n")


serve(handle)
