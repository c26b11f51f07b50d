// Load generator on kernel sockets, TCP or MPTCP, IPv4 and IPv6: the peer of this stack in `bench` and in tests.
//
//   kernel-load [-m] [-c CC] srv PORT
//   kernel-load [-m] [-c CC] up|down HOST PORT SECONDS
//   kernel-load [-m] [-c CC] rr      HOST PORT SECONDS [SIZE]
//   kernel-load [-m] [-c CC] crr     HOST PORT SECONDS [THREADS]
//   kernel-load [-m] [-c CC] crr-count HOST PORT CONNECTIONS [THREADS]
//   kernel-load [-m] [-c CC] hash|hash-down HOST PORT BYTES
//   kernel-load [-m] [-c CC] idle    HOST PORT CONNECTIONS [SECONDS]
//
// -m makes MPTCP sockets. The first byte of a connection says what follows: S sink all, G send until closed, R echo,
// C one byte back and the client closes, I one byte back and the connection stays idle, H sink, and when the client has
// closed its half, the 32 bytes of SHA-256 of what came, D send as many random bytes as the next 8 bytes say (the most
// significant first), and then the 32 bytes of their SHA-256. Results are one line of key=value pairs.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#ifdef __x86_64__
#include <cpuid.h>
#include <immintrin.h>
#endif
#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

static int use_mptcp;
static const char *congestion;
enum { BUFFER = 1 << 18 };

// ---- SHA-256 (FIPS 180-4)

struct sha256 {
  uint32_t h[8];
  uint64_t total;
  uint8_t block[64];
};

static const uint32_t K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t rotr(uint32_t x, int n) { return x >> n | x << (32 - n); }

static void sha256_init(struct sha256 *s) {
  static const uint32_t h[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  memcpy(s->h, h, sizeof h);
  s->total = 0;
}

#ifdef __x86_64__
// The processor's own instructions: four rounds and the next four words of the schedule at a time.
__attribute__((target("sha,sse4.1"))) static void sha256_block_x86(uint32_t h[8], const uint8_t *p) {
  const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  __m128i t = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)h), 0xb1);
  __m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(h + 4)), 0x1b);
  __m128i abef = _mm_alignr_epi8(t, efgh, 8), cdgh = _mm_blend_epi16(efgh, t, 0xf0);
  __m128i abef_before = abef, cdgh_before = cdgh, w[4];
  for (int i = 0; i < 4; i++) w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(p + 16 * i)), big_endian);
  for (int i = 0; i < 16; i++) {
    __m128i m = _mm_add_epi32(w[i & 3], _mm_loadu_si128((const __m128i *)(K + 4 * i)));
    cdgh = _mm_sha256rnds2_epu32(cdgh, abef, m);
    abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(m, 0x0e));
    t = _mm_alignr_epi8(w[(i + 3) & 3], w[(i + 2) & 3], 4);
    t = _mm_add_epi32(_mm_sha256msg1_epu32(w[i & 3], w[(i + 1) & 3]), t);
    w[i & 3] = _mm_sha256msg2_epu32(t, w[(i + 3) & 3]);
  }
  t = _mm_shuffle_epi32(_mm_add_epi32(abef, abef_before), 0x1b);
  cdgh = _mm_shuffle_epi32(_mm_add_epi32(cdgh, cdgh_before), 0xb1);
  _mm_storeu_si128((__m128i *)h, _mm_blend_epi16(t, cdgh, 0xf0));
  _mm_storeu_si128((__m128i *)(h + 4), _mm_alignr_epi8(cdgh, t, 8));
}

static int has_sha_instructions(void) {
  static int known = -1;
  unsigned a, b = 0, c, d;
  if (known < 0) known = __get_cpuid_count(7, 0, &a, &b, &c, &d) && b >> 29 & 1;
  return known;
}
#endif

static void sha256_block(struct sha256 *s, const uint8_t *p) {
#ifdef __x86_64__
  if (has_sha_instructions()) return sha256_block_x86(s->h, p);
#endif
  uint32_t w[64], v[8];
  for (int i = 0; i < 16; i++)
    w[i] = (uint32_t)p[4 * i] << 24 | p[4 * i + 1] << 16 | p[4 * i + 2] << 8 | p[4 * i + 3];
  for (int i = 16; i < 64; i++) {
    uint32_t a = w[i - 15], b = w[i - 2];
    w[i] = w[i - 16] + (rotr(a, 7) ^ rotr(a, 18) ^ a >> 3) + w[i - 7] + (rotr(b, 17) ^ rotr(b, 19) ^ b >> 10);
  }
  memcpy(v, s->h, sizeof v);
  for (int i = 0; i < 64; i++) {
    uint32_t t1 = v[7] + (rotr(v[4], 6) ^ rotr(v[4], 11) ^ rotr(v[4], 25)) + ((v[4] & v[5]) ^ (~v[4] & v[6])) + K[i] + w[i];
    uint32_t t2 = (rotr(v[0], 2) ^ rotr(v[0], 13) ^ rotr(v[0], 22)) + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
    memmove(v + 1, v, 7 * sizeof *v);
    v[4] += t1;
    v[0] = t1 + t2;
  }
  for (int i = 0; i < 8; i++) s->h[i] += v[i];
}

