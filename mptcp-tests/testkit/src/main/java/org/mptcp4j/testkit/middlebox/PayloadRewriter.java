package org.mptcp4j.testkit.middlebox;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.mptcp4j.wire.TcpFlags;

/**
 * Inserts a mark into the data every so many bytes and moves sequence numbers and acknowledgements
 * accordingly, so that TCP at both ends sees nothing wrong.
 */
public final class PayloadRewriter implements TcpBox.Flow {
  private static final int EVERY = 40_000;
  private static final byte[] INSERTED = "<+>".getBytes(StandardCharsets.ISO_8859_1);

  private boolean begun;
  private int base; // the first sequence number, before which nothing is inserted

  /** What is inserted; a new array. */
  public static byte[] mark() {
    return INSERTED.clone();
  }

  @Override
  public void forth(TcpPacket p, TcpBox.Out on, TcpBox.Out back) {
    if (!begun) {
      begun = true;
      base = p.seq();
    }
    int offset = p.seq() - base;
    if (offset < 0 || p.has(TcpFlags.SYN)) {
      on.send(p);
      return;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < p.payload().length; i++) {
      if (isMarked(offset + i)) {
        bytes.writeBytes(INSERTED);
      }
      bytes.write(p.payload()[i]);
    }
    on.send(p.withSeq(base + moved(offset)).withPayload(bytes.toByteArray()));
  }

  private static boolean isMarked(int offset) {
    return offset > 0 && offset % EVERY == 0;
  }

  /** Where the byte at an offset is afterwards, or the mark before it. */
  private static int moved(int offset) {
    return offset <= 0 ? offset : offset + (offset - 1) / EVERY * INSERTED.length;
  }

  @Override
  public void back(TcpPacket p, TcpBox.Out on) {
    on.send(begun ? p.withAck(original(p.ack())).withSackMoved(this::original) : p);
  }

  private int original(int number) {
    int offset = number - base;
    if (offset <= 0) {
      return number;
    }
    int found = offset;
    while (moved(found) > offset) {
      found -= INSERTED.length;
    }
    return base + found;
  }
}
