#!/usr/bin/env python3
"""Fast open with the host's kernel sockets, MPTCP or TCP.

fastopen.py [--tcp] [-6] serve PORT            prints "ready"; sends back what comes, then closes
fastopen.py [--tcp] [-6] connect HOST PORT COUNT BYTES...
                                        COUNT connections for each size, one after the other, that
                                        send so many bytes with MSG_FASTOPEN and read them back;
                                        prints one JSON line
"""
import argparse
import json
import os
import socket
import threading

MPTCP = 262
SOL_MPTCP = 284


def make(args):
    family = socket.AF_INET6 if args.six else socket.AF_INET
    return socket.socket(family, socket.SOCK_STREAM, 0 if args.tcp else MPTCP)


def is_mptcp(sock):
    try:
        sock.getsockopt(SOL_MPTCP, 1, 96)
        return True
    except OSError:
        return False


def read_all(sock):
    data = bytearray()
    while True:
        more = sock.recv(1 << 16)
        if not more:
            return bytes(data)
        data += more


def echo(sock):
    try:
        while True:
            data = sock.recv(1 << 16)
            if not data:
                break
            sock.sendall(data)
    finally:
        sock.close()


def serve(args):
    sock = make(args)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 16)
    sock.bind(("", int(args.words[0])))
    sock.listen(16)
    print("ready", flush=True)
    while True:
        threading.Thread(target=echo, args=(sock.accept()[0],), daemon=True).start()


def connect(args):
    host, port, count = args.words[0], int(args.words[1]), int(args.words[2])
    right = mptcp = 0
    for size in map(int, args.words[3:]):
        for _ in range(count):
            sock = make(args)
            data = os.urandom(size)
            sent = sock.sendto(data, socket.MSG_FASTOPEN, (host, port))
            writer = threading.Thread(target=finish, args=(sock, data[sent:]))
            writer.start()
            right += read_all(sock) == data
            mptcp += is_mptcp(sock)
            writer.join()
            sock.close()
    print(json.dumps({"right": right, "mptcp": mptcp}))


def finish(sock, rest):
    sock.sendall(rest)
    sock.shutdown(socket.SHUT_WR)


parser = argparse.ArgumentParser()
parser.add_argument("--tcp", action="store_true")
parser.add_argument("-6", dest="six", action="store_true")
parser.add_argument("verb")
parser.add_argument("words", nargs="*")
parsed = parser.parse_args()
{"serve": serve, "connect": connect}[parsed.verb](parsed)