static void sha256_update(struct sha256 *s, const uint8_t *p, size_t n) {
  size_t at = s->total % 64;
  s->total += n;
  if (at) {
    size_t take = n < 64 - at ? n : 64 - at;
    memcpy(s->block + at, p, take);
    p += take, n -= take;
    if (at + take < 64) return;
    sha256_block(s, s->block);
  }
  for (; n >= 64; p += 64, n -= 64) sha256_block(s, p);
  memcpy(s->block, p, n);
}

static void sha256_final(struct sha256 *s, uint8_t out[32]) {
  uint64_t bits = s->total * 8;
  uint8_t pad[72] = {0x80};
  size_t at = s->total % 64, n = (at < 56 ? 56 : 120) - at;
  for (int i = 0; i < 8; i++) pad[n + i] = bits >> (56 - 8 * i);
  sha256_update(s, pad, n + 8);
  for (int i = 0; i < 32; i++) out[i] = s->h[i / 4] >> (24 - 8 * (i % 4));
}

// Random enough that no two pieces are alike (xorshift64).
static void fill(char *buffer, size_t size, uint64_t *state) {
  uint64_t x = *state;
  for (size_t i = 0; i + 8 <= size; i += 8) {
    x ^= x << 13, x ^= x >> 7, x ^= x << 17;
    memcpy(buffer + i, &x, 8);
  }
  *state = x;
}

// ---- clocks and sockets

static uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static double now(void) { return now_ns() * 1e-9; }

// Seconds every processor of the machine was busy since boot.
static double machine_busy(void) {
  unsigned long user, nice, system, idle, iowait, irq, softirq;
  FILE *f = fopen("/proc/stat", "r");
  if (!f || fscanf(f, "cpu %lu %lu %lu %lu %lu %lu %lu", &user, &nice, &system, &idle, &iowait, &irq, &softirq) != 7) {
    perror("/proc/stat");
    exit(1);
  }
  fclose(f);
  return (user + nice + system + irq + softirq) / (double)sysconf(_SC_CLK_TCK);
}

static void die(const char *what) {
  perror(what);
  exit(1);
}

static int make_socket(int family) {
  int s = socket(family, SOCK_STREAM, use_mptcp ? IPPROTO_MPTCP : 0), one = 1;
  if (s < 0) die("socket");
  setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (congestion && setsockopt(s, IPPROTO_TCP, TCP_CONGESTION, congestion, strlen(congestion)))
    die("TCP_CONGESTION");
  return s;
}

static int dial(const char *host, const char *port) {
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV}, *found;
  int error = getaddrinfo(host, port, &hints, &found);
  if (error) {
    fprintf(stderr, "%s: %s\n", host, gai_strerror(error));
    exit(1);
  }
  int s = make_socket(found->ai_family);
  if (connect(s, found->ai_addr, found->ai_addrlen)) die("connect");
  freeaddrinfo(found);
  return s;
}

static void write_all(int s, const void *data, size_t n) {
  for (const char *p = data; n;) {
    ssize_t w = write(s, p, n);
    if (w <= 0) die("write");
    p += w, n -= w;
  }
}

static void read_all(int s, void *into, size_t n) {
  for (char *p = into; n;) {
    ssize_t r = read(s, p, n);
    if (r < 0) die("read");
    if (r == 0) {
      fprintf(stderr, "read: the peer closed the connection\n");
      exit(1);
    }
    p += r, n -= r;
  }
}

// ---- server

struct connection {
  int fd;
  char mode;
  char *pending;  // echo the peer has not taken yet
  size_t pending_bytes;
  struct sha256 *hash;
  uint8_t count[8];  // D: how many bytes the client wants
  int count_bytes, digest_sent;
  uint64_t left, random;
};

static int poll_set;

static void watch(struct connection *c, int operation, uint32_t events) {
  struct epoll_event e = {.events = events, .data.ptr = c};
  epoll_ctl(poll_set, operation, c->fd, &e);
}

