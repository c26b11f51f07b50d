package org.mptcp4j.link.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpPrefixTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.1.1/24, 10.0.1.255, true",
    "10.0.1.1/24, 10.0.2.1, false",
    "10.0.1.1/0, 200.0.2.1, true",
    "10.0.1.1/32, 10.0.1.1, true",
    "10.0.1.1/32, 10.0.1.0, false",
    "10.0.1.1/31, 10.0.1.0, true",
    "10.0.1.1/0, ::1, false",
    "::/0, 10.0.1.1, false",
    "fd00::1/64, fd00::ffff:0:0:1, true",
    "fd00::1/64, fd00:0:0:1::1, false",
    "fd00::1/63, fd00:0:0:1::1, true",
    "fd00::1/65, fd00::8000:0:0:1, false",
    "fd00::1/128, fd00::1, true",
    "fd00::1/128, fd00::, false",
    "fd00::1/0, 2001:db8::1, true",
  })
  void containsWhatBeginsWithTheSameBits(String prefix, String address, boolean contains) {
    assertThat(IpPrefix.parse(prefix).contains(IpAddress.parse(address))).isEqualTo(contains);
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.1.77/24, 2, 10.0.1.2, 8",
    "10.0.1.77/32, 0, 10.0.1.77, 0",
    "10.0.1.77/0, 1, 0.0.0.1, 32",
    "fd00::77/64, 2, fd00::2, 64",
    "fd00:1::77/16, 2, fd00::2, 112",
    "fd00::77/0, 1, ::1, 128",
    "fd00::77/127, 0, fd00::76, 1",
  })
  void numbersItsHosts(String prefix, int number, String address, int hostBits) {
    IpPrefix p = IpPrefix.parse(prefix);
    assertThat(p.host(number)).isEqualTo(IpAddress.parse(address));
    assertThat(p.hostBits()).isEqualTo(hostBits);
  }

  @Test
  void isWrittenAsItIsRead() {
    assertThat(IpPrefix.parse("10.0.1.77/24")).hasToString("10.0.1.77/24");
    assertThat(IpPrefix.parse("fd00::77/64")).hasToString("fd00::77/64");
    assertThat(IpPrefix.parse("10.0.1.77")).hasToString("10.0.1.77/32");
    assertThat(IpPrefix.parse("fd00::77")).hasToString("fd00::77/128");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.1.1/33",
        "10.0.1.1/-1",
        "10.0.1.1/",
        "10.0.1.1/x",
        "fd00::/129",
        "host/24",
        "/24"
      })
  void refusesWhatIsNone(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> IpPrefix.parse(text));
  }
}
