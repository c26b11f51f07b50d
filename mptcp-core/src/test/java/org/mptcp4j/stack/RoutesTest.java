package org.mptcp4j.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mptcp4j.api.LinkState;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.IpPrefix;
import org.mptcp4j.pm.LocalAddress;
import org.mptcp4j.pm.Priority;

class RoutesTest {
  private final Routes routes = new Routes();

  @BeforeEach
  void twoLinks() {
    routes.addLink(0, 1500);
    routes.addLink(7, 9000);
    add(0, "10.0.1.2/24");
    add(0, "fd00:1::2/64");
    add(7, "10.0.2.2/24");
    add(7, "10.0.2.129/25");
    add(7, "fd00:2::2/64");
  }

  private void add(int link, String prefix) {
    routes.addAddress(link, IpPrefix.parse(prefix), Priority.NORMAL, Announce.NO);
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.1.99, 10.0.1.2",
    "10.0.2.5, 10.0.2.2",
    "10.0.2.200, 10.0.2.129",
    "8.8.8.8, 10.0.1.2",
    "fd00:2::77, fd00:2::2",
    "2001:db8::1, fd00:1::2",
  })
  void longestPrefixElseTheFirstOfTheFamily(String remote, String source) {
    assertThat(routes.sourceFor(IpAddress.parse(remote))).isEqualTo(IpAddress.parse(source));
  }

  @Test
  void aLinkThatIsDownIsNoWayOut() {
    IpAddress near = IpAddress.parse("10.0.1.99");
    assertThat(routes.setState(0, LinkState.DOWN)).isTrue();
    assertThat(routes.setState(0, LinkState.DOWN)).isFalse();
    assertThat(routes.sourceFor(near)).isEqualTo(IpAddress.parse("10.0.2.2"));
    assertThat(routes.linkFor(IpAddress.parse("10.0.1.2"), near)).isEqualTo(-1);
    assertThat(routes.linkOf(0, IpAddress.parse("10.0.1.2").lo())).isZero();
    assertThat(routes.linkOf(0, IpAddress.parse("10.0.1.9").lo())).isEqualTo(-1);
    routes.setState(7, LinkState.DOWN);
    assertThat(routes.sourceFor(near)).isNull();
    assertThat(routes.hasFamilyOf(near)).isTrue();
    assertThat(routes.usable()).isEmpty();
  }

  // RFC 1122 section 3.2.1.3, RFC 3927, RFC 4291 section 2.4.
  @ParameterizedTest
  @CsvSource({
    "8.8.8.8, true",
    "10.0.1.1, true",
    "10.0.2.126, true",
    "2001:db8::1, true",
    "fd00:1::1, true",
    "0.0.0.0, false",
    "0.1.2.3, false",
    "127.0.0.1, false",
    "127.255.255.254, false",
    "224.0.0.1, false",
    "239.255.255.255, false",
    "240.1.1.1, false",
    "255.255.255.255, false",
    "10.0.1.255, false",
    "10.0.1.0, false",
    "10.0.2.128, false",
    "10.0.3.255, true",
    "169.254.1.1, false",
    "::, false",
    "::1, false",
    "ff02::1, false",
    "ff0e::1, false",
    "fe80::1, false",
    "febf::1, false",
    "fec0::1, true",
    "::ffff:224.0.0.1, false",
    "::ffff:8.8.8.8, true",
  })
  void whereAHostCanBe(String address, boolean destination) {
    assertThat(routes.isDestination(IpAddress.parse(address))).isEqualTo(destination);
    IpAddress initial = IpAddress.parse("10.0.1.1");
    assertThat(routes.mayBelongToPeer(IpAddress.parse(address), initial)).isEqualTo(destination);
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.1.2, 10.0.1.1, false",
    "fd00:2::2, 10.0.1.1, false",
    "10.0.1.2, 10.0.2.2, true",
    "127.0.0.2, 10.0.1.1, false",
    "127.0.0.2, 127.0.0.3, true",
    "::1, 127.0.0.3, true",
    "10.0.1.1, 127.0.0.3, true",
    "fe80::9, fd00:1::1, true",
    "169.254.3.2, 10.0.1.1, true",
    "10.5.0.1, 10.0.1.1, true",
    "10.6.0.1, 10.0.1.1, false",
  })
  void whatAPeerMayAnnounce(String announced, String initial, boolean taken) {
    add(0, "127.0.0.1/8");
    add(0, "::2/120");
    add(0, "fe80::2/64");
    add(0, "169.254.1.1/16");
    add(0, "10.5.0.0/31");
    add(0, "10.6.0.1/32");
    assertThat(routes.mayBelongToPeer(IpAddress.parse(announced), IpAddress.parse(initial)))
        .isEqualTo(taken);
  }

  @Test
  void packetsLeaveThroughTheLinkOfTheirSource() {
    IpAddress far = IpAddress.parse("8.8.8.8");
    assertThat(routes.linkFor(IpAddress.parse("10.0.2.2"), far)).isEqualTo(7);
    assertThat(routes.linkFor(IpAddress.parse("10.9.9.9"), far)).isEqualTo(-1);
    assertThat(routes.linkFor(IpAddress.parse("fd00:2::2"), far)).isEqualTo(-1);
  }

  @Test
  void anAddressThatComesDoesNotGetTheIdOfOneThatWent() {
    assertThat(routes.usable()).extracting(LocalAddress::id).containsExactly(1, 2, 3, 4, 5);
    assertThat(routes.removeAddress(IpAddress.parse("10.0.2.2")).id()).isEqualTo(3);
    assertThat(routes.removeAddress(IpAddress.parse("10.0.2.2"))).isNull();
    add(0, "10.0.3.1/24");
    assertThat(routes.usable()).extracting(LocalAddress::id).containsExactly(1, 2, 4, 5, 6);
  }

  @Test
  void misuseSaysWhatToDo() {
    assertThatThrownBy(() -> routes.addLink(7, 1500)).hasMessageContaining("exists already");
    assertThatThrownBy(() -> routes.addLink(8, 100)).hasMessageContaining("MTU 100");
    assertThatThrownBy(() -> add(3, "10.1.0.1/8")).hasMessageContaining("no link 3");
    assertThatThrownBy(() -> add(0, "10.0.2.2/8")).hasMessageContaining("assigned already");
  }

  // RFC 8684 section 3.4.1: an id means the address that it was given to.
  @Test
  void idsRestUntilAllOthersWereUsed() {
    IpAddress address = IpAddress.parse("10.0.1.3");
    for (int id = 6; id <= 255; id++) {
      assertThat(addAndRemove(address)).isEqualTo(id);
    }
    assertThat(routes.removeAddress(IpAddress.parse("10.0.2.2")).id()).isEqualTo(3);
    assertThat(addAndRemove(address)).isEqualTo(3);
    assertThat(addAndRemove(address)).isEqualTo(6);
  }

  private int addAndRemove(IpAddress address) {
    add(0, address + "/24");
    return routes.removeAddress(address).id();
  }

  @Test
  void thereAreAsManyIdsAsAddresses() {
    for (int i = 0; i < 250; i++) {
      add(0, "10.0.1." + (i < 249 ? i + 4 : 3) + "/24");
    }
    assertThatThrownBy(() -> add(0, "10.0.3.1/24"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("255");
    routes.removeAddress(IpAddress.parse("10.0.1.9"));
    assertThat(addAndRemove(IpAddress.parse("10.0.3.1"))).isEqualTo(11);
  }
}
