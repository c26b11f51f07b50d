package org.mptcp4j.examples.plugins;

import org.mptcp4j.pm.PathManager;
import org.mptcp4j.pm.PathManagerFactory;

/** Makes {@link Spare} known by its name. */
public final class SpareFactory implements PathManagerFactory {
  @Override
  public String name() {
    return "spare";
  }

  @Override
  public PathManager get() {
    return new Spare();
  }
}
