#!/usr/bin/env python3
"""The kernel's end of an interoperation test: MPTCP (or TCP) sockets of the host.

peer.py [--tcp] [-6] serve PORT          prints "ready", then one JSON line a connection
peer.py [--tcp] [-6] up HOST PORT BYTES [--bind ADDR]
peer.py [--tcp] [-6] down HOST PORT BYTES
peer.py [--tcp] [-6] echo HOST PORT BYTES
peer.py [--tcp] [-6] uploads HOST PORT BYTES COUNT   echoes, one after the other: written in chunks
                                         of all sizes, the last a short one, and at once closed
peer.py [--tcp] [-6] abort HOST PORT     sends a few bytes, waits for one, closes with a reset
peer.py [--tcp] [-6] wait HOST PORT      sends a byte of mode I, then waits for an error or the end
peer.py [--tcp] [-6] rounds HOST PORT    for each line "round BYTES" on standard input: sends that
                                         much and reads it back; "end" closes
peer.py [-6] ping HOST COUNT BYTES       that many echo requests, one after the other
peer.py [--tcp] [-6] bulkS|bulkG HOST PORT BYTES   sends, or receives, that much and closes

The first byte of a connection picks the mode of the server: H sink and answer with the SHA-256,
F send as many bytes as the next 8 bytes say and then their SHA-256, R echo, S sink, G source,
A read one byte and reset the connection, I idle: one byte back, then wait.
"""
import argparse
import errno
import fcntl
import hashlib
import json
import os
import random
import socket
import struct
import sys
import termios
import threading
import time

MPTCP = 262
SOL_MPTCP = 284
BLOCK = 1 << 20


def make(args):
    family = socket.AF_INET6 if args.six else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM, 0 if args.tcp else MPTCP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return sock


def still_mptcp(sock):
    try:
        sock.getsockopt(SOL_MPTCP, 1, 96)
        return True
    except OSError:
        return False


def subflows(sock):
    """Subflows beside the first, as the kernel counts them now."""
    try:
        return sock.getsockopt(SOL_MPTCP, 1, 96)[0]
    except OSError:
        return 0


def read_exactly(sock, n):
    data = bytearray()
    while len(data) < n:
        more = sock.recv(n - len(data))
        if not more:
            raise EOFError("%d of %d bytes" % (len(data), n))
        data += more
    return bytes(data)


def sink(sock, tail):
    """Reads to the end; the count and the SHA-256 of all but the last `tail` bytes, and those."""
    digest = hashlib.sha256()
    count = 0
    kept = b""
    buf = bytearray(BLOCK)
    view = memoryview(buf)
    while True:
        n = sock.recv_into(buf)
        if n == 0:
            return count, digest.digest(), kept
        count += n
        if tail:
            both = kept + bytes(view[:n])
            digest.update(both[:-tail])
            kept = both[-tail:]
        else:
            digest.update(view[:n])


def source(sock, count):
    """Sends random bytes; their SHA-256."""
    digest = hashlib.sha256()
    pool = os.urandom(BLOCK + 4096)
    shift = 0
    while count:
        n = min(count, BLOCK)
        block = memoryview(pool)[shift:shift + n]
        shift = (shift + 997) % 4096
        digest.update(block)
        sock.sendall(block)
        count -= n
    return digest.digest()


