"""offloads.py DEVICE NAME=0|1...: switches offloads of an interface, as ethtool -K does."""
import ctypes
import fcntl
import socket
import struct
import sys

SIOCETHTOOL = 0x8946
COMMANDS = {"tx": 0x17, "tso": 0x1F, "gso": 0x24, "gro": 0x2C}

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
device = sys.argv[1]
for word in sys.argv[2:]:
    name, state = word.split("=")
    value = ctypes.create_string_buffer(struct.pack("II", COMMANDS[name], int(state)))
    request = struct.pack("16sP16x", device.encode(), ctypes.addressof(value))
    try:
        fcntl.ioctl(sock, SIOCETHTOOL, request)
    except OSError as e:
        print(device, word, e)
        sys.exit(1)
