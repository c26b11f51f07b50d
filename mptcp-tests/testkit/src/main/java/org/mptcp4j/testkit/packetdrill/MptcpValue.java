package org.mptcp4j.testkit.packetdrill;

import java.util.OptionalLong;
import org.mptcp4j.testkit.peer.MptcpKeys;

/**
 * A number of an MPTCP option: written, or computed of a key.
 *
 * @param place where it stands
 * @param kind how it is made
 * @param key name of the key that it is made of
 * @param number the number itself, or what is added
 */
record MptcpValue(Place place, Kind kind, String key, long number) {

  enum Kind {
    /** Written in digits. */
    NUMBER,
    /** {@code sha256_32(key)}: the token of a key. */
    TOKEN,
    /** {@code trunc_r64_hmac(key)}: the initial data sequence number of a key. */
    INITIAL_DSN
  }

  static MptcpValue of(Place place, long number) {
    return new MptcpValue(place, Kind.NUMBER, "", number);
  }

  /** A data sequence number on the wire; one in digits counts from this initial one. */
  long dsn(MptcpNames names, long initial) {
    return kind == Kind.NUMBER ? initial + number : value(names);
  }

  /** The value, whatever it counts from. */
  long value(MptcpNames names) {
    return switch (kind) {
      case NUMBER -> number;
      case TOKEN -> Integer.toUnsignedLong(MptcpKeys.token(names.key(place, key))) + number;
      case INITIAL_DSN -> MptcpKeys.initialDsn(names.key(place, key)) + number;
    };
  }

  /** The number when it is written in digits. */
  OptionalLong written() {
    return kind == Kind.NUMBER ? OptionalLong.of(number) : OptionalLong.empty();
  }
}
