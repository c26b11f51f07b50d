package org.mptcp4j.link.tun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.tun.TunException.Reason;

class TunAddressTest {

  @ParameterizedTest
  @CsvSource({
    "10.1.0.2/24, 10.1.0.1",
    "10.1.0.1/24, 10.1.0.2",
    "10.1.0.9/30, 10.1.0.10",
    "10.1.0.8/31, 10.1.0.9",
    "10.1.0.9/31, 10.1.0.8",
    "10.77.3.4/8, 10.0.0.1",
    "fd00::2/64, fd00::1",
    "fd00::1/64, fd00::2",
    "fd00::5/127, fd00::4",
    "fd00:1:2:3::9/48, fd00:1:2::1"
  })
  void kernelGetsTheFirstOtherHostAddress(String ours, String kernel) throws TunException {
    assertThat(TunAddress.parse(ours).kernelSide()).isEqualTo(IpAddress.parse(kernel));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.1.0.2",
        "10.1.0/24",
        "10.1.0.2/x",
        "10.1.0.2/32",
        "10.1.0.2/-1",
        "10.1.0.0/24",
        "10.1.0.4/30",
        "0.0.0.0/0",
        "fd00::/64",
        "::1/128",
        ""
      })
  void saysWhatDoesNotParse(String text) {
    assertThatExceptionOfType(TunException.class)
        .isThrownBy(() -> TunAddress.parse(text))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.BAD_ADDRESS))
        .withMessageContaining("\"" + text + "\"");
  }

  @Test
  void optionsHoldAllAddressesOfTheText() throws TunException {
    TunOptions options = TunOptions.parse("tun7:10.1.0.2/24,fd00::2/64");

    assertThat(options.name()).isEqualTo("tun7");
    assertThat(options.addresses())
        .containsExactly(TunAddress.parse("10.1.0.2/24"), TunAddress.parse("fd00::2/64"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sixteen.letters.", "a b", "a/b", "..", "ü"})
  void refusesNamesThatLinuxRefuses(String name) {
    assertThatExceptionOfType(TunException.class)
        .isThrownBy(() -> TunOptions.parse(name + ":10.1.0.2/24"))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.BAD_NAME));
  }
}