static void drop(struct connection *c) {
  close(c->fd);
  free(c->pending);
  free(c->hash);
  free(c);
}

// Writes what the peer takes and keeps the rest; reading stops until it has gone. Whether all of it went.
static int push(struct connection *c, const char *data, size_t n) {
  ssize_t w = write(c->fd, data, n);
  if (w < 0) w = 0;
  if ((size_t)w == n) return 1;
  c->pending_bytes = n - w;
  c->pending = malloc(c->pending_bytes);
  memcpy(c->pending, data + w, c->pending_bytes);
  watch(c, EPOLL_CTL_MOD, EPOLLOUT);
  return 0;
}

// Random bytes as long as the peer takes them, and at last their digest.
static void produce(struct connection *c, char *buffer) {
  while (!c->digest_sent) {
    size_t n = c->left < BUFFER ? c->left : BUFFER;
    if (n) {
      fill(buffer, BUFFER, &c->random);
      sha256_update(c->hash, (uint8_t *)buffer, n);
      c->left -= n;
    } else {
      n = 32;
      sha256_final(c->hash, (uint8_t *)buffer);
      c->digest_sent = 1;
    }
    if (!push(c, buffer, n)) return;
  }
}

static void count_bytes(struct connection *c, char *data, size_t n) {
  for (; n && c->count_bytes < 8; n--) c->count[c->count_bytes++] = *data++;
  if (c->count_bytes < 8 || c->hash) return;
  for (int i = 0; i < 8; i++) c->left = c->left << 8 | c->count[i];
  c->random = now_ns() | 1;
  sha256_init(c->hash = malloc(sizeof *c->hash));
}

static void end_of_stream(struct connection *c) {
  if (c->mode == 'H') {
    uint8_t digest[32];
    sha256_final(c->hash, digest);
    if (write(c->fd, digest, sizeof digest) < 0) perror("write");
  }
  drop(c);
}

