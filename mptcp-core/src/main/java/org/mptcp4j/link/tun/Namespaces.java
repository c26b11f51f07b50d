package org.mptcp4j.link.tun;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Runs code inside a network namespace. A thread that changed its namespace must not serve anything
 * else afterwards, so each call has a thread of its own, which then ends.
 */
final class Namespaces {
  private Namespaces() {}

  /**
   * Runs {@code task} inside {@code namespace}, or right here when it is empty.
   *
   * @param namespace a name below {@code /run/netns}, a path such as {@code /proc/12/ns/net}, or
   *     empty for the caller's own
   */
  static <T> T call(String namespace, Callable<T> task) throws TunException {
    FutureTask<T> future = new FutureTask<>(namespace.isEmpty() ? task : enter(namespace, task));
    if (namespace.isEmpty()) {
      future.run();
    } else {
      Thread thread = new Thread(future, "netns-" + namespace);
      thread.setDaemon(true);
      thread.start();
    }
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TunException(TunException.Reason.SYSTEM, "interrupted while opening", e);
    } catch (ExecutionException e) {
      throw rethrow(e.getCause());
    }
  }

  private static TunException rethrow(@Nullable Throwable cause) {
    if (cause instanceof TunException known) {
      return known;
    }
    if (cause instanceof LinkageError) {
      return new TunException(
          TunException.Reason.NOT_SUPPORTED, "JNA could not be loaded: " + cause, cause);
    }
    if (cause instanceof RuntimeException e) {
      throw e;
    }
    return new TunException(TunException.Reason.SYSTEM, String.valueOf(cause), cause);
  }

  private static <T> Callable<T> enter(String namespace, Callable<T> task) {
    return () -> {
      String path = namespace.indexOf('/') >= 0 ? namespace : "/run/netns/" + namespace;
      int fd = LibC.open(path, LibC.O_RDONLY | LibC.O_CLOEXEC);
      if (fd < 0) {
        throw refused(namespace, path, LibC.errno());
      }
      int result = LibC.setns(fd, LibC.CLONE_NEWNET);
      int errno = LibC.errno();
      LibC.close(fd);
      if (result < 0) {
        throw refused(namespace, path, errno);
      }
      return task.call();
    };
  }

  private static TunException refused(String namespace, String path, int errno) {
    if (errno == LibC.EPERM || errno == LibC.EACCES) {
      return new TunException(
          TunException.Reason.NO_PERMISSION,
          "no permission to enter network namespace " + namespace + ": needs CAP_SYS_ADMIN");
    }
    return new TunException(
        TunException.Reason.NO_NAMESPACE,
        "no network namespace "
            + namespace
            + " ("
            + path
            + ": "
            + LibC.strerror(errno)
            + "); create it with: ip netns add "
            + namespace);
  }
}
