package org.mptcp4j.testkit.packetdrill;

import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.mptcp4j.wire.DssChecksum;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.MptcpOption;

/**
 * {@code mpcapable v1 flags[flag_h] key[skey]}.
 *
 * @param place where it stands
 * @param text as written
 * @param version of the protocol
 * @param flags bits A to H
 * @param keys none, that of the sender, or both
 * @param dataLength of the mapping of the first data
 * @param checksummed whether the mapping has a checksum
 * @param checksum its value; empty for the right one
 */
record MpCapableSpec(
    Place place,
    String text,
    int version,
    int flags,
    List<Key> keys,
    OptionalInt dataLength,
    boolean checksummed,
    OptionalInt checksum)
    implements MptcpSpec {

  /** A key by its name; with a value, the name stands for that value from there on. */
  record Key(String name, OptionalLong value) {}

  private int form() {
    if (dataLength.isPresent()) {
      return checksummed ? MpCapable.LENGTH_DATA_CHECKSUM : MpCapable.LENGTH_DATA;
    }
    return switch (keys.size()) {
      case 0 -> MpCapable.LENGTH_SYN;
      case 1 -> MpCapable.LENGTH_SYN_ACK;
      default -> MpCapable.LENGTH_ACK;
    };
  }

  @Override
  public MptcpOption build(Flow flow, PacketSpec.TcpSpec segment) {
    long[] values = new long[2];
    for (int i = 0; i < keys.size(); i++) {
      Key key = keys.get(i);
      key.value().ifPresent(v -> flow.names().key(key.name(), v));
      values[i] = flow.names().key(place, key.name());
      if (!flow.session().isLocalKey(values[i])) {
        flow.session().remoteKey(values[i]);
      }
    }
    dataLength.ifPresent(n -> flow.session().receivedUpTo(1L + n));
    return new MpCapable(
        version, flags, form(), values[0], values[1], dataLength.orElse(0), sum(flow));
  }

  private int sum(Flow flow) {
    if (!checksummed) {
      return 0;
    }
    return checksum.orElseGet(
        () ->
            DssChecksum.compute(
                flow.session().remoteDsn(place, 1), 1, dataLength.orElseThrow(), 0));
  }

  @Override
  public boolean fits(MptcpOption actual, Flow flow) {
    if (!(actual instanceof MpCapable sent)
        || sent.version() != version
        || sent.flags() != flags
        || sent.encodedLength() != form()) {
      return false;
    }
    if (sent.hasSenderKey()) {
      flow.session().localKey(sent.senderKey());
    }
    if (dataLength.isPresent()) {
      flow.session().sentUpTo(1L + sent.dataLength());
    }
    boolean keysFit =
        (keys.isEmpty() || is(keys.get(0), sent.senderKey(), flow))
            && (keys.size() < 2 || is(keys.get(1), sent.receiverKey(), flow));
    return keysFit && dataLength.orElse(0) == sent.dataLength() && checksumFits(sent, flow);
  }

  private boolean checksumFits(MpCapable sent, Flow flow) {
    if (checksum.isPresent()) {
      return checksum.getAsInt() == sent.checksum();
    }
    return !checksummed
        || DssChecksum.verify(
            flow.session().localDsn(place, 1), 1, sent.dataLength(), 0, sent.checksum());
  }

  private static boolean is(Key key, long actual, Flow flow) {
    if (flow.names().key(key.name()).isEmpty()) {
      flow.names().key(key.name(), key.value().orElse(actual));
    }
    return flow.names().key(key.name()).orElseThrow() == actual;
  }
}
