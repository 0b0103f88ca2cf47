"""Clients of datagrams with one planted bug each: python3 client_zoo.py PORT BUG. Without a bug (`none`) they are right.

`one.BUG` asks one question and takes any answer of the server; `three.BUG` asks three, of which each answer begins with
the number; `burst.BUG` asks them all at once; `empty.BUG` asks one, and then nothing; `fragment.BUG` asks in fragments.
What comes back is printed, one line for each answer; without an answer they ask again, and then give up.
"""

import os
import select
import signal
import socket
import struct
import sys

port, name = int(sys.argv[1]), sys.argv[2]
kind, bug = name.split(".", 1)
SERVER = ("127.0.0.1", port)
TRIES, WAIT = 2, 0.5
HEADER = struct.Struct(">QHHI")
ROOM = 8

udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(("127.0.0.1", 0))
udp.settimeout(None if bug == "waits-for-ever" else WAIT)


def receive():
    """One datagram of the server."""
    while True:
        data, peer = udp.recvfrom(1024 if bug == "buffer-of-1024" else 65535)
        if bug == "empty-is-nothing" and data == b"":
            udp.settimeout(None)
            continue
        if peer == SERVER or bug in ("anybody", "peers-mixed"):
            return data


def say(answer):
    if bug == "lines":
        answer = answer.split(b"\n")[0]
    if bug == "c-string" and b"," in answer:
        answer = answer[: answer.index(b",")]
    if bug == "aborts-at-bytes" and max(answer, default=0) > 127:
        os.kill(os.getpid(), signal.SIGABRT)
    sys.stdout.buffer.write(answer + b"\n")
    sys.stdout.flush()


def give_up(question):
    if bug == "does-as-if":
        say(question.upper())
        sys.exit(0)
    sys.exit("no answer")


def asked(question, is_answer):
    for _ in range(TRIES):
        if bug == "flushes-first":
            while select.select([udp], [], [], 0)[0]:
                udp.recv(65535)
        udp.sendto(question, SERVER)
        try:
            while True:
                answer = receive()
                if is_answer(answer):
                    return answer
        except TimeoutError:
            continue
    return give_up(question)


QUESTIONS = [b"1 what is it", b"2 that comes", b"3 back to me"]


def one():
    say(asked(b"what is it that comes back to me", lambda _: True))


def three():
    if bug == "joined":
        say(asked(b"".join(QUESTIONS), lambda _: True))
        return
    if bug == "pieces":
        for question in QUESTIONS:
            udp.sendto(question[:6], SERVER)
            receive()
            say(asked(question[6:], lambda _: True))
        return
    unchecked = bug in ("first-answer-counts", "flushes-first")
    for question in QUESTIONS:
        say(asked(question, lambda answer: unchecked or answer[:1] == question[:1]))


def burst():
    answers = {}
    last = b""
    for _ in range(TRIES):
        for question in QUESTIONS:
            if question[:1] not in answers:
                udp.sendto(question, SERVER)
        try:
            while len(answers) < len(QUESTIONS):
                answer = receive()
                if bug == "order-needed" and answer[:1] < last:
                    continue
                last = answer[:1]
                if last in (question[:1] for question in QUESTIONS):
                    answers[last] = answer
            break
        except TimeoutError:
            continue
    for number in sorted(answers):
        say(answers[number])
    if len(answers) < len(QUESTIONS):
        sys.exit("not all were answered")


def empty():
    say(asked(b"something", lambda answer: answer != b""))
    if bug != "dropped":
        asked(b"", lambda answer: answer == b"")


def fragments(message):
    count = -(-len(message) // ROOM)
    size = -(-len(message) // count)
    said = count + 1 if bug == "wrong-count" else count
    return [
        HEADER.pack(7, index, said, len(message)) + message[index * size : (index + 1) * size]
        for index in range(count)
    ]


def fragment():
    question = b"what is it that comes back"
    messages, only = {}, []
    for _ in range(TRIES):
        for datagram in fragments(question):
            udp.sendto(datagram, SERVER)
        try:
            while True:
                answer = taken(receive(), messages, only)
                if answer is not None:
                    say(answer)
                    return
        except TimeoutError:
            continue
    give_up(question)


def taken(datagram, messages, only):
    """The message that a fragment completes."""
    if len(datagram) < HEADER.size:
        return None
    ident, index, count, length = HEADER.unpack(datagram[: HEADER.size])
    part = datagram[HEADER.size :]
    if not 0 < count <= length or index >= count:
        return None
    size = -(-length // count)
    if bug == "two-in-one" and len(part) > size + HEADER.size:
        rest = datagram[HEADER.size + size :]
        taken(datagram[: HEADER.size + size], messages, only)
        return taken(rest, messages, only)
    due = length - index * size if index == count - 1 else size
    if len(part) != due and bug != "lengths-unchecked":
        return None
    if bug == "unfinished-first":
        only.append(ident)
        if ident != only[0]:
            return None
    if bug == "order-of-arrival":
        index = len(messages.get(ident, (count, length, {}))[2])
    known = messages.setdefault(ident, (count, length, {}))
    parts = known[2]
    if bug == "datagrams-counted":
        parts[len(parts)] = part
    else:
        if known[:2] != (count, length) or parts.get(index, part) != part:
            messages.pop(ident)
            return None
        parts[index] = part
    if bug == "last-is-all" and index == count - 1:
        return b"".join(parts[at] for at in sorted(parts))
    if len(parts) < count:
        return None
    return b"".join(parts[at] for at in sorted(parts))


{"one": one, "three": three, "burst": burst, "empty": empty, "fragment": fragment}[kind]()
