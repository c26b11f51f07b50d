package org.mptcp4j.lab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * CPU time of the threads of another process by their names, from {@code /proc/PID/task}: a Java
 * runtime need not be asked, and the time of a compilation counts before it ends.
 */
final class ProcessCpu {
  // proc_pid_stat(5): in units of USER_HZ, which is 100 on every architecture that Java runs on.
  private static final double TICKS_PER_SECOND = 100;
  private static final int USER_TIME = 11;
  private static final int SYSTEM_TIME = 12;
  private static final List<String> COMPILERS = List.of("C1 CompilerThre", "C2 CompilerThre");

  private final Path tasks;

  /**
   * @param tasks the directory with a directory for each thread
   */
  ProcessCpu(Path tasks) {
    this.tasks = tasks;
  }

  static ProcessCpu of(Process process) {
    return new ProcessCpu(Path.of("/proc", Long.toString(process.pid()), "task"));
  }

  /** Seconds that the just-in-time compilers have used so far; 0 for a process without any. */
  double compilerSeconds() {
    try (Stream<Path> threads = Files.list(tasks)) {
      return threads.mapToDouble(ProcessCpu::compilerSeconds).sum();
    } catch (IOException e) {
      return 0; // the process has ended, which its client will notice
    }
  }

  private static double compilerSeconds(Path thread) {
    try {
      String line = Files.readString(thread.resolve("stat"));
      int end = line.lastIndexOf(')');
      String name = line.substring(line.indexOf('(') + 1, end);
      if (!COMPILERS.contains(name)) {
        return 0;
      }
      String[] fields = line.substring(end + 2).split(" ");
      return (Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME]))
          / TICKS_PER_SECOND;
    } catch (IOException e) {
      return 0; // the thread has ended
    }
  }
}
