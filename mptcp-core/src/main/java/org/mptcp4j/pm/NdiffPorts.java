package org.mptcp4j.pm;

import java.util.stream.Stream;
import org.mptcp4j.link.packet.IpAddress;

/**
 * Several subflows between the two addresses that the connection began on, from different ports:
 * where routers spread flows over paths by their ports. The end that opened the connection joins;
 * only when the peer admits joins to its initial address (RFC 8684 section 3.1, flag C). One that
 * fails is replaced after 1 s, then 2, 4 and so on up to 64 s; one that was closed in order, or
 * that the peer refuses for good (section 3.6), is not.
 */
public final class NdiffPorts implements PathManager {
  /** Subflows, the first one included, when nothing else is asked for. */
  public static final int DEFAULT_SUBFLOWS = 2;

  private static final long FIRST_WAIT_NS = 1_000_000_000L;
  private static final int LONGEST_BACK_OFF = 6;

  private int wanted;
  private int failures;
  private long dueNs;

  /** Makes one for a connection, of {@link #DEFAULT_SUBFLOWS} subflows. */
  public NdiffPorts() {
    this(DEFAULT_SUBFLOWS);
  }

  /**
   * Makes one for a connection.
   *
   * @param subflows how many, the first one included; the limits of the connection hold
   * @throws IllegalArgumentException when it is less than 1
   */
  public NdiffPorts(int subflows) {
    if (subflows < 1) {
      throw new IllegalArgumentException(
          "ndiffports needs at least 1 subflow, the first, but is asked for " + subflows);
    }
    wanted = subflows;
  }

  @Override
  public String name() {
    return "ndiffports";
  }

  @Override
  public void onEstablished(PmView view, PmCommands commands) {
    complete(view, commands);
  }

  @Override
  public void onLocalAddress(PmView view, PmCommands commands, LocalAddress address) {
    if (address.address().equals(view.initialLocal())) {
      failures = 0;
      dueNs = 0;
      complete(view, commands);
    }
  }

  @Override
  public void onSubflowUp(PmView view, PmCommands commands, PmSubflow subflow) {
    failures = 0;
  }

  @Override
  public void onSubflowDown(PmView view, PmCommands commands, PmSubflow subflow, SubflowEnd end) {
    if (!isOurs(view, subflow) || end.cause() == SubflowEnd.Cause.WITHDRAWN) {
      return;
    }
    boolean refused = end.peerReset().filter(reset -> !reset.isTransient()).isPresent();
    if (end.cause() == SubflowEnd.Cause.ENDED || refused) {
      wanted--;
      return;
    }
    failed(view, commands);
  }

  @Override
  public void onJoinNotStarted(
      PmView view, PmCommands commands, LocalAddress local, RemoteAddress remote) {
    failed(view, commands);
  }

  @Override
  public void onTimeout(PmView view, PmCommands commands) {
    complete(view, commands);
  }

  private void failed(PmView view, PmCommands commands) {
    dueNs = view.nowNs() + (FIRST_WAIT_NS << failures);
    failures = Math.min(failures + 1, LONGEST_BACK_OFF);
    commands.wakeAt(dueNs);
  }

  private void complete(PmView view, PmCommands commands) {
    if (view.passive() || !view.joinToInitialAllowed() || view.nowNs() < dueNs) {
      return;
    }
    IpAddress initial = view.initialLocal();
    for (LocalAddress local : view.localAddresses()) {
      if (local.address().equals(initial)) {
        long there =
            Stream.concat(view.subflows().stream(), view.closing().stream())
                .filter(s -> isOurs(view, s))
                .count();
        for (long i = there; i < wanted; i++) {
          commands.join(local, view.initialRemote(), local.priority());
        }
      }
    }
  }

  private static boolean isOurs(PmView view, PmSubflow subflow) {
    return subflow.local().equals(view.initialLocal())
        && subflow.remote().equals(view.initialRemote().address());
  }
}
