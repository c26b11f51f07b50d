package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.pm.LocalAddress;
import org.mptcp4j.wire.AddAddr;

/** RFC 8684 section 3.4.1. */
class AddressAnnouncementsTest {
  private final MptcpCrypto crypto = new MptcpCrypto();
  private final SessionKeys keys = new SessionKeys(0x4be00f8a0836addcL, 1, crypto);
  private final AddressAnnouncements announcements = new AddressAnnouncements(3);

  private AddAddr next() {
    return announcements.next(keys, crypto);
  }

  private static LocalAddress address(int id) {
    return new LocalAddress(id, IpAddress.parse("10.0." + (id + 1) + ".2"), id);
  }

  @Test
  void carriesTheHmacOfTheSendersKeyFirst() {
    keys.remote(0x518a68d4b2d9de2eL, crypto);
    announcements.add(address(1), 0);
    assertThat(next().hmac()).isEqualTo(0xbe119c3d00444e5aL);
  }

  @Test
  void oneAtATimeUntilEchoedOrTriedFourTimes() {
    announcements.add(address(1), 0);
    announcements.add(address(2), 0);
    announcements.add(address(1), 0);
    AddAddr one = next();
    assertThat(one.addressId()).isEqualTo(1);
    assertThat(next()).isEqualTo(one);
    assertThat(announcements.echoed(address2Echo())).isFalse();
    assertThat(announcements.echoed(one.toEcho())).isTrue();
    for (int i = 0; i < 4; i++) {
      assertThat(next().addressId()).isEqualTo(2);
    }
    assertThat(next()).isNull();
    assertThat(announcements.awaitingEcho()).isFalse();
  }

  private static AddAddr address2Echo() {
    return new AddAddr(true, 2, address(2).address(), 0, 0);
  }

  @Test
  void withdrawnIsForgotten() {
    announcements.add(address(1), 0);
    next();
    announcements.add(address(2), 0);
    announcements.withdraw(1);
    announcements.withdraw(2);
    assertThat(next()).isNull();
  }
}
