package org.mptcp4j.examples;

import org.mptcp4j.pm.LocalAddress;
import org.mptcp4j.pm.PathManager;
import org.mptcp4j.pm.PmCommands;
import org.mptcp4j.pm.PmSubflow;
import org.mptcp4j.pm.PmView;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.pm.SubflowEnd;

/** A second subflow as backup, made again 5 s after it broke. */
final class Spare implements PathManager {
  @Override
  public String name() {
    return "spare";
  }

  @Override
  public void onEstablished(PmView view, PmCommands commands) {
    for (LocalAddress local : view.localAddresses()) {
      if (!view.passive() && !view.hasSubflow(local.address(), view.initialRemote())) {
        commands.join(local, view.initialRemote(), Priority.BACKUP);
        return;
      }
    }
  }

  @Override
  public void onSubflowDown(PmView view, PmCommands commands, PmSubflow subflow, SubflowEnd end) {
    commands.wakeAt(view.nowNs() + 5_000_000_000L);
  }

  @Override
  public void onTimeout(PmView view, PmCommands commands) {
    onEstablished(view, commands);
  }
}
