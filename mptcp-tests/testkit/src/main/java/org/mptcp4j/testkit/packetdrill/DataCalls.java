package org.mptcp4j.testkit.packetdrill;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.mptcp4j.api.MptcpSocket;

/** read, write and their relatives. What is written is zeros; nobody compares it. */
final class DataCalls {
  private static final long MSG_TRUNC = Constants.number("MSG_TRUNC");
  private static final long MSG_DONTWAIT = Constants.number("MSG_DONTWAIT");
  private static final long MSG_NOSIGNAL = Constants.number("MSG_NOSIGNAL");

  private static final long MSG_ZEROCOPY = Constants.number("MSG_ZEROCOPY");
  private static final long MSG_ERRQUEUE = Constants.number("MSG_ERRQUEUE");

  private static final Set<String> READS = Set.of("read", "recv", "recvfrom");
  private static final Set<String> WRITES = Set.of("write", "send", "sendto");

  /** Buffers that one packet of Linux refers to, without copying. */
  private static final int MOST_FRAGMENTS = 17;

  private final SocketTable table;
  private final ByteBufAllocator allocator;

  DataCalls(SocketTable table, ByteBufAllocator allocator) {
    this.table = table;
    this.allocator = allocator;
  }

  /** Begins a call; empty when it is none of these. */
  Optional<PendingCall> begin(Arguments a) {
    PendingCall call =
        switch (a.call().name()) {
          case "read" -> read(table.get(a.count(3, 3), 0), a.number(2), 0);
          case "readv" -> read(table.get(a.count(3, 3), 0), vectorBytes(a, 1, 2), 0);
          case "recv" -> receive(a.count(4, 4));
          case "recvfrom" -> receiveFrom(a.count(6, 6));
          case "recvmsg" -> receiveMessage(a.count(3, 3));
          case "write" -> write(table.get(a.count(3, 3), 0), a.number(2), 0);
          case "writev" -> write(table.get(a.count(3, 3), 0), vectorBytes(a, 1, 2), 0);
          case "send" -> send(a.count(4, 4));
          case "sendto" -> sendTo(a.count(6, 6));
          case "sendmsg" -> sendMessage(a.count(3, 3));
          default -> null;
        };
    return Optional.ofNullable(call).map(c -> checkingBuffer(a, c));
  }

  private PendingCall checkingBuffer(Arguments a, PendingCall call) {
    boolean reads = READS.contains(a.call().name());
    boolean writes = WRITES.contains(a.call().name());
    if (!(reads || writes) || !NullBuffers.isOne(a)) {
      return call;
    }
    ScriptSocket socket = table.get(a, 0);
    return reads ? NullBuffers.read(socket, call) : NullBuffers.write(socket, call);
  }

  // ---- arguments

  private PendingCall receive(Arguments a) {
    a.onlyFlags(3, MSG_DONTWAIT | MSG_TRUNC | MSG_NOSIGNAL);
    return read(table.get(a, 0), a.number(2), a.number(3));
  }

  private PendingCall receiveFrom(Arguments a) {
    a.onlyAnyOrNull(4, "the address");
    return receive(a);
  }

  private PendingCall send(Arguments a) {
    a.onlyFlags(3, MSG_DONTWAIT | MSG_NOSIGNAL | MSG_ZEROCOPY);
    return write(table.get(a, 0), a.number(2), a.number(3));
  }

  private PendingCall sendTo(Arguments a) {
    a.onlyFlags(
        3,
        MSG_DONTWAIT
            | MSG_NOSIGNAL
            | MSG_ZEROCOPY); // before the address, which goes with fast open
    a.onlyAnyOrNull(4, "the address");
    return send(a);
  }

  private PendingCall receiveMessage(Arguments a) {
    a.onlyFlags(2, MSG_DONTWAIT | MSG_TRUNC | MSG_NOSIGNAL | MSG_ERRQUEUE);
    ControlMessages control = new ControlMessages(a);
    ScriptSocket socket = table.get(a, 0);
    if ((a.number(2) & MSG_ERRQUEUE) != 0) {
      return control.errorQueue(socket);
    }
    return control.behind(socket, read(socket, messageBytes(a), a.number(2)));
  }

  private PendingCall sendMessage(Arguments a) {
    a.onlyFlags(2, MSG_DONTWAIT | MSG_NOSIGNAL | MSG_ZEROCOPY);
    ControlMessages.refuse(a.struct(1));
    Value parts = a.struct(1).field("msg_iov");
    boolean zeroCopy = (a.number(2) & MSG_ZEROCOPY) != 0;
    if (zeroCopy && Arguments.items(parts).size() > MOST_FRAGMENTS) {
      throw ScriptException.refused(
          parts.place(), "MSG_ZEROCOPY with more parts than a packet of Linux has fragments");
    }
    return write(table.get(a, 0), messageBytes(a), a.number(2));
  }

