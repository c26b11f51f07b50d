package org.mptcp4j.api;

import java.util.Objects;

/** What {@link StackConfig} is made of. */
record StackConfigValues(
    MptcpOptions mptcp,
    TcpOptions tcp,
    Buffers buffers,
    Timeouts timeouts,
    Limits limits,
    SocketOptions sockets)
    implements StackConfig {
  /** Checks that no part is missing. */
  StackConfigValues {
    Objects.requireNonNull(mptcp, "mptcp");
    Objects.requireNonNull(tcp, "tcp");
    Objects.requireNonNull(buffers, "buffers");
    Objects.requireNonNull(timeouts, "timeouts");
    Objects.requireNonNull(limits, "limits");
    Objects.requireNonNull(sockets, "sockets");
  }
}
