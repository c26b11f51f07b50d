package org.mptcp4j.testkit.replay;

import java.util.Optional;
import org.mptcp4j.testkit.peer.MptcpKeys;
import org.mptcp4j.wire.AddAddr;

/** The keys of one MPTCP connection: of the end that is replayed, and of both that answer. */
final class ReplayConnection {
  private Optional<Long> replayedKey = Optional.empty();
  private Optional<Long> capturedKey = Optional.empty();
  private Optional<Long> stackKey = Optional.empty();

  void replayedKey(long key) {
    replayedKey = Optional.of(key);
  }

  /** The key of the end whose place the stack has, in the capture. */
  void capturedKey(long key) {
    capturedKey = Optional.of(key);
  }

  void stackKey(long key) {
    stackKey = Optional.of(key);
  }

  Optional<Long> replayedKey() {
    return replayedKey;
  }

  Optional<Long> capturedKey() {
    return capturedKey;
  }

  Optional<Long> stackKey() {
    return stackKey;
  }

  boolean hasCapturedToken(int token) {
    return capturedKey.filter(k -> MptcpKeys.token(k) == token).isPresent();
  }

  boolean hasReplayedToken(int token) {
    return replayedKey.filter(k -> MptcpKeys.token(k) == token).isPresent();
  }

  /** Whether everything is known that options are translated with. */
  boolean isComplete() {
    return replayedKey.isPresent() && capturedKey.isPresent() && stackKey.isPresent();
  }

  /** What to add to a data sequence number of the captured end to have that of the stack. */
  long shift() {
    return MptcpKeys.initialDsn(stackKey.orElseThrow())
        - MptcpKeys.initialDsn(capturedKey.orElseThrow());
  }

  byte[] capturedJoinHmac(int replayedNonce, int capturedNonce) {
    return MptcpKeys.joinHmac(
        replayedKey.orElseThrow(), capturedKey.orElseThrow(), replayedNonce, capturedNonce);
  }

  byte[] joinHmac(int replayedNonce, int stackNonce) {
    return MptcpKeys.joinHmac(
        replayedKey.orElseThrow(), stackKey.orElseThrow(), replayedNonce, stackNonce);
  }

  long capturedAddAddrHmac(AddAddr option) {
    return MptcpKeys.addAddrHmac(replayedKey.orElseThrow(), capturedKey.orElseThrow(), option);
  }

  long addAddrHmac(AddAddr option) {
    return MptcpKeys.addAddrHmac(replayedKey.orElseThrow(), stackKey.orElseThrow(), option);
  }
}
