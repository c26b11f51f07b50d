package org.mptcp4j.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBufAllocator;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.link.packet.PacketBatch;

/** A segment for which there is no memory is a lost segment. */
class NoMemoryTest {
  private static final long SECOND = 1_000_000_000L;

  private boolean refuses;
  private final ByteBufAllocator allocator =
      (ByteBufAllocator)
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {ByteBufAllocator.class},
              (proxy, method, arguments) -> {
                if (refuses) {
                  throw new OutOfMemoryError("made by a test");
                }
                return method.invoke(ByteBufAllocator.DEFAULT, arguments);
              });
  private final MptcpStack stack =
      MptcpStack.builder()
          .seed(1)
          .allocator(allocator)
          .link(0, 1_500)
          .address(0, "10.0.0.1/24")
          .build();
  private final PacketBatch out = new PacketBatch(4);

  @Test
  void aSegmentWithoutMemoryIsSentAgainLater() throws Exception {
    MptcpSocket socket = stack.connect(0, new InetSocketAddress("10.0.0.2", 80));
    refuses = true;
    assertThatThrownBy(() -> stack.pollTransmit(0, out)).isInstanceOf(OutOfMemoryError.class);
    assertThat(out.size()).isZero();
    refuses = false;
    stack.pollTransmit(1, out);
    assertThat(out.size()).isZero();
    assertThat(stack.nextTimeoutNs()).isLessThanOrEqualTo(2 * SECOND);
    long then = stack.nextTimeoutNs();
    stack.onTimeout(then);
    stack.pollTransmit(then, out);
    assertThat(out.size()).isEqualTo(1);
    assertThat(socket.state()).isEqualTo(MptcpSocket.State.CONNECTING);
    out.clear();
    stack.close();
  }
}
