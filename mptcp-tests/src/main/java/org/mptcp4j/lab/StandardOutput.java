package org.mptcp4j.lab;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;

/** The process's standard output, which knows why it could not be written. */
final class StandardOutput extends PrintStream {
  private final Pipe pipe;

  /** Writes to the descriptor itself, in the encoding of the terminal. */
  static StandardOutput open() {
    String encoding = System.getProperty("stdout.encoding", Charset.defaultCharset().name());
    return new StandardOutput(new Pipe(new FileOutputStream(FileDescriptor.out)), encoding);
  }

  private StandardOutput(Pipe pipe, String encoding) {
    super(new BufferedOutputStream(pipe, 8192), true, Charset.forName(encoding));
    this.pipe = pipe;
  }

  /** Whether the reader has ended, as {@code head} does when it has seen enough. */
  boolean readerIsGone() {
    return pipe.broken;
  }

  /** Sees the error that a {@link PrintStream} keeps to itself. */
  private static final class Pipe extends FilterOutputStream {
    private boolean broken;

    Pipe(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        broken |= String.valueOf(e.getMessage()).contains("Broken pipe");
        throw e;
      }
    }
  }
}