def reset(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def serve_one(sock):
    mode = read_exactly(sock, 1)
    result = {"mode": mode.decode()}
    if mode == b"H":
        count, digest, _ = sink(sock, 0)
        result.update(bytes=count, subflows=subflows(sock), mptcp=still_mptcp(sock))
        sock.sendall(digest)
    elif mode == b"F":
        count = struct.unpack(">Q", read_exactly(sock, 8))[0]
        digest = source(sock, count)
        sock.sendall(digest)
        result.update(bytes=count, subflows=subflows(sock), mptcp=still_mptcp(sock))
        sock.shutdown(socket.SHUT_WR)
        sock.recv(1)
    elif mode == b"R":
        while True:
            data = sock.recv(BLOCK)
            if not data:
                break
            sock.sendall(data)
    elif mode == b"S":
        result.update(bytes=sink(sock, 0)[0])
    elif mode == b"G":
        while True:
            sock.sendall(bytes(BLOCK))
    elif mode == b"A":
        reset(sock)
        return result
    elif mode == b"I":
        sock.sendall(b"y")
        sock.recv(1)
    sock.close()
    return result


def serve_logged(sock):
    try:
        result = serve_one(sock)
    except OSError as e:
        result = {"error": errno.errorcode.get(e.errno, str(e))}
    except EOFError as e:
        result = {"error": "EOF", "text": str(e)}
    print(json.dumps(result), flush=True)


def serve(args):
    listener = make(args)
    listener.bind(("::" if args.six else "0.0.0.0", int(args.words[0])))
    listener.listen(64)
    print("ready", flush=True)
    while True:
        sock, _ = listener.accept()
        threading.Thread(target=serve_logged, args=(sock,), daemon=True).start()


def connect(args):
    sock = make(args)
    if args.bind:
        sock.bind((args.bind, 0))
    sock.settimeout(None)
    sock.connect((args.words[0], int(args.words[1])))
    return sock


def up(args):
    sock = connect(args)
    count = int(args.words[2])
    started = time.time()
    sock.sendall(b"H")
    digest = source(sock, count)
    extra = subflows(sock)
    mptcp = still_mptcp(sock)
    sock.shutdown(socket.SHUT_WR)
    _, _, answer = sink(sock, 32)
    return {"bytes": count, "equal": answer == digest, "subflows": extra, "mptcp": mptcp,
            "seconds": time.time() - started}


def down(args):
    sock = connect(args)
    count = int(args.words[2])
    started = time.time()
    sock.sendall(b"F" + struct.pack(">Q", count))
    received, digest, tail = sink(sock, 32)
    result = {"bytes": received - 32, "equal": tail == digest, "subflows": subflows(sock),
              "mptcp": still_mptcp(sock), "seconds": time.time() - started}
    sock.close()
    return result


def echo(args):
    sock = connect(args)
    data = os.urandom(int(args.words[2]))
    sock.sendall(b"R")
    threading.Thread(target=sock.sendall, args=(data,), daemon=True).start()
    back = read_exactly(sock, len(data))
    result = {"bytes": len(back), "equal": back == data, "mptcp": still_mptcp(sock)}
    sock.close()
    return result


def upload(args, data):
    """One upload whose end follows its last, short chunk at once; what came back, or why not."""
    sock = connect(args)
    sock.settimeout(300)

    def write():
        sent = 0
        sizes = random.Random(len(data))
        while sent < len(data):
            left = len(data) - sent
            chunk = left if left < 1400 else min(sizes.randrange(1, 30000), left - 700)
            sock.sendall(data[sent:sent + chunk])
            sent += chunk
        sock.shutdown(socket.SHUT_WR)

    writer = threading.Thread(target=write, daemon=True)
    try:
        sock.sendall(b"R")
        writer.start()
        back = bytearray()
        while more := sock.recv(BLOCK):
            back += more
        return "complete" if back == data else "%d of %d bytes" % (len(back), len(data))
    except OSError as e:
        return errno.errorcode.get(e.errno, str(e))
    finally:
        sock.close()


def uploads(args):
    outcomes = {}
    for number in range(int(args.words[3])):
        outcome = upload(args, os.urandom(int(args.words[2]) + number))
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
    return outcomes


def round_trip(sock, count):
    data = os.urandom(count)
    writer = threading.Thread(target=sock.sendall, args=(data,), daemon=True)
    writer.start()
    back = read_exactly(sock, count)
    writer.join()
    return "equal" if back == data else "different"


def rounds(args):
    sock = connect(args)
    sock.sendall(b"R")
    print("connected", flush=True)
    for line in sys.stdin:
        words = line.split()
        if words[0] == "end":
            sock.shutdown(socket.SHUT_WR)
            left = len(sock.recv(1))
            sock.close()
            print(json.dumps({"left": left}), flush=True)
            continue  # its namespace's counters are read through this process
        print(round_trip(sock, int(words[1])), flush=True)
    return {}


def abort(args):
    sock = connect(args)
    sock.sendall(b"I")
    read_exactly(sock, 1)
    reset(sock)
    return {}


def bulk_send(args):
    sock = connect(args)
    sock.sendall(b"S")
    started = time.time()
    count = int(args.words[2])
    source(sock, count)
    while struct.unpack("i", fcntl.ioctl(sock, termios.TIOCOUTQ, b"0000"))[0]:
        time.sleep(0.001)
    return {"bytes": count, "seconds": time.time() - started}


def bulk_receive(args):
    sock = connect(args)
    sock.sendall(b"G")
    started = time.time()
    count = int(args.words[2])
    buf = bytearray(BLOCK)
    left = count
    while left > 0:
        n = sock.recv_into(buf)
        if n == 0:
            raise EOFError("%d bytes missing" % left)
        left -= n
    return {"bytes": count, "seconds": time.time() - started}


def internet_checksum(data):
    total = sum(struct.unpack(">%dH" % (len(data) // 2), data))
    total = (total & 0xFFFF) + (total >> 16)
    return ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF


def ping(args):
    protocol = socket.IPPROTO_ICMPV6 if args.six else socket.IPPROTO_ICMP
    sock = socket.socket(socket.AF_INET6 if args.six else socket.AF_INET, socket.SOCK_RAW, protocol)
    sock.settimeout(5)
    sock.connect((args.words[0], 0))
    request, reply = (128, 129) if args.six else (8, 0)
    body = os.urandom(int(args.words[2]) // 2 * 2)
    received = 0
    for number in range(int(args.words[1])):
        header = struct.pack(">BBHHH", request, 0, 0, 77, number)
        checksum = 0 if args.six else internet_checksum(header + body)
        sock.send(struct.pack(">BBHHH", request, 0, checksum, 77, number) + body)
        while True:
            data = sock.recv(70000)
            icmp = data if args.six else data[(data[0] & 15) * 4:]
            if icmp[0] == reply:
                break
        received += icmp[4:] == struct.pack(">HH", 77, number) + body
    return {"received": received}


def wait(args):
    sock = connect(args)
    sock.sendall(b"I")
    read_exactly(sock, 1)
    print("waiting", flush=True)
    return {"bytes": len(sock.recv(1))}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tcp", action="store_true")
    parser.add_argument("-6", dest="six", action="store_true")
    parser.add_argument("--bind")
    parser.add_argument("verb")
    parser.add_argument("words", nargs="*")
    args = parser.parse_args()
    if args.verb == "serve":
        serve(args)
    verbs = {"up": up, "down": down, "echo": echo, "abort": abort, "wait": wait, "ping": ping,
             "uploads": uploads, "rounds": rounds, "bulkS": bulk_send, "bulkG": bulk_receive}
    try:
        result = verbs[args.verb](args)
    except OSError as e:
        result = {"error": errno.errorcode.get(e.errno, str(e))}
    except EOFError as e:
        result = {"error": "EOF", "text": str(e)}
    print(json.dumps(result), flush=True)
    sys.exit(0)


main()
