package org.mptcp4j.link.tun;

import java.util.List;
import java.util.Optional;
import org.mptcp4j.link.tun.TunException.Reason;

/** What attaching to a name means, by what has the name already; and why it failed. */
final class TunAttachment {
  private final TunOptions options;
  private final Optional<TunState> existing;
  private final IpCommands commands;

  /**
   * Checks what can be checked before.
   *
   * @param existing the interface of that name
   * @throws TunException when it cannot be attached to
   */
  TunAttachment(TunOptions options, Optional<TunState> existing) throws TunException {
    this.options = options;
    this.existing = existing;
    // an administrator names a device; only an open TUNSETIFF picks numbers
    commands = new IpCommands(options.name().replace("%d", "0"), options.namespace());
    if (existing.isPresent()) {
      check(existing.get());
    }
  }

  private void check(TunState state) throws TunException {
    switch (state.kind()) {
      case OTHER -> {
        // Perhaps a TUN device of a kernel that does not say so: the attempt will tell.
      }
      case TAP ->
          throw new TunException(
              Reason.IN_USE,
              "interface "
                  + options.name()
                  + " is a TAP device, which carries Ethernet, not a TUN"
                  + " device: "
                  + anew());
      case TUN -> {
        // The kernel would let us join the queues of a device that another process reads, and take
        // a part of its packets away.
        if (state.attached() > 0) {
          throw failed(LibC.EBUSY);
        }
        if (options.queues() > 1 && !state.multiQueue()) {
          throw new TunException(
              Reason.ONE_QUEUE,
              "TUN device "
                  + options.name()
                  + " exists and has one queue, but "
                  + options.queues()
                  + " are wanted: "
                  + anew());
        }
      }
    }
  }

  /** Whether IFF_MULTI_QUEUE is needed, which must be as the device was made. */
  boolean multiQueue() {
    boolean known = existing.isPresent() && existing.get().kind() == TunState.Kind.TUN;
    return known ? existing.get().multiQueue() : options.queues() > 1;
  }

  private String anew() {
    return "choose another name, or make it anew with "
        + IpCommands.line(commands.recreate(options, LibC.geteuid()));
  }

  /** Why TUNSETIFF answered so. */
  TunException failed(int errno) {
    return switch (errno) {
      case LibC.EPERM, LibC.EACCES -> notPermitted();
      case LibC.EBUSY ->
          new TunException(
              Reason.IN_USE,
              "TUN device "
                  + options.name()
                  + " has an owner already, in this process or another: close it there, or choose"
                  + " another name");
      case LibC.EINVAL, LibC.EEXIST -> ofAnotherKind();
      case LibC.ENOTTY -> TunDevice.noTun("is something else than the TUN driver");
      default -> TunException.system("TUNSETIFF " + options.name(), errno);
    };
  }

  private TunException ofAnotherKind() {
    boolean tun = existing.isPresent() && existing.get().kind() == TunState.Kind.TUN;
    return new TunException(
        Reason.IN_USE,
        tun
            ? "TUN device "
                + options.name()
                + " was made with other flags than are wanted: "
                + anew()
            : "interface "
                + options.name()
                + " exists and is not a TUN device: choose another name");
  }

  private TunException notPermitted() {
    int user = LibC.geteuid();
    if (existing.isPresent()) {
      TunState state = existing.get();
      return new TunException(
          Reason.NO_PERMISSION,
          "no permission to use TUN device "
              + options.name()
              + ", which belongs to "
              + owners(state)
              + ", while this process runs as user "
              + Integer.toUnsignedString(user)
              + ": run it so, or let an administrator make the device anew with "
              + IpCommands.line(commands.recreate(options, user)));
    }
    List<String> create = commands.create(options, user);
    return new TunException(
        Reason.NO_PERMISSION,
        "no permission to create TUN device "
            + options.name()
            + ": needs CAP_NET_ADMIN; run as root, or let an administrator create "
            + commands.name()
            + " with "
            + IpCommands.line(create));
  }

  private static String owners(TunState state) {
    String user =
        state.owner() == TunState.ANYONE ? "" : "user " + Integer.toUnsignedString(state.owner());
    String group =
        state.group() == TunState.ANYONE ? "" : "group " + Integer.toUnsignedString(state.group());
    if (user.isEmpty() && group.isEmpty()) {
      return "somebody else";
    }
    return user + (user.isEmpty() || group.isEmpty() ? "" : " and ") + group;
  }
}
