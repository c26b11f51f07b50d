package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.pm.LocalAddress;
import org.mptcp4j.wire.AddAddr;

/** RFC 8684 section 3.4.1. */
class AddressAnnouncementsTest {
  private final MptcpCrypto crypto = new MptcpCrypto();
  private final SessionKeys keys = new SessionKeys(0x4be00f8a0836addcL, 1, crypto);
  private final AddressAnnouncements announcements = new AddressAnnouncements(3);

  private static final long S = 1_000_000_000L;
  private long nowNs;

  private AddAddr next() {
    return announcements
        .next(nowNs, 2 * S, keys, crypto)
        .map(AddressAnnouncements.Step::option)
        .orElse(null);
  }

  private static LocalAddress address(int id) {
    return new LocalAddress(id, IpAddress.parse("10.0." + (id + 1) + ".2"), id);
  }

  private static AddAddr echo(int id) {
    return new AddAddr(true, id, address(1).address(), 0, 0);
  }

  @Test
  void carriesTheHmacOfTheSendersKeyFirst() {
    keys.remote(0x518a68d4b2d9de2eL, crypto);
    announcements.add(address(1), 0);
    assertThat(next().hmac()).isEqualTo(0xbe119c3d00444e5aL);
  }

  @Test
  void eachIsRepeatedUntilEchoedOrTriedFourTimes() {
    announcements.add(address(1), 0);
    announcements.add(address(2), 0);
    announcements.add(address(1), 0);
    AddAddr one = next();
    assertThat(one.addressId()).isEqualTo(1);
    assertThat(next()).isNull();
    // Without an echo the next one follows, and both are outstanding.
    assertThat(announcements.dueNs(nowNs)).isEqualTo(S);
    nowNs = S;
    assertThat(next().addressId()).isEqualTo(2);
    assertThat(next()).isNull();
    nowNs = 2 * S;
    assertThat(next()).isEqualTo(one);
    assertThat(announcements.echoed(echo(3))).isFalse();
    assertThat(announcements.echoed(one.toEcho())).isTrue();
    for (nowNs = 3 * S; nowNs <= 7 * S; nowNs += 2 * S) {
      assertThat(next().addressId()).isEqualTo(2);
      assertThat(next()).isNull();
    }
    nowNs = 9 * S;
    assertThat(next()).isNull();
    assertThat(announcements.dueNs(nowNs)).isEqualTo(Long.MAX_VALUE);
  }

  /** As many as there are ids, each behind the echo of the one before. */
  @Test
  void allIdsAreAnnounced() {
    for (int id = 1; id <= 255; id++) {
      announcements.add(new LocalAddress(id, address(1).address(), 0), 0);
    }
    int sent = 0;
    for (AddAddr option = next(); option != null; option = next()) {
      sent++;
    }
    assertThat(sent).isEqualTo(1);
    for (int id = 1; id <= 255; id++) {
      assertThat(announcements.echoed(echo(id))).isTrue();
      sent += next() == null ? 0 : 1;
    }
    assertThat(sent).isEqualTo(255);
    assertThat(announcements.dueNs(nowNs)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void withdrawnIsForgotten() {
    announcements.add(address(1), 0);
    next();
    announcements.add(address(2), 0);
    announcements.withdraw(1, Optional.empty());
    announcements.withdraw(2, Optional.empty());
    assertThat(next()).isNull();
    assertThat(announcements.dueNs(nowNs)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void portsStayOpenAfterTheEcho() {
    announcements.add(address(1), 10_100);
    next();
    assertThat(announcements.echoed(echo(1))).isFalse();
    assertThat(announcements.echoed(new AddAddr(true, 1, address(1).address(), 10_100, 0)))
        .isTrue();
    assertThat(announcements.admits(address(1).address(), 10_100)).isTrue();
    assertThat(announcements.admits(address(1).address(), 10_101)).isFalse();
    announcements.withdraw(1, Optional.empty());
    assertThat(announcements.admits(address(1).address(), 10_100)).isFalse();
  }

  @Test
  void eightAreWithdrawnInARoundTrip() {
    for (int id = 0; id < 10; id++) {
      announcements.withdraw(id, Optional.empty());
    }
    assertThat(announcements.takeWithdrawn(nowNs, S)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
    assertThat(announcements.takeWithdrawn(nowNs, S)).isEmpty();
    assertThat(announcements.isDue(nowNs)).isFalse();
    assertThat(announcements.dueNs(nowNs)).isEqualTo(S);
    nowNs = S;
    assertThat(announcements.isDue(nowNs)).isTrue();
    assertThat(announcements.takeWithdrawn(nowNs, S)).containsExactly(8, 9);
    assertThat(announcements.dueNs(nowNs)).isEqualTo(Long.MAX_VALUE);
  }

  /** The echo repeats the whole announcement; one that is late is that of another address. */
  @Test
  void anEchoOfWhatHadTheIdBeforeIsNone() {
    announcements.add(address(1), 0);
    final AddAddr first = next();
    announcements.withdraw(1, Optional.empty());
    announcements.takeWithdrawn(nowNs, S);
    announcements.add(new LocalAddress(1, address(2).address(), 0), 0);
    AddAddr second = next();
    assertThat(announcements.echoed(first.toEcho())).isFalse();
    nowNs = 2 * S;
    assertThat(next()).isEqualTo(second);
    assertThat(announcements.echoed(second.toEcho())).isTrue();
  }

  /** RFC 8684 section 3.4.1: an id stands for one address until it is withdrawn. */
  @Test
  void anIdGetsAnotherAddressWhenItsWithdrawalHasLeft() {
    announcements.add(address(1), 0);
    announcements.add(address(2), 0);
    announcements.echoed(next().toEcho());
    announcements.echoed(next().toEcho());
    announcements.withdraw(1, Optional.empty());
    assertThat(announcements.takeWithdrawn(nowNs, S)).containsExactly(1);
    announcements.withdraw(2, Optional.empty());
    announcements.add(new LocalAddress(2, address(3).address(), 0), 0);
    assertThat(next()).isNull();
    assertThat(announcements.dueNs(nowNs)).isEqualTo(S);
    nowNs = S;
    assertThat(announcements.takeWithdrawn(nowNs, S)).containsExactly(2);
    assertThat(next().address()).isEqualTo(address(3).address());
  }

  @Test
  void anAddressThatIsBackInTimeIsNotWithdrawn() {
    announcements.add(address(1), 0);
    announcements.echoed(next().toEcho());
    announcements.withdraw(1, Optional.empty());
    announcements.add(address(1), 0);
    assertThat(announcements.takeWithdrawn(nowNs, S)).isEmpty();
    assertThat(next().addressId()).isEqualTo(1);
  }

  /** Of an id that was only joined, the subflows show which address it was. */
  @Test
  void anAddressThatWasOnlyJoinedMayBeBack() {
    announcements.withdraw(1, Optional.of(address(1).address()));
    announcements.withdraw(2, Optional.of(address(2).address()));
    announcements.add(address(1), 0);
    announcements.add(new LocalAddress(2, address(3).address(), 0), 0);
    assertThat(next().addressId()).isEqualTo(1);
    assertThat(announcements.takeWithdrawn(nowNs, S)).containsExactly(2);
  }

  /** A withdrawal that comes late would close the subflow that has the id now. */
  @Test
  void anIdThatIsJoinedIsNotWithdrawn() {
    announcements.withdraw(1, Optional.of(address(1).address()));
    announcements.used(1);
    assertThat(announcements.takeWithdrawn(nowNs, S)).isEmpty();
  }
}
