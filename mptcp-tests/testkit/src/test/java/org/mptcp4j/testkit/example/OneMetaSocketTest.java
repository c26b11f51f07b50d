package org.mptcp4j.testkit.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.testkit.byhand.MetaSockByHand.FIRST_DSN;
import static org.mptcp4j.testkit.byhand.MetaSockByHand.PEER_FIRST_DSN;
import static org.mptcp4j.testkit.byhand.MetaSockByHand.WINDOW;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.mptcp.ConnectionConfig;
import org.mptcp4j.mptcp.ConnectionEvents;
import org.mptcp4j.mptcp.Life;
import org.mptcp4j.testkit.byhand.MetaSockByHand;
import org.mptcp4j.testkit.byhand.MetaSockByHand.Range;

/** One meta socket without a subflow, stepped by hand. */
class OneMetaSocketTest {
  private final MetaSockByHand meta = MetaSockByHand.established(ConnectionConfig.defaults());

  @AfterEach
  void close() {
    meta.close();
  }

  // RFC 8684 section 3.3.6: what is not acknowledged at the data level may go out again elsewhere.
  @Test
  void bytesAreKeptUntilTheyAreAcknowledged() {
    meta.writes("hello");
    assertThat(meta.sends(3)).isEqualTo(new Range(FIRST_DSN, "hel"));
    assertThat(meta.sends(100)).isEqualTo(new Range(FIRST_DSN + 3, "lo"));
    assertThat(meta.acknowledges(FIRST_DSN + 3, WINDOW)).isTrue();
    assertThat(meta.sendsAgain(FIRST_DSN + 3, 2).text()).isEqualTo("lo");
    assertThat(meta.acknowledges(FIRST_DSN + 5, WINDOW)).isTrue();
    assertThat(meta.acknowledges(FIRST_DSN + 5, WINDOW)).isFalse();
    assertThat(meta.meta().bytesAcked()).isEqualTo(5);
  }

  // RFC 8684 section 3.3.1: the right edge of the window is the largest that was told.
  @Test
  void theWindowIsThatOfTheDataLevel() {
    meta.acknowledges(FIRST_DSN, 10);
    meta.writes("x".repeat(70_000));
    assertThat(meta.sends(100_000).text()).hasSize(WINDOW);
    assertThat(meta.sends(100_000).text()).isEmpty();
    meta.acknowledges(FIRST_DSN + 1_000, WINDOW);
    assertThat(meta.sends(100_000).text()).hasSize(1_000);
  }

  // RFC 8684 section 3.3.3: bytes of all subflows in the order of the data, each of them once.
  @Test
  void bytesArePutInOrder() {
    meta.arrives(PEER_FIRST_DSN + 3, "lo");
    assertThat(meta.events() & ConnectionEvents.READABLE).isZero();
    meta.arrives(PEER_FIRST_DSN, "hel");
    meta.arrives(PEER_FIRST_DSN + 1, "el");
    assertThat(meta.events() & ConnectionEvents.READABLE).isNotZero();
    assertThat(meta.reads()).isEqualTo("hello");
    assertThat(meta.count(Mib.DUPLICATE_DATA)).isEqualTo(1);
  }

  // RFC 8684 section 3.3.3: the close states are those of TCP, of the data level.
  @Test
  void bothEndsFinish() {
    meta.writes("bye");
    meta.meta().shutdownOutput();
    assertThat(meta.sendsEnd()).as("before the data left").isFalse();
    meta.sends(3);
    assertThat(meta.sendsEnd()).isTrue();
    meta.ends(PEER_FIRST_DSN + 2);
    assertThat(meta.meta().life()).isEqualTo(Life.FIN_WAIT_1);
    meta.arrives(PEER_FIRST_DSN, "ok");
    assertThat(meta.meta().life()).isEqualTo(Life.CLOSING);
    assertThat(meta.reads()).isEqualTo("ok");
    assertThat(meta.meta().endOfStream()).isTrue();
    meta.acknowledges(FIRST_DSN + 4, WINDOW);
    assertThat(meta.meta().life()).isEqualTo(Life.FINISHED);
  }
}
