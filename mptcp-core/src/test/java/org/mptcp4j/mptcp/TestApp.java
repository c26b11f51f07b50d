package org.mptcp4j.mptcp;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/** Sends a known stream, checks the one it receives byte for byte, and remembers its buffers. */
final class TestApp {
  final List<ByteBuf> written = new ArrayList<>();
  Connection connection;
  long toSend;
  long sent;
  long received;
  long wrongAt = -1;
  int chunk = 5_000;
  int salt = 1;
  int peerSalt = 1;
  boolean finish = true;
  boolean reading = true;
  boolean closeAtEnd = true;
  int events;
  final List<PathEvent> paths = new ArrayList<>();
  private final TestNet net;

  TestApp(TestNet net) {
    this.net = net;
  }

  TestApp sends(long bytes) {
    toSend = bytes;
    return this;
  }

  static byte at(long position, int salt) {
    long x = (position + salt) * 0x9E3779B97F4A7C15L;
    return (byte) (x >>> 56);
  }

  /** What an application does when it is told that something happened. */
  void run() {
    MetaSock meta = connection.meta();
    events |= connection.meta().takeEvents();
    ByteBuf data;
    while (reading && (data = meta.read()) != null) {
      check(data);
      data.release();
    }
    while (sent < toSend && meta.writableBytes() > 0) {
      int n = (int) Math.min(chunk, toSend - sent);
      byte[] bytes = new byte[n];
      for (int i = 0; i < n; i++) {
        bytes[i] = at(sent + i, salt);
      }
      ByteBuf buf = net.allocator.buffer(n).writeBytes(bytes);
      sent += n;
      written.add(buf);
      meta.write(buf);
    }
    if (sent == toSend && finish && !meta.outputShutDown() && !connection.meta().connecting()) {
      meta.shutdownOutput();
    }
    if (closeAtEnd && meta.endOfStream() && meta.outputShutDown()) {
      meta.close();
    }
  }

  private void check(ByteBuf data) {
    byte[] bytes = new byte[data.readableBytes()];
    data.readBytes(bytes);
    for (byte b : bytes) {
      if (b != at(received, peerSalt) && wrongAt < 0) {
        wrongAt = received;
      }
      received++;
    }
  }

  boolean had(int event) {
    return (events & event) != 0;
  }

  /** Buffers that nobody released. */
  long leaked() {
    return written.stream().filter(b -> b.refCnt() != 0).count();
  }
}