  private static long vectorBytes(Arguments a, int vector, int count) {
    if (a.items(vector).size() != a.number(count)) {
      throw ScriptException.malformed(
          a.get(count).place(), "the vector has " + a.items(vector).size() + " parts");
    }
    return vectorBytes(a.items(vector));
  }

  private static long vectorBytes(List<Value> parts) {
    long bytes = 0;
    for (Value part : parts) {
      Value.Struct s = Arguments.struct(part);
      bytes +=
          Arguments.number(s.fields().containsKey("iov_len") ? s.field("iov_len") : s.field("1"));
    }
    return bytes;
  }

  private static long messageBytes(Arguments a) {
    Value.Struct message = a.struct(1);
    for (String name : message.fields().keySet()) {
      Value value = message.field(name);
      boolean empty = value instanceof Value.Any || value instanceof Value.Int i && i.number() == 0;
      boolean checked = name.equals("msg_iov") || name.equals(ControlMessages.FIELD);
      if (!checked && !empty) {
        throw ScriptException.refused(value.place(), name + " of " + a.call().name());
      }
    }
    return vectorBytes(Arguments.items(message.field("msg_iov")));
  }

  // ---- carrying them out

  private PendingCall read(ScriptSocket socket, long most, long flags) {
    boolean wait = !socket.nonBlocking() && (flags & MSG_DONTWAIT) == 0;
    if (socket.socket().isEmpty()) {
      return PendingCall.done(Answer.error("ENOTCONN"));
    }
    return () -> {
      long got = socket.read(most);
      if (got > 0 || most == 0) {
        return Optional.of(Answer.of(got));
      }
      String error = socket.takeError();
      if (!error.isEmpty()) {
        return Optional.of(Answer.error(error));
      }
      if (socket.inputEnded()) {
        return Optional.of(Answer.of(0));
      }
      return wait ? Optional.empty() : Optional.of(Answer.error("EAGAIN"));
    };
  }

  private PendingCall write(ScriptSocket socket, long bytes, long flags) {
    boolean wait = !socket.nonBlocking() && (flags & MSG_DONTWAIT) == 0;
    return socket.socket().isEmpty()
        ? PendingCall.done(Answer.error("EPIPE"))
        : new Write(socket, bytes, wait, (flags & MSG_ZEROCOPY) != 0 && socket.zeroCopy().isOn());
  }

  /**
   * Writes to a socket that has begun to connect.
   *
   * @param first bytes that leave with the SYN
   */
  PendingCall writeWithSyn(ScriptSocket socket, long bytes, long first, long flags) {
    boolean wait = !socket.nonBlocking() && (flags & MSG_DONTWAIT) == 0;
    boolean zeroCopy = (flags & MSG_ZEROCOPY) != 0 && socket.zeroCopy().isOn();
    Write write = new Write(socket, wait ? bytes : first, wait, zeroCopy);
    write.take(first);
    return wait ? () -> socket.isConnected() ? write.attempt() : Optional.empty() : write;
  }

  /** A write that goes on until everything is taken, or as much as fits without waiting. */
  private final class Write implements PendingCall {
    private final ScriptSocket socket;
    private final long bytes;
    private final boolean wait;
    private final boolean zeroCopy;
    private long written;

    Write(ScriptSocket socket, long bytes, boolean wait, boolean zeroCopy) {
      this.socket = socket;
      this.bytes = bytes;
      this.wait = wait;
      this.zeroCopy = zeroCopy;
    }

    @Override
    public Optional<Answer> attempt() {
      String error = socket.takeError();
      if (!error.isEmpty() || socket.isConnected() && socket.outputEnded()) {
        return Optional.of(
            written > 0 ? Answer.of(written) : Answer.error(error.isEmpty() ? "EPIPE" : error));
      }
      if (socket.isConnected()) {
        take(bytes - written);
      }
      if (written == bytes || !wait && written > 0) {
        return Optional.of(Answer.of(written));
      }
      return wait ? Optional.empty() : Optional.of(Answer.error("EAGAIN"));
    }

    void take(long most) {
      MptcpSocket connection = socket.socket().orElseThrow();
      int step = (int) Math.min(most, connection.writableBytes());
      if (step > 0) {
        // One that is lent must not be used again: its count of references tells when it is back.
        ByteBuf data =
            zeroCopy
                ? Unpooled.wrappedBuffer(new byte[step])
                : allocator.buffer(step, step).writeZero(step);
        if (zeroCopy) {
          socket.zeroCopy().lend(data);
        }
        connection.write(data);
        written += step;
      }
    }
  }
}
