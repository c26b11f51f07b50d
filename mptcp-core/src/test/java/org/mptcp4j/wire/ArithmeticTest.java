package org.mptcp4j.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.link.packet.IpAddress;

/** Sequence numbers and addresses. */
class ArithmeticTest {
  // RFC 9293 section 3.4
  @Property
  void sequenceNumbersWrap(@ForAll int a, @ForAll @IntRange(min = 1) int step) {
    int b = a + step;
    assertThat(Seq32.lt(a, b)).isTrue();
    assertThat(Seq32.ge(a, b)).isFalse();
    assertThat(Seq32.gt(b, a)).isTrue();
    assertThat(Seq32.le(a, a)).isTrue();
    assertThat(Seq32.max(a, b)).isEqualTo(b);
    assertThat(Seq32.min(a, b)).isEqualTo(a);
    assertThat(Seq32.diff(b, a)).isEqualTo(step);
  }

  @Property
  void dataSequenceNumbersWrap(@ForAll long a, @ForAll @LongRange(min = 1) long step) {
    long b = a + step;
    assertThat(Seq64.lt(a, b)).isTrue();
    assertThat(Seq64.ge(a, b)).isFalse();
    assertThat(Seq64.max(a, b)).isEqualTo(b);
    assertThat(Seq64.min(b, a)).isEqualTo(a);
  }

  // RFC 8684 section 3.3.1
  @Property
  void theNearestNumberIsExpanded(@ForAll long near, @ForAll int distance) {
    long wanted = near + distance;
    assertThat(Seq64.expand(near, (int) wanted)).isEqualTo(wanted);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"10.0.0.1", "0.0.0.0", "255.255.255.255", "fd00::1", "::", "2001:db8::8:0:1"})
  void addressesRoundTrip(String literal) {
    IpAddress address = IpAddress.parse(literal);
    assertThat(address).hasToString(literal);
    assertThat(IpAddress.of(address.toInetAddress())).isEqualTo(address);
    assertThat(IpAddress.of(address.hi(), address.lo())).isEqualTo(address);
    assertThat(address.isV4()).isEqualTo(literal.contains("."));
  }

  @Test
  void addressesAreOrdered() {
    assertThat(IpAddress.parse("10.0.0.1")).isLessThan(IpAddress.parse("200.0.0.1"));
    assertThat(IpAddress.parse("fd00::1")).isGreaterThan(IpAddress.parse("2001:db8::1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "localhost", "10.0.0", "10.0.0.256", "fd00::1::2", "10.0.0.1/24"})
  void whatIsNoAddressIsRefused(String literal) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> IpAddress.parse(literal))
        .withMessageContaining("'" + literal + "'");
  }
}
