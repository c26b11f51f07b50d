package org.mptcp4j.netty;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import java.util.Optional;
import org.mptcp4j.link.LinkDevice;

/** Watches a descriptor with the epoll set of an event loop. */
final class EpollWatch implements DeviceWatch, EpollIoHandle {

  private final FileDescriptor fd;
  private final IoEventLoop loop;
  private Listener listener = NOBODY;
  private Optional<IoRegistration> registration = Optional.empty();

  /** Never none: Netty would take the descriptor out of the epoll set and not put it back. */
  private EpollIoOps wanted = EpollIoOps.EPOLLERR.with(EpollIoOps.EPOLLIN);

  /**
   * A watch that has not begun.
   *
   * @param fd closed by its owner, after {@link #stop()}
   * @param loop an event loop that uses epoll
   */
  EpollWatch(FileDescriptor fd, IoEventLoop loop) {
    this.fd = fd;
    this.loop = loop;
  }

  @Override
  public void start(LinkDevice device, Listener toBeTold) {
    listener = toBeTold;
    Future<IoRegistration> registered = loop.register(this);
    registered.addListener(
        done -> {
          if (done.isSuccess()) {
            registration = Optional.of(registered.getNow());
            want(wanted);
          }
        });
    registered.awaitUninterruptibly();
    if (!registered.isSuccess()) {
      throw new IllegalStateException("cannot watch " + device.name(), registered.cause());
    }
  }

  @Override
  public FileDescriptor fd() {
    return fd;
  }

  @Override
  public void handle(IoRegistration from, IoEvent event) {
    EpollIoOps ready = ((EpollIoEvent) event).ops();
    if (ready.contains(EpollIoOps.EPOLLOUT)) {
      listener.writable();
    }
    if (ready.contains(EpollIoOps.EPOLLIN) || ready.contains(EpollIoOps.EPOLLERR)) {
      listener.readable(); // what is left is reported again
    }
  }

  /** It is level-triggered. */
  @Override
  public boolean tellsAgain() {
    return true;
  }

  @Override
  public void awaitRoom() {
    want(wanted.with(EpollIoOps.EPOLLOUT));
  }

  @Override
  public void ignoreRoom() {
    want(wanted.without(EpollIoOps.EPOLLOUT));
  }

  @Override
  public void ignorePackets() {
    want(wanted.without(EpollIoOps.EPOLLIN));
  }

  @Override
  public void awaitPackets() {
    want(wanted.with(EpollIoOps.EPOLLIN));
  }

  private void want(EpollIoOps operations) {
    wanted = operations;
    registration.ifPresent(r -> r.submit(operations));
  }

  @Override
  public void stop() {
    listener = NOBODY;
    if (!loop.isTerminated()) {
      registration.ifPresent(IoRegistration::cancel);
    }
  }

  /** Called by the event loop when it ends. */
  @Override
  public void close() {
    listener.loopEnds();
  }
}
