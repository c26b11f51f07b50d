package org.mptcp4j.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/**
 * What an application sees of urgent data: RFC 9293 section 3.8.5, in line as with SO_OOBINLINE.
 */
class UrgentDataTest {
  private static final int ISS = 1000;

  private final MptcpStack stack =
      MptcpStack.builder()
          .seed(1)
          .link(0, 1500)
          .address(0, TwoHosts.SERVER_V4 + "/24")
          .address(0, TwoHosts.SERVER_V6 + "/64")
          .build();
  private final RawHost peer = new RawHost(stack);
  private String client;
  private String server;
  private int acked;
  private MptcpSocket socket;

  private TxSegment segment(int offset, int flags) {
    TxSegment s = RawHost.segment(client, 4000, server, 80);
    return s.seq(ISS + offset).ack(acked).flags(flags).window(65_535);
  }

  private void open(String to) throws Exception {
    server = to;
    client = to.equals(TwoHosts.SERVER_V4) ? TwoHosts.CLIENT_V4 : "fd00:1::1";
    MptcpServerSocket listener = stack.listen(TwoHosts.at(to, 80), 1);
    peer.send(0, segment(0, TcpFlags.SYN));
    peer.expectSegment(0, seen -> acked = seen.seq() + 1);
    peer.send(0, segment(1, TcpFlags.ACK));
    assertThat(events()).containsExactly(StackEvent.Type.ACCEPTABLE);
    socket = listener.accept();
    events();
  }

  private void data(int offset, int bytes, int flags, int urgentPointer) {
    TxSegment s = segment(offset, TcpFlags.ACK | flags);
    s.addPayload(Unpooled.wrappedBuffer(new byte[bytes]), 0, bytes);
    peer.sendUrgent(0, s, urgentPointer);
    peer.takeAll(0, seen -> true);
  }

  private List<StackEvent.Type> events() {
    List<StackEvent.Type> types = new ArrayList<>();
    for (StackEvent event = stack.pollEvent(); event != null; event = stack.pollEvent()) {
      types.add(event.type());
    }
    return types;
  }

  private int read() {
    int bytes = 0;
    for (ByteBuf b = socket.read(); b != null; b = socket.read()) {
      bytes += b.readableBytes();
      b.release();
    }
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(strings = {TwoHosts.SERVER_V4, TwoHosts.SERVER_V6})
  void itIsReadInLineAndItsEndIsTold(String to) throws Exception {
    open(to);
    data(1, 100, 0, 0);
    assertThat(events()).containsExactly(StackEvent.Type.READABLE);
    assertThat(socket.urgentBytes()).isNotPositive();
    // MUST-32: the application is told when a pointer comes that no one was told of.
    data(101, 10, TcpFlags.URG, 7);
    assertThat(events()).contains(StackEvent.Type.URGENT);
    // MUST-33: and how much is left.
    assertThat(socket.urgentBytes()).isEqualTo(107);
    assertThat(read()).isEqualTo(110);
    assertThat(socket.urgentBytes()).isNotPositive();
    data(111, 10, 0, 0);
    assertThat(events()).containsExactly(StackEvent.Type.READABLE);
    assertThat(read()).isEqualTo(10);
    stack.close();
  }

  // MUST-31: of any length; the pointer comes before what it is about.
  @ParameterizedTest
  @ValueSource(strings = {TwoHosts.SERVER_V4, TwoHosts.SERVER_V6})
  void thePointerMayBeAheadOfTheData(String to) throws Exception {
    open(to);
    data(1, 10, TcpFlags.URG, 30);
    assertThat(events()).contains(StackEvent.Type.URGENT);
    assertThat(read()).isEqualTo(10);
    assertThat(socket.urgentBytes()).isEqualTo(20);
    // The same place again is no news, and data without a pointer takes nothing back.
    data(11, 10, TcpFlags.URG, 20);
    data(21, 5, 0, 0);
    assertThat(events()).doesNotContain(StackEvent.Type.URGENT);
    assertThat(read()).isEqualTo(15);
    assertThat(socket.urgentBytes()).isEqualTo(5);
    data(26, 20, 0, 0);
    assertThat(read()).isEqualTo(20);
    assertThat(socket.urgentBytes()).isNotPositive();
    stack.close();
  }
}
