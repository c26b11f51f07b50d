// An MPTCP server with next to no stack, behind a TUN device with offloads: what any program there could reach. One subflow
// for each connection, one client address; no congestion control, no check of anything.
//
//   tun-responder DEVICE
//
// answers as the server of kernel-load does: the first byte of a connection says whether to sink (S), to echo
// (R), or to send one byte back (C).
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

enum { VNET = 10, BATCH = 16 };
enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16 };

struct conn {
  uint64_t dataRcvNxt, dataSndNxt;
  uint32_t rcvNxt, sndNxt, iss;
  char mode;
  uint8_t closed, ackDue;
  uint8_t addresses[8];
  uint16_t ports[2];
};

static int fd;
static struct conn conns[65536];
static uint8_t payload[4096];
static uint64_t ourKey = 0x0123456789abcdefULL, ourIdsn;

static uint32_t rotate(uint32_t x, int n) { return x >> n | x << (32 - n); }

// SHA-256 (FIPS 180-4) of eight bytes; the initial data sequence number is its last 64 bits (RFC 8684 section 3.1).
static uint64_t idsn(uint64_t key) {
  static const uint32_t k[64] = {
      0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01,
      0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc,
      0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
      0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
      0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08,
      0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
      0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};
  static const uint32_t first[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  uint32_t w[64] = {key >> 32, key, 0x80000000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 64}, s[8], i;
  memcpy(s, first, sizeof s);
  for (i = 16; i < 64; i++)
    w[i] = w[i - 16] + (rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3) + w[i - 7] +
           (rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10);
  for (i = 0; i < 64; i++) {
    uint32_t a = s[7] + (rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25)) + ((s[4] & s[5]) ^ (~s[4] & s[6])) + k[i] + w[i];
    uint32_t b = (rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22)) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
    memmove(s + 1, s, 28);
    s[4] += a;
    s[0] = a + b;
  }
  return (uint64_t)(s[6] + first[6]) << 32 | (uint32_t)(s[7] + first[7]);
}

static void put16(uint8_t *p, uint32_t v) { p[0] = v >> 8; p[1] = v; }
static void put32(uint8_t *p, uint32_t v) { put16(p, v >> 16); put16(p + 2, v); }
static void put64(uint8_t *p, uint64_t v) { put32(p, v >> 32); put32(p + 4, v); }
static uint32_t get16(const uint8_t *p) { return p[0] << 8 | p[1]; }
static uint32_t get32(const uint8_t *p) { return get16(p) << 16 | get16(p + 2); }
static uint64_t get64(const uint8_t *p) { return (uint64_t)get32(p) << 32 | get32(p + 4); }
static uint32_t add(uint32_t sum, const uint8_t *p, int n) {
  for (int i = 0; i < n; i += 2) sum += get16(p + i);
  return sum;
}
static uint16_t fold(uint32_t s) {
  s = (s & 0xffff) + (s >> 16);
  return (s & 0xffff) + (s >> 16);
}

// One packet; mapping is 0, or the bytes of payload that are mapped, or -1 for a DATA_FIN.
static void transmit(struct conn *c, int flags, int mapping) {
  uint8_t head[VNET + 20 + 60] = {0}, *ip = head + VNET, *tcp = ip + 20, *o = tcp + 20;
  int length = mapping > 0 ? mapping : 0;
  if (flags & SYN) {
    memcpy(o, "\2\4\5\264\1\3\3\12\36\14\1\1", 12); // MSS 1460, scale 10, MP_CAPABLE
    put64(o + 12, ourKey);
    o += 20;
  } else if (!(flags & FIN) || !c->closed) {
    memcpy(o, mapping ? "\36\32\40\17" : "\36\14\40\3", 4);
    put64(o + 4, c->dataRcvNxt);
    if (mapping) {
      o[3] |= mapping < 0 ? 16 : 0;
      put64(o + 12, c->dataSndNxt);
      put32(o + 20, mapping < 0 ? 0 : c->sndNxt - c->iss);
      put16(o + 24, mapping < 0 ? 1 : mapping);
      o[26] = o[27] = 1;
    }
    o += mapping ? 28 : 12;
  }
  int header = o - tcp, total = 20 + header + length;
  ip[0] = 0x45;
  put16(ip + 2, total);
  ip[6] = 0x40;
  ip[8] = 64;
  ip[9] = 6;
  memcpy(ip + 12, c->addresses + 4, 4);
  memcpy(ip + 16, c->addresses, 4);
  put16(ip + 10, ~fold(add(0, ip, 20)));
  memcpy(tcp, c->ports + 1, 2);
  memcpy(tcp + 2, c->ports, 2);
  put32(tcp + 4, c->sndNxt);
  put32(tcp + 8, c->rcvNxt);
  tcp[12] = header << 2;
  tcp[13] = flags;
  put16(tcp + 14, flags & SYN ? 65535 : 6000);
  uint32_t sum = add(6 + header + length, ip + 12, 8);
  head[0] = 1; // a checksum to be completed
  *(uint16_t *)(head + 6) = 20;
  *(uint16_t *)(head + 8) = 16;
  put16(tcp + 16, fold(sum));
  struct iovec parts[2] = {{head, VNET + 20 + header}, {payload, length}};
  if (writev(fd, parts, length ? 2 : 1) < 0) perror("writev");
  c->sndNxt += length + (flags & (SYN | FIN) ? 1 : 0);
  c->dataSndNxt += mapping < 0 ? 1 : length;
  c->ackDue = 0;
}

