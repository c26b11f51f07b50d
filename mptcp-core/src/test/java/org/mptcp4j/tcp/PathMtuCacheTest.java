package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.mptcp4j.link.packet.IpAddress;

class PathMtuCacheTest {
  private static final IpAddress HOME = IpAddress.parse("10.0.0.1");
  private static final IpAddress MOBILE = IpAddress.parse("10.1.0.1");
  private static final IpAddress SERVER = IpAddress.parse("192.0.2.1");

  private final PathMtuCache cache = new PathMtuCache(600);

  @Test
  void whatIsKnownExpires() {
    assertThat(cache.get(0, HOME, SERVER)).isEqualTo(PathMtuCache.UNKNOWN);
    cache.put(100, HOME, SERVER, 1300);
    assertThat(cache.get(699, HOME, SERVER)).isEqualTo(1300);
    assertThat(cache.get(700, HOME, SERVER)).isEqualTo(PathMtuCache.UNKNOWN);
    assertThat(cache.size()).isZero();
  }

  @Test
  void everyLocalAddressHasAPathOfItsOwn() {
    cache.put(0, HOME, SERVER, 1300);
    assertThat(cache.get(0, MOBILE, SERVER)).isEqualTo(PathMtuCache.UNKNOWN);
  }

  @Test
  void theNewestCounts() {
    cache.put(0, HOME, SERVER, 1300);
    cache.put(500, HOME, SERVER, 1400);
    assertThat(cache.get(1099, HOME, SERVER)).isEqualTo(1400);
    cache.remove(HOME, SERVER);
    assertThat(cache.get(500, HOME, SERVER)).isEqualTo(PathMtuCache.UNKNOWN);
  }

  @Test
  void theOldestGoesWhenItIsFull() {
    cache.put(0, HOME, SERVER, 1300);
    for (int i = 0; i < PathMtuCache.MAX_ENTRIES; i++) {
      assertThat(cache.get(0, HOME, SERVER)).isEqualTo(1300);
      cache.put(0, HOME, IpAddress.ofV4(i), 1200);
    }
    assertThat(cache.size()).isEqualTo(PathMtuCache.MAX_ENTRIES);
    assertThat(cache.get(0, HOME, SERVER)).isEqualTo(PathMtuCache.UNKNOWN);
    assertThat(cache.get(0, HOME, IpAddress.ofV4(0))).isEqualTo(1200);
  }
}
