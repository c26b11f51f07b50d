package org.mptcp4j.pm;

import java.util.ArrayList;
import java.util.List;
import org.mptcp4j.link.packet.IpAddress;

/** What the subflows were that the path manager {@code kernel} opened, to open them again. */
final class EndpointRetries {
  private record Opened(LocalAddress local, RemoteAddress remote) {
    boolean is(PmSubflow s) {
      return local.address().equals(s.local())
          && remote.address().equals(s.remote())
          && remote.port() == s.remotePort();
    }
  }

  private final List<Opened> opened = new ArrayList<>();
  private final PathRetries retries = new PathRetries();

  /** A join was asked for. */
  void opened(LocalAddress local, RemoteAddress remote) {
    boolean known =
        opened.stream()
            .anyMatch(
                o ->
                    o.local.address().equals(local.address())
                        && o.remote.address().equals(remote.address())
                        && o.remote.port() == remote.port());
    if (!known && opened.size() < PathRetries.LIMIT) {
      opened.add(new Opened(local, remote));
    }
  }

  void up(long nowNs, PmSubflow subflow) {
    retries.up(nowNs, subflow);
  }

  /** A subflow is over; if this end opened it, it will be tried again. */
  void down(PmView view, PmCommands commands, PmSubflow subflow, SubflowEnd end) {
    if (opened.stream().anyMatch(o -> o.is(subflow))) {
      retries.failed(view, subflow, end);
      commands.wakeAt(retries.nextNs(view.nowNs()));
    }
  }

  void notStarted(PmView view, PmCommands commands, LocalAddress local, RemoteAddress remote) {
    retries.notStarted(view.nowNs(), local.address(), remote);
    commands.wakeAt(retries.nextNs(view.nowNs()));
  }

  /** An address is there again: no waiting. */
  void again(PmView view, PmCommands commands, IpAddress local, int room) {
    retries.forget(local);
    run(view, commands, room);
  }

  /** Opens again what is due. */
  void run(PmView view, PmCommands commands, int room) {
    int left = room;
    for (Opened o : opened) {
      if (left > 0
          && !view.hasSubflow(o.local.address(), o.remote)
          && retries.mayTry(view, o.local.address(), o.remote)) {
        commands.join(o.local, o.remote, o.local.priority());
        left--;
      }
    }
    commands.wakeAt(retries.nextNs(view.nowNs()));
  }

  /** The peer withdrew an address. */
  void forgetRemote(int remoteId) {
    opened.removeIf(o -> o.remote.id() == remoteId);
  }

  /** An endpoint is gone. */
  void forgetLocal(IpAddress local) {
    opened.removeIf(o -> o.local.address().equals(local));
    retries.forget(local);
  }
}
