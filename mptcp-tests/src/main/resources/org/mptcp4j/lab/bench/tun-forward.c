// Two plain TUN devices (no virtio-net header, no offloads) in two network namespaces, and what is sent into one comes out
// of the other: the yardstick for this stack on a device that refuses offloads.
//
//   tun-forward NAME NAMESPACE      run in the first namespace, both devices have that name
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { LONGEST_PACKET = 65536, TURN = 64 };

static void die(const char *what) {
  perror(what);
  exit(1);
}

static int open_tun(const char *name) {
  struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
  strncpy(request.ifr_name, name, sizeof request.ifr_name - 1);
  int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
  if (fd < 0) die("/dev/net/tun");
  if (ioctl(fd, TUNSETIFF, &request)) die("TUNSETIFF");
  return fd;
}

static void enter(const char *namespace) {
  char path[256];
  snprintf(path, sizeof path, "/run/netns/%s", namespace);
  int fd = open(path, O_RDONLY);
  if (fd < 0 || setns(fd, CLONE_NEWNET)) die(path);
  close(fd);
}

// A bounded number of packets, so that both directions have their turn. What a device refuses is lost, as on a wire.
static void forward(int from, int to) {
  static char packet[LONGEST_PACKET];
  for (int i = 0; i < TURN; i++) {
    ssize_t n = read(from, packet, sizeof packet);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) die("read");
    if (write(to, packet, n) < 0 && errno != EAGAIN && errno != ENOBUFS && errno != EIO) die("write");
  }
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: tun-forward NAME NAMESPACE\n");
    return 2;
  }
  struct pollfd devices[2] = {{.events = POLLIN}, {.events = POLLIN}};
  devices[0].fd = open_tun(argv[1]);
  enter(argv[2]);
  devices[1].fd = open_tun(argv[1]);
  printf("listening on %s\n", argv[1]);
  fflush(stdout);
  for (;;) {
    if (poll(devices, 2, -1) < 0) die("poll");
    for (int i = 0; i < 2; i++)
      if (devices[i].revents & POLLIN) forward(devices[i].fd, devices[1 - i].fd);
  }
}