static void onSyn(struct conn *c, const uint8_t *ip, const uint8_t *tcp) {
  memset(c, 0, sizeof *c);
  memcpy(c->addresses, ip + 12, 8);
  memcpy(c->ports, tcp, 4);
  c->rcvNxt = get32(tcp + 4) + 1;
  c->iss = c->sndNxt = 1000;
  c->dataSndNxt = ourIdsn + 1;
  transmit(c, SYN | ACK, 0);
}

// Reads the MPTCP options. Returns whether they carry a DATA_FIN.
static int onOptions(struct conn *c, const uint8_t *tcp) {
  int fin = 0;
  for (const uint8_t *o = tcp + 20, *end = tcp + (tcp[12] >> 4) * 4; o < end && *o; o += *o == 1 ? 1 : o[1]) {
    if (*o != 30) continue;
    if (o[2] >> 4 == 0 && o[1] >= 20 && !c->dataRcvNxt) c->dataRcvNxt = idsn(get64(o + 4)) + 1;
    if (o[2] >> 4 == 2) fin = o[3] & 16;
  }
  return fin;
}

static void onPacket(uint8_t *packet) {
  uint8_t *ip = packet + VNET, *tcp = ip + 20;
  if (ip[0] >> 4 != 4 || ip[9] != 6) return;
  int header = (tcp[12] >> 4) * 4, length = (int)get16(ip + 2) - 20 - header, flags = tcp[13];
  int echo = length <= (int)sizeof payload;
  struct conn *c = conns + get16(tcp);
  if (flags & SYN) {
    onSyn(c, ip, tcp);
    return;
  }
  if (flags & RST || get32(tcp + 4) != c->rcvNxt) return;
  int dataFin = onOptions(c, tcp);
  c->rcvNxt += length;
  c->dataRcvNxt += length;
  if (length && !c->mode) c->mode = tcp[header];
  else if (length && echo && c->mode == 'R') transmit(c, ACK | PSH, length);
  else if (length) c->ackDue = 1;
  if (length == 1 && c->mode == 'C') transmit(c, ACK | PSH, 1);
  if (dataFin && !c->closed) {
    c->dataRcvNxt++;
    transmit(c, ACK, -1);
    c->closed = 1;
  }
  if (flags & FIN) {
    c->rcvNxt++;
    transmit(c, ACK | FIN, 0);
  }
}

int main(int argc, char **argv) {
  static uint8_t packet[66000];
  struct ifreq r = {0};
  if (argc < 2) return fputs("usage: tun-responder DEVICE\n", stderr), 2;
  ourIdsn = idsn(ourKey);
  fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
  strncpy(r.ifr_name, argv[1], IFNAMSIZ - 1);
  r.ifr_flags = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR;
  if (ioctl(fd, TUNSETIFF, &r) || ioctl(fd, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6)) return perror("TUN"), 1;
  puts("listening");
  fflush(stdout);
  struct conn *last = conns;
  for (;;) {
    int n = 0;
    for (int i = 0; i < BATCH && (n = read(fd, packet, sizeof packet)) > 0; i++) {
      onPacket(packet);
      last = conns + get16(packet + VNET + 20);
    }
    if (last->ackDue) transmit(last, ACK, 0);
    if (n <= 0) {
      struct pollfd wait = {fd, POLLIN, 0};
      poll(&wait, 1, -1);
    }
  }
}
