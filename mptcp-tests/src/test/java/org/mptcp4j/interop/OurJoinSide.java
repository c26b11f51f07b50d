package org.mptcp4j.interop;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.pm.Endpoint;
import org.mptcp4j.pm.Endpoint.Flag;
import org.mptcp4j.pm.EndpointChange;
import org.mptcp4j.pm.Endpoints;

/** This stack's, by {@link Endpoints}. */
final class OurJoinSide implements JoinSide {
  private final StackHost host;
  private final Endpoints endpoints;

  OurJoinSide(StackHost host, Endpoints endpoints) {
    this.host = host;
    this.endpoints = endpoints;
  }

  private void tell(Supplier<EndpointChange> change) {
    host.call(
        () -> {
          host.stack().tellPathManagers(System.nanoTime(), change.get());
          return null;
        });
  }

  @Override
  public void limits(int subflows, int addAddrAccepted) {
    endpoints.setLimits(subflows, addAddrAccepted);
  }

  @Override
  public void add(String address, String flags, int id, int port, int link) {
    Endpoint endpoint = Endpoint.of(address, flags(flags).toArray(Flag[]::new));
    tell(
        () ->
            endpoints.add(
                endpoint
                    .withId(id)
                    .withPort(port)
                    .withLink(link > 0 ? link - 1 : Endpoint.ANY_LINK)));
  }

  private static EnumSet<Flag> flags(String text) {
    EnumSet<Flag> flags = EnumSet.noneOf(Flag.class);
    for (String flag : text.split(",")) {
      if (!flag.isEmpty()) {
        flags.add(Flag.valueOf(flag.toUpperCase(Locale.ROOT)));
      }
    }
    return flags;
  }

  @Override
  public void delete(int id) {
    tell(() -> endpoints.delete(id));
  }

  @Override
  public void deleteInitial(String address) {
    tell(() -> endpoints.deleteInitial(IpAddress.parse(address)));
  }

  @Override
  public void change(int id, String flags) {
    EnumSet<Flag> wanted = EnumSet.copyOf(endpoints.byId(id).orElseThrow().flags());
    wanted.retainAll(EnumSet.of(Flag.BACKUP, Flag.FULLMESH));
    for (String flag : flags.split(",")) {
      Flag meant = Flag.valueOf(flag.replaceFirst("^no", "").toUpperCase(Locale.ROOT));
      if (flag.startsWith("no")) {
        wanted.remove(meant);
      } else {
        wanted.add(meant);
      }
    }
    tell(() -> endpoints.change(id, wanted.toArray(Flag[]::new)));
  }

  @Override
  public void flush() {
    tell(endpoints::flush);
  }

  @Override
  public Map<Integer, String> endpoints() {
    Map<Integer, String> found = new LinkedHashMap<>();
    endpoints.list().forEach(e -> found.put(e.id(), e.toString()));
    return found;
  }

  @Override
  public Map<String, Long> counters() {
    return host.counters();
  }
}
