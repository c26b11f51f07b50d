package org.mptcp4j.tcp;

import org.mptcp4j.wire.TcpOptionWriter;

/**
 * The handshake of a server whose client asked for a cookie, or has one: RFC 7413 section 4.2.2.
 */
final class PassiveFastOpen extends Handshake {
  private final FastOpenAnswer answer;
  private boolean told;
  private boolean synData;

  PassiveFastOpen(int tsOffset, FastOpenAnswer answer) {
    super(tsOffset);
    this.answer = answer;
  }

  @Override
  boolean opensEarly() {
    return answer.opensEarly();
  }

  @Override
  void onSynData(long bytes) {
    synData = bytes > 0;
  }

  @Override
  boolean synData() {
    return synData;
  }

  @Override
  void writeSyn(long nowNs, TcpOptionWriter out, boolean isAnswer, TcpConfig config) {
    super.writeSyn(nowNs, out, isAnswer, config);
    if (!told && answer.cookie().length > 0) {
      out.fastOpen(answer.cookie());
    }
    told = true; // a SYN/ACK that is sent again has no need to be as long
  }
}
