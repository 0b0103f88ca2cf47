"""Wrong: the end of the message, CR LF . CR LF, is looked for in each recv alone."""

from serve import Lines, serve


def handle(connection):
    lines = Lines(connection)
    connection.sendall(b"220 mail.test ready\r\n")
    while (line := lines.line()) is not None:
        word = line.split(b" ")[0].upper()
        if word == b"EHLO":
            connection.sendall(b"250-mail.test\r\n250 PIPELINING\r\n")
        elif word in (b"MAIL", b"RCPT"):
            connection.sendall(b"250 ok\r\n")
        elif word == b"DATA":
            connection.sendall(b"354 go on\r\n")
            message, lines.buffer = bytes(lines.buffer), bytearray()
            part = message
            while b"\r\n.\r\n" not in part:
                part = connection.recv(4096)
                if not part:
                    return
                message += part
            text, _, rest = message.partition(b"\r\n.\r\n")
            lines.buffer += rest
            connection.sendall(b"250 took %d bytes\r\n" % len(text.replace(b"\r\n", b"")))
        elif word == b"QUIT":
            connection.sendall(b"221 bye\r\n")
            return


serve(handle)
