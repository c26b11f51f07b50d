package org.mptcp4j.cc;

import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.mptcp4j.spi.Registry;

/**
 * Congestion control algorithms by name: those of this library, under the names Linux uses, and
 * those that jars on the class path add.
 */
public final class CongestionControls {
  /** The algorithm of a connection for which none was chosen. */
  public static final String DEFAULT = "cubic";

  private record Maker(String name, Function<CcContext, CongestionControl> maker)
      implements CongestionControlFactory {
    @Override
    public CongestionControl create(CcContext context) {
      return maker.apply(context);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static final Registry<CongestionControlFactory> KNOWN =
      new Registry<>(
          "congestion control",
          CongestionControlFactory.class,
          List.of(
              of(DEFAULT, Cubic::new),
              of("reno", NewReno::new),
              of("lia", Lia::new),
              of("bbr", Bbr::new)));

  private CongestionControls() {}

  /**
   * All names, those of this library first.
   *
   * @throws IllegalStateException when two algorithms have one name, or one has no proper name
   */
  public static List<String> names() {
    return KNOWN.names();
  }

  /**
   * Finds an algorithm.
   *
   * @param name a name of {@link #names()}
   * @return the algorithm, the same one at each call
   * @throws IllegalArgumentException when there is none of that name; the message lists those there
   *     are
   * @throws IllegalStateException when two algorithms have one name, or one has no proper name
   */
  public static CongestionControlFactory byName(String name) {
    return KNOWN.byName(name);
  }

  /**
   * An algorithm to be chosen by instance.
   *
   * @param name what it is shown under
   * @param maker makes one for a socket, for example a constructor
   */
  public static CongestionControlFactory of(
      String name, Function<CcContext, CongestionControl> maker) {
    return new Maker(Objects.requireNonNull(name, "name"), Objects.requireNonNull(maker, "maker"));
  }
}
