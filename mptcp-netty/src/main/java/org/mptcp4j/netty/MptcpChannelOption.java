package org.mptcp4j.netty;

import io.netty.channel.ChannelOption;

/**
 * Channel options beyond those of Netty. {@link #CONGESTION_CONTROL} and {@link #SCHEDULER} may be
 * changed at any time. The others are chosen before the connection exists: on a {@code Bootstrap},
 * or with {@code ServerBootstrap.option} (not {@code childOption}) for the connections that a
 * server accepts. A connection that is open stays as it is, which the log says once.
 *
 * @param <T> type of the value
 */
public final class MptcpChannelOption<T> extends ChannelOption<T> {
  /** Whether to offer or accept MPTCP; {@code false} is plain TCP. Default: true. */
  public static final ChannelOption<Boolean> MPTCP = valueOf(MptcpChannelOption.class, "MPTCP");

  /**
   * Name of the congestion control of every subflow, instead of the host's: one of {@link
   * org.mptcp4j.cc.CongestionControls#names()}. May be changed at any time.
   */
  public static final ChannelOption<String> CONGESTION_CONTROL =
      valueOf(MptcpChannelOption.class, "CONGESTION_CONTROL");

  /**
   * Name of the packet scheduler, instead of the host's: one of {@link
   * org.mptcp4j.sched.Schedulers#names()}. May be changed at any time. {@link
   * MptcpPaths#setScheduler(org.mptcp4j.sched.Scheduler)} takes one that has no name there.
   */
  public static final ChannelOption<String> SCHEDULER =
      valueOf(MptcpChannelOption.class, "SCHEDULER");

  /**
   * Name of the path manager, instead of the host's: one of {@link
   * org.mptcp4j.pm.PathManagers#names()}. {@link MptcpPaths#setPathManager(String)} exchanges it on
   * an open connection.
   */
  public static final ChannelOption<String> PATH_MANAGER =
      valueOf(MptcpChannelOption.class, "PATH_MANAGER");

  /** Whether to spread what is sent over the round trip, instead of bursts. Default: false. */
  public static final ChannelOption<Boolean> PACING = valueOf(MptcpChannelOption.class, "PACING");

  @SuppressWarnings({
    "deprecation",
    "unused"
  }) // the constructor that ChannelOption leaves to its subclasses
  private MptcpChannelOption() {
    super(null);
  }
}
