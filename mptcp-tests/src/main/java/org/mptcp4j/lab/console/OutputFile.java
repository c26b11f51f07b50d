package org.mptcp4j.lab.console;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A file that a command writes: that must not turn out impossible only in the end, and that must
 * not look complete when it is not.
 */
public final class OutputFile {
  private static final String PARTIAL = ".part";

  private OutputFile() {}

  /** Writes the content of a file to wherever it is told to. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes all of it.
     *
     * @throws IOException when it cannot; an {@link UncheckedIOException} will do as well
     */
    void writeTo(Path file) throws IOException;
  }

  /**
   * Checks that a file can be written; does not create it.
   *
   * @param file there already or not
   * @throws LabException when it cannot be written; the message says why
   */
  public static void check(Path file) {
    Path directory = file.toAbsolutePath().getParent();
    if (Files.isDirectory(file)) {
      throw refused(file, "it is a directory");
    }
    if (!Files.isDirectory(directory)) {
      throw refused(file, "no such directory");
    }
    if (!Files.isWritable(Files.exists(file) ? file : directory)) {
      throw refused(file, "permission denied");
    }
  }

  /**
   * Writes a file all of whose content is in a string.
   *
   * @throws LabException when it cannot be written; there is no part of it then
   */
  public static void write(Path file, String content) {
    write(file, path -> Files.writeString(path, content));
  }

  /**
   * Writes a file under another name beside it and gives it its own when it is complete. What has
   * no other name, such as a device, is written as it is.
   *
   * @throws LabException when it cannot be written; there is no part of it then
   */
  public static void write(Path file, Content content) {
    try {
      if (isReplaceable(file)) {
        Path target = Files.exists(file) ? file.toRealPath() : file;
        writeBeside(target, target.resolveSibling(target.getFileName() + PARTIAL), content);
      } else {
        writeInPlace(file, content);
      }
    } catch (IOException e) {
      throw failed(file, e);
    } catch (UncheckedIOException e) {
      throw failed(file, e.getCause());
    }
  }

  private static boolean isReplaceable(Path file) {
    return (Files.isRegularFile(file) || Files.notExists(file))
        && Files.isWritable(file.toAbsolutePath().getParent());
  }

  private static void writeBeside(Path target, Path partial, Content content) throws IOException {
    try {
      Files.deleteIfExists(partial);
      content.writeTo(partial);
      Files.move(partial, target, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException | UncheckedIOException e) {
      Files.deleteIfExists(partial);
      throw e;
    }
  }

  private static void writeInPlace(Path file, Content content) throws IOException {
    try {
      content.writeTo(file);
    } catch (IOException | UncheckedIOException e) {
      if (Files.isRegularFile(file)) {
        Files.newOutputStream(file, StandardOpenOption.TRUNCATE_EXISTING).close();
      }
      throw e;
    }
  }

  /** That a file or directory could not be written, in words. */
  public static LabException failed(Path file, IOException cause) {
    return LabException.failed("cannot write to " + file + ": " + reason(cause), cause);
  }

  private static LabException refused(Path file, String why) {
    return LabException.failed("cannot write to " + file + ": " + why);
  }

  // The message of most file system exceptions is nothing but the name of the file.
  private static String reason(IOException e) {
    if (e instanceof FileAlreadyExistsException) {
      return "it is a file";
    }
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof NoSuchFileException) {
      return "it cannot be created there";
    }
    if (e instanceof FileSystemException failure && failure.getReason() != null) {
      return failure.getReason();
    }
    return e.getMessage();
  }
}
