package org.mptcp4j.testkit.packetdrill;

import io.netty.buffer.ByteBuf;
import org.mptcp4j.wire.MptcpOption;

/**
 * An MPTCP option as a script writes it. What it leaves out is taken from the state of the
 * connection when the peer sends it, and does not matter when the stack does.
 */
interface MptcpSpec extends OptionSpec {

  /** In place of a length that depends on the address family or on the state. */
  int UNKNOWN_LENGTH = -1;

  /**
   * The option that the peer sends.
   *
   * @param flow the subflow
   * @param segment what it goes with
   */
  MptcpOption build(Flow flow, PacketSpec.TcpSpec segment);

  /**
   * Whether an option of the stack is this one; names without a value get theirs from it.
   *
   * @param actual what the stack sent
   * @param flow the subflow
   */
  boolean fits(MptcpOption actual, Flow flow);

  @Override
  default int length() {
    return UNKNOWN_LENGTH;
  }

  @Override
  default void encode(ByteBuf out, Flow flow, PacketSpec.TcpSpec segment) {
    build(flow, segment).encode(out);
  }
}