static void received(struct connection *c, char *buffer, size_t n) {
  char *data = buffer;
  if (!c->mode) {
    c->mode = *data++;
    n--;
    if (c->mode == 'G') return watch(c, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
    if ((c->mode == 'C' || c->mode == 'I') && write(c->fd, "y", 1) != 1) perror("write");
    if (c->mode == 'H') sha256_init(c->hash = malloc(sizeof *c->hash));
  }
  if (n && c->mode == 'R') push(c, data, n);
  if (n && c->mode == 'D') {
    count_bytes(c, data, n);
    if (c->hash) produce(c, buffer);
  }
  if (n && c->mode == 'H') sha256_update(c->hash, (uint8_t *)data, n);
}

static void ready(struct connection *c, char *buffer) {
  if (c->pending) {
    char *data = c->pending;
    size_t n = c->pending_bytes;
    c->pending = 0;
    watch(c, EPOLL_CTL_MOD, EPOLLIN);
    if (push(c, data, n) && c->mode == 'D') produce(c, buffer);
    free(data);
    return;
  }
  if (c->mode == 'G') {
    ssize_t w;
    do w = write(c->fd, buffer, BUFFER);
    while (w > 0);
    if (w < 0 && errno != EAGAIN) drop(c);
    return;
  }
  ssize_t r = read(c->fd, buffer, BUFFER);
  if (r > 0)
    received(c, buffer, r);
  else if (r == 0)
    end_of_stream(c);
  else if (errno != EAGAIN)
    drop(c);
}

static void serve(int port) {
  struct connection listener = {.fd = make_socket(AF_INET6)};
  struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
  if (bind(listener.fd, (void *)&any, sizeof any)) die("bind");
  if (listen(listener.fd, 4096)) die("listen");
  fcntl(listener.fd, F_SETFL, O_NONBLOCK);
  poll_set = epoll_create1(0);
  watch(&listener, EPOLL_CTL_ADD, EPOLLIN);
  char *buffer = malloc(BUFFER);
  memset(buffer, 'x', BUFFER);
  printf("listening port=%d\n", port);
  fflush(stdout);
  for (;;) {
    struct epoll_event events[256];
    int n = epoll_wait(poll_set, events, 256, -1);
    for (int i = 0; i < n; i++) {
      struct connection *c = events[i].data.ptr;
      if (c != &listener) {
        ready(c, buffer);
        continue;
      }
      int s, one = 1;
      while ((s = accept4(listener.fd, 0, 0, SOCK_NONBLOCK)) >= 0) {
        setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        struct connection *fresh = calloc(1, sizeof *fresh);
        fresh->fd = s;
        watch(fresh, EPOLL_CTL_ADD, EPOLLIN);
      }
    }
  }
}

// ---- clients

static const char *host, *port;
static double seconds;

static void bulk(int up, char *buffer) {
  int s = dial(host, port);
  write_all(s, up ? "S" : "G", 1);
  double start = now(), warm = start + 0.5, measured = 0, busy = 0;
  uint64_t total = 0, all = 0;
  for (;;) {
    ssize_t n = up ? write(s, buffer, BUFFER) : read(s, buffer, BUFFER);
    if (n <= 0) die(up ? "write" : "read");
    total += n, all += n;
    double t = now();
    if (!measured && t > warm) {
      measured = t;
      busy = machine_busy();
      total = 0;
    }
    // Where the machine stood still, on until something has got through: nothing over nothing is no rate.
    if (total && measured && t > warm + seconds) {
      double took = t - measured;
      printf("mode=%s gbps=%.6f bytes=%lu all_bytes=%lu seconds=%.3f cpu_s_per_gb=%.4f\n", up ? "up" : "down",
             total * 8 / took / 1e9, total, all, took, (machine_busy() - busy) / (total / 1e9));
      return;
    }
  }
}

// Times of any number in bounded memory, exact below 2 us and to 0.1 % above. A time v has a shift such that v >> shift
// has 11 bits, and the counts of one shift lie behind those of the shift before.
enum { HALF = 1 << 10, LARGEST_SHIFT = 63 - 10 };

struct times {
  uint64_t total, counts[HALF * (LARGEST_SHIFT + 2)];
};

static void count_time(struct times *t, uint64_t ns) {
  int shift = ns < 2 * HALF ? 0 : 63 - __builtin_clzll(ns) - 10;
  t->counts[shift * HALF + (ns >> shift)]++;
  t->total++;
}

// In microseconds, the time that a share of all times are less than; the middle of those that are counted together.
static double time_at(const struct times *t, double share) {
  uint64_t rank = t->total * share, passed = 0;
  if (rank >= t->total) rank = t->total - 1;
  for (uint64_t i = 0; i < sizeof t->counts / sizeof *t->counts; i++) {
    passed += t->counts[i];
    if (passed <= rank) continue;
    int shift = i < 2 * HALF ? 0 : i / HALF - 1;
    uint64_t lowest = (i - (uint64_t)shift * HALF) << shift;
    return (lowest + ((1ull << shift) - 1) / 2.0) / 1e3;
  }
  return 0;
}

static void request_response(char *buffer, size_t size) {
  int s = dial(host, port);
  write_all(s, "R", 1);
  static struct times took;
  double warm = now() + 0.3, measured = 0, busy = 0;
  for (;;) {
    uint64_t a = now_ns();
    write_all(s, buffer, size);
    read_all(s, buffer, size);
    uint64_t b = now_ns();
    double t = b * 1e-9;
    if (!measured) {
      if (t > warm) measured = t, busy = machine_busy();
      continue;
    }
    count_time(&took, b - a);  // before the end is looked at: one round trip at least is counted
    if (t > warm + seconds) break;
  }
  double elapsed = now() - measured;
  printf("mode=rr per_second=%.1f p50_us=%.2f p90_us=%.2f p99_us=%.2f p999_us=%.2f min_us=%.2f cpu_cores=%.3f\n",
         took.total / elapsed, time_at(&took, 0.5), time_at(&took, 0.9), time_at(&took, 0.99), time_at(&took, 0.999),
         time_at(&took, 0), (machine_busy() - busy) / elapsed);
}

static atomic_long connections;

static atomic_long to_open;

static void *connect_repeatedly(void *unused) {
  char byte;
  for (double end = now() + seconds; now() < end && atomic_fetch_sub(&to_open, 1) > 0; connections++) {
    int s = dial(host, port);
    write_all(s, "C", 1);
    read_all(s, &byte, 1);
    close(s);
  }
  return unused;
}

static void connect_rate(int threads, long most) {
  pthread_t thread[256];
  if (threads < 1 || threads > 256) {
    fprintf(stderr, "threads must be 1 to 256\n");
    exit(1);
  }
  to_open = most;
  double start = now(), busy = machine_busy();
  for (int i = 0; i < threads; i++) pthread_create(thread + i, 0, connect_repeatedly, 0);
  for (int i = 0; i < threads; i++) pthread_join(thread[i], 0);
  double took = now() - start;
  printf("mode=crr per_second=%.1f connections=%ld threads=%d cpu_us_per_connection=%.1f\n", connections / took,
         (long)connections, threads, (machine_busy() - busy) / connections * 1e6);
}

static void compared(const char *mode, uint64_t bytes, double took, struct sha256 *mine, const uint8_t theirs[32]) {
  uint8_t ours[32];
  sha256_final(mine, ours);
  int equal = !memcmp(ours, theirs, sizeof ours);
  printf("mode=%s bytes=%lu seconds=%.3f equal=%d sha256=", mode, bytes, took, equal);
  for (int i = 0; i < 32; i++) printf("%02x", ours[i]);
  printf("\n");
  exit(equal ? 0 : 1);
}

static void hash(char *buffer, uint64_t bytes) {
  int s = dial(host, port);
  write_all(s, "H", 1);
  struct sha256 mine;
  sha256_init(&mine);
  uint64_t random = now_ns() | 1;
  double start = now();
  for (uint64_t left = bytes; left;) {
    size_t n = left < BUFFER ? left : BUFFER;
    fill(buffer, BUFFER, &random);
    sha256_update(&mine, (uint8_t *)buffer, n);
    write_all(s, buffer, n);
    left -= n;
  }
  shutdown(s, SHUT_WR);
  uint8_t theirs[32];
  read_all(s, theirs, sizeof theirs);
  compared("hash", bytes, now() - start, &mine, theirs);
}

static void hash_down(char *buffer, uint64_t bytes) {
  int s = dial(host, port);
  char ask[9] = "D";
  for (int i = 0; i < 8; i++) ask[1 + i] = bytes >> (56 - 8 * i);
  double start = now();
  write_all(s, ask, sizeof ask);
  struct sha256 mine;
  sha256_init(&mine);
  for (uint64_t left = bytes; left;) {
    ssize_t n = read(s, buffer, left < BUFFER ? left : BUFFER);
    if (n <= 0) die("read");
    sha256_update(&mine, (uint8_t *)buffer, n);
    left -= n;
  }
  uint8_t theirs[32];
  read_all(s, theirs, sizeof theirs);
  compared("hash-down", bytes, now() - start, &mine, theirs);
}

static void idle(long count, double hold) {
  struct rlimit limit = {1 << 20, 1 << 20};
  setrlimit(RLIMIT_NOFILE, &limit);
  double start = now();
  char byte;
  for (long i = 0; i < count; i++) {
    int s = dial(host, port);
    write_all(s, "I", 1);
    read_all(s, &byte, 1);
  }
  printf("mode=idle connections=%ld seconds=%.3f\n", count, now() - start);
  fflush(stdout);
  usleep(hold * 1e6);
}

int main(int argc, char **argv) {
  signal(SIGPIPE, SIG_IGN);
  int option;
  while ((option = getopt(argc, argv, "+mc:")) != -1) {
    if (option == 'm') use_mptcp = 1;
    if (option == 'c') congestion = optarg;
    if (option == '?') return 2;
  }
  argv += optind, argc -= optind;
  if (argc == 2 && !strcmp(argv[0], "srv")) serve(atoi(argv[1]));
  if (argc < 4) {
    fprintf(stderr, "usage: kernel-load [-m] [-c CC] srv PORT | up|down|rr|crr|crr-count|hash|hash-down|idle HOST PORT AMOUNT [EXTRA]\n");
    return 2;
  }
  const char *mode = argv[0], *extra = argc > 4 ? argv[4] : 0;
  host = argv[1], port = argv[2], seconds = atof(argv[3]);
  char *buffer = malloc(BUFFER);
  memset(buffer, 'x', BUFFER);
  if (!strcmp(mode, "up") || !strcmp(mode, "down"))
    bulk(mode[0] == 'u', buffer);
  else if (!strcmp(mode, "rr"))
    request_response(buffer, extra ? atoi(extra) : 64);
  else if (!strcmp(mode, "crr"))
    connect_rate(extra ? atoi(extra) : 1, LONG_MAX);
  else if (!strcmp(mode, "crr-count"))
    seconds = INFINITY, connect_rate(extra ? atoi(extra) : 1, atol(argv[3]));
  else if (!strcmp(mode, "hash"))
    hash(buffer, strtoull(argv[3], 0, 10));
  else if (!strcmp(mode, "hash-down"))
    hash_down(buffer, strtoull(argv[3], 0, 10));
  else if (!strcmp(mode, "idle"))
    idle(atol(argv[3]), extra ? atof(extra) : 5);
  else {
    fprintf(stderr, "unknown mode %s\n", mode);
    return 2;
  }
  return 0;
}
