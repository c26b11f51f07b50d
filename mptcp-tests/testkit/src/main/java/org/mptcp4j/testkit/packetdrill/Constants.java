package org.mptcp4j.testkit.packetdrill;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** The numbers behind the names in calls: those of Linux, where programs print them. */
final class Constants {
  static final int SOCK_NONBLOCK = 2048;
  static final int IPPROTO_MPTCP = 262;
  static final int O_RDWR = 2;
  static final int O_NONBLOCK = 2048;
  static final int POLLIN = 1;
  static final int POLLPRI = 2;
  static final int POLLOUT = 4;
  static final int POLLERR = 8;
  static final int POLLHUP = 16;
  static final int POLLRDHUP = 0x2000;
  static final long EPOLLET = 1L << 31;
  static final long EPOLLONESHOT = 1L << 30;
  static final long EPOLLEXCLUSIVE = 1L << 28;

  private static final Map<String, Long> VALUES = new HashMap<>();

  static {
    add("NULL", 0, "false", 0, "true", 1);
    add("AF_INET", 2, "AF_INET6", 10, "PF_INET", 2, "PF_INET6", 10);
    add("SOCK_STREAM", 1, "SOCK_DGRAM", 2, "SOCK_RAW", 3);
    add("SOCK_NONBLOCK", SOCK_NONBLOCK, "SOCK_CLOEXEC", 0x80000);
    add("IPPROTO_IP", 0, "IPPROTO_TCP", 6, "IPPROTO_UDP", 17, "IPPROTO_IPV6", 41);
    add("IPPROTO_MPTCP", IPPROTO_MPTCP);
    add("SHUT_RD", 0, "SHUT_WR", 1, "SHUT_RDWR", 2);
    add("F_GETFD", 1, "F_SETFD", 2, "F_GETFL", 3, "F_SETFL", 4, "FD_CLOEXEC", 1);
    add("O_RDONLY", 0, "O_WRONLY", 1, "O_RDWR", O_RDWR, "O_NONBLOCK", O_NONBLOCK);
    add("MSG_OOB", 1, "MSG_PEEK", 2, "MSG_TRUNC", 0x20, "MSG_DONTWAIT", 0x40, "MSG_EOR", 0x80);
    add("MSG_WAITALL", 0x100, "MSG_ERRQUEUE", 0x2000, "MSG_NOSIGNAL", 0x4000);
    add("MSG_MORE", 0x8000, "MSG_ZEROCOPY", 0x4000000, "MSG_FASTOPEN", 0x20000000);
    add("POLLIN", POLLIN, "POLLPRI", POLLPRI, "POLLOUT", POLLOUT, "POLLERR", POLLERR);
    add("POLLHUP", POLLHUP, "POLLNVAL", 32, "POLLRDNORM", 64, "POLLRDBAND", 128);
    add("POLLWRNORM", 256, "POLLWRBAND", 512, "POLLRDHUP", POLLRDHUP);
    add("EPOLLIN", POLLIN, "EPOLLPRI", POLLPRI, "EPOLLOUT", POLLOUT, "EPOLLERR", POLLERR);
    add("EPOLLHUP", POLLHUP, "EPOLLRDNORM", 64, "EPOLLWRNORM", 256, "EPOLLRDHUP", POLLRDHUP);
    add("EPOLLET", EPOLLET, "EPOLLONESHOT", EPOLLONESHOT, "EPOLLEXCLUSIVE", EPOLLEXCLUSIVE);
    add("EPOLL_CTL_ADD", 1, "EPOLL_CTL_DEL", 2, "EPOLL_CTL_MOD", 3, "EPOLL_CLOEXEC", 0x80000);
    add("SO_EE_ORIGIN_ZEROCOPY", 5, "SO_EE_CODE_ZEROCOPY_COPIED", 1);
    add("SIOCINQ", 0x541B, "FIONREAD", 0x541B, "SIOCOUTQ", 0x5411, "TIOCOUTQ", 0x5411);
    add("SIOCOUTQNSD", 0x894B, "FIONBIO", 0x5421, "SIOCATMARK", 0x8905);
    Errno.numbers().forEach(VALUES::put);
    socketOptions();
  }

