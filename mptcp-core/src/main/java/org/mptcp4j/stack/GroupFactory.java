package org.mptcp4j.stack;

import java.util.random.RandomGenerator;
import org.mptcp4j.api.StackGroup;

/** Makes groups for the API, which finds it by its name. */
public final class GroupFactory implements StackGroup.Factory {
  /** For the service loader. */
  public GroupFactory() {}

  @Override
  public StackGroup newGroup(int size, RandomGenerator random) {
    return new TupleDirectory(size, random);
  }
}
