/* Sends 64 bytes to 10.7.7.2 port 7 and waits for them, again and again.
 * gcc -O2 -o udp-load udp-load.c; ./udp-load SECONDS PROCESSOR, -1 for any */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST 8000000

static uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static int compare(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return x < y ? -1 : x > y;
}

int main(int argc, char **argv) {
  if (argc != 3) {
    return 2;
  }
  double seconds = atof(argv[1]);
  int processor = atoi(argv[2]);
  if (processor >= 0) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(processor, &set);
    sched_setaffinity(0, sizeof set, &set);
  }
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(7)};
  inet_pton(AF_INET, "10.7.7.2", &to.sin_addr);
  struct timeval patience = {1, 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (connect(fd, (void *)&to, sizeof to)) {
    perror("connect");
    return 1;
  }
  uint64_t *ns = malloc(MOST * sizeof *ns), n = 0, lost = 0;
  uint64_t end = now_ns() + (uint64_t)(seconds * 1e9);
  char message[64] = {0};
  for (uint64_t start; (start = now_ns()) < end && n < MOST;) {
    if (write(fd, message, sizeof message) < 0 || read(fd, message, sizeof message) < 0) {
      lost++;
    } else {
      ns[n++] = now_ns() - start;
    }
  }
  if (n == 0) {
    return 1;
  }
  qsort(ns, n, sizeof *ns, compare);
  printf("%.0f/s p50 %.2f us p99 %.2f us, lost %lu\n", n / seconds, ns[n / 2] / 1e3,
         ns[n * 99 / 100] / 1e3, (unsigned long)lost);
  return 0;
}