  private Constants() {}

  private static void socketOptions() {
    add("SOL_SOCKET", 1, "SOL_IP", 0, "SOL_IPV6", 41, "SOL_TCP", 6, "SOL_MPTCP", 284);
    add("SO_REUSEADDR", 2, "SO_TYPE", 3, "SO_ERROR", 4, "SO_SNDBUF", 7, "SO_RCVBUF", 8);
    add("SO_KEEPALIVE", 9, "SO_OOBINLINE", 10, "SO_PRIORITY", 12, "SO_LINGER", 13);
    add("SO_REUSEPORT", 15, "SO_RCVLOWAT", 18, "SO_RCVTIMEO", 20, "SO_SNDTIMEO", 21);
    add("SO_ACCEPTCONN", 30, "SO_SNDBUFFORCE", 32, "SO_RCVBUFFORCE", 33, "SO_MARK", 36);
    add("SO_TIMESTAMPING", 37, "SO_PROTOCOL", 38, "SO_DOMAIN", 39, "SO_MAX_PACING_RATE", 47);
    add("SO_INCOMING_NAPI_ID", 56, "SO_ZEROCOPY", 60, "SO_TXTIME", 61);
    add("IP_TOS", 1, "IP_TTL", 2, "IP_MTU_DISCOVER", 10, "IP_RECVERR", 11, "IP_MTU", 14);
    add("IP_PMTUDISC_DONT", 0, "IP_PMTUDISC_WANT", 1, "IP_PMTUDISC_DO", 2);
    add("IP_PMTUDISC_PROBE", 3, "IPV6_MTU_DISCOVER", 23, "IPV6_RECVERR", 25, "IPV6_TCLASS", 67);
    add("TCP_NODELAY", 1, "TCP_MAXSEG", 2, "TCP_CORK", 3, "TCP_KEEPIDLE", 4, "TCP_KEEPINTVL", 5);
    add("TCP_KEEPCNT", 6, "TCP_SYNCNT", 7, "TCP_LINGER2", 8, "TCP_DEFER_ACCEPT", 9);
    add("TCP_WINDOW_CLAMP", 10, "TCP_INFO", 11, "TCP_QUICKACK", 12, "TCP_CONGESTION", 13);
    add("TCP_MD5SIG", 14, "TCP_THIN_LINEAR_TIMEOUTS", 16, "TCP_THIN_DUPACK", 17);
    add("TCP_USER_TIMEOUT", 18, "TCP_FASTOPEN", 23, "TCP_TIMESTAMP", 24, "TCP_NOTSENT_LOWAT", 25);
    add("TCP_CC_INFO", 26, "TCP_SAVE_SYN", 27, "TCP_FASTOPEN_CONNECT", 30, "TCP_FASTOPEN_KEY", 33);
    add("TCP_FASTOPEN_NO_COOKIE", 34, "TCP_INQ", 36, "TCP_CM_INQ", 36, "TCP_TX_DELAY", 37);
    add("IP_FREEBIND", 15, "IP_BIND_ADDRESS_NO_PORT", 24, "IP_LOCAL_PORT_RANGE", 51);
    add("IPV6_UNICAST_HOPS", 16, "TCP_IS_MPTCP", 43);
    add("TCP_RTO_MIN_US", 45, "TCP_RTO_MAX_MS", 44, "TCP_DELACK_MAX_US", 46);
  }

  /** Names and numbers in turn. */
  private static void add(Object... namesAndNumbers) {
    for (int i = 0; i < namesAndNumbers.length; i += 2) {
      long number = ((Number) namesAndNumbers[i + 1]).longValue();
      VALUES.put((String) namesAndNumbers[i], number);
    }
  }

  /** The number behind a name that there is. */
  static long number(String name) {
    return Objects.requireNonNull(VALUES.get(name), name);
  }

  /** The number behind a name; who writes another name is told so. */
  static long of(Token name) {
    Long value = VALUES.get(name.text());
    if (value == null) {
      throw ScriptException.refused(name.place(), "constant " + name.text());
    }
    return value;
  }
}
