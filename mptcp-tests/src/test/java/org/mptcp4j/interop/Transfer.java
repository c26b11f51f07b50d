package org.mptcp4j.interop;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.mptcp4j.api.ConnectionInfo;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.StackEvent;

/**
 * Our end of one connection of {@code peer.py}: sends so many random bytes, reads whatever comes,
 * and knows the SHA-256 of both. Runs on the loop's thread.
 */
final class Transfer implements SocketApp {
  /** The bytes of a digest. */
  static final int DIGEST = 32;

  private static final int BLOCK = 64 * 1024;
  private static final ByteBuf POOL = pool();

  /**
   * What came out of it.
   *
   * @param received bytes
   * @param digest of all but the last 32 bytes received
   * @param tail the last 32 bytes received
   * @param sentDigest of the random bytes sent
   * @param error of the socket
   * @param open the last state before it was closed
   */
  record Result(
      long received,
      byte[] digest,
      byte[] tail,
      byte[] sentDigest,
      SocketError error,
      ConnectionInfo open) {

    /** Whether what we received says that the peer received what we sent. */
    boolean peerGotOurs() {
      return Arrays.equals(tail, sentDigest);
    }

    /** Whether what the peer said it sent is what we received. */
    boolean weGotTheirs() {
      return Arrays.equals(tail, digest);
    }
  }

  private final MptcpSocket socket;
  private final CompletableFuture<Result> done = new CompletableFuture<>();
  private final CompletableFuture<Void> connected = new CompletableFuture<>();
  private final MessageDigest sent = sha256();
  private final MessageDigest receivedDigest = sha256();
  private final byte[] tail = new byte[DIGEST];
  private Runnable onHalf = () -> {};
  private long halfAt = Long.MAX_VALUE;
  private long toSend;
  private long handed;
  private long received;
  private int position;
  private boolean appendDigest;
  private boolean outputOpen = true;
  private boolean server;
  private byte mode;
  private ByteBuf request;
  private ConnectionInfo last;

  private Transfer(MptcpSocket socket) {
    this.socket = socket;
    socket.setAttachment(this);
  }

  private static ByteBuf pool() {
    byte[] bytes = new byte[1 << 20];
    new Random(7).nextBytes(bytes);
    return Unpooled.unreleasableBuffer(Unpooled.directBuffer(bytes.length).writeBytes(bytes));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The client's end: mode H, that many bytes. */
  static Transfer up(MptcpSocket socket, long bytes) {
    Transfer transfer = new Transfer(socket);
    socket.write(Unpooled.copiedBuffer(new byte[] {'H'}));
    transfer.toSend = bytes;
    transfer.send();
    return transfer;
  }

  /** The client's end: mode F, that many bytes. */
  static Transfer down(MptcpSocket socket, long bytes) {
    Transfer transfer = new Transfer(socket);
    socket.write(Unpooled.buffer(9).writeByte('F').writeLong(bytes));
    return transfer;
  }

  /** The client's end of any other mode: sends the byte and reads. */
  static Transfer mode(MptcpSocket socket, char mode) {
    Transfer transfer = new Transfer(socket);
    socket.write(Unpooled.copiedBuffer(new byte[] {(byte) mode}));
    return transfer;
  }

  /** The server's end: the first bytes that come say what to do. */
  static Transfer serve(MptcpSocket socket) {
    Transfer transfer = new Transfer(socket);
    transfer.server = true;
    transfer.request = Unpooled.buffer(9);
    transfer.receive();
    return transfer;
  }

  /** Completed when the socket is closed. */
  CompletableFuture<Result> done() {
    return done;
  }

  /** Completed when the connection is established. */
  CompletableFuture<Void> connected() {
    return connected;
  }

  MptcpSocket socket() {
    return socket;
  }

  /** Runs {@code action} once when that many bytes were received, or handed over to be sent. */
  Transfer at(long bytes, Runnable action) {
    halfAt = bytes;
    onHalf = action;
    passHalf(Math.max(handed, received)); // it may have happened before
    return this;
  }

  @Override
  public void onEvent(StackEvent event) {
    switch (event.type()) {
      case CONNECTED -> connected.complete(null);
      case READABLE, END_OF_STREAM -> receive();
      case WRITABLE -> send();
      case SUB_CLOSED -> last = last == null ? socket.info() : last;
      case CONNECT_FAILED, CLOSED -> finish(event.error());
      default -> {}
    }
  }

  private void send() {
    while (toSend > 0 && outputOpen && socket.writableBytes() > 0) {
      int n = (int) Math.min(toSend, BLOCK);
      position = (position + 4099) % (POOL.capacity() - BLOCK);
      sent.update(POOL.nioBuffer(position, n));
      socket.write(POOL.retainedSlice(position, n));
      toSend -= n;
      handed += n;
    }
    passHalf(handed);
    if (toSend == 0 && outputOpen && (!server || appendDigest)) {
      finishOutput();
    }
  }

  private void finishOutput() {
    if (appendDigest) {
      socket.write(Unpooled.wrappedBuffer(sent.digest()));
    }
    outputOpen = false;
    last = socket.info();
    socket.shutdownOutput();
  }

  private void passHalf(long moved) {
    if (moved >= halfAt) {
      halfAt = Long.MAX_VALUE;
      onHalf.run();
    }
  }

  private void receive() {
    for (ByteBuf piece = socket.read(); piece != null; piece = socket.read()) {
      try {
        onBytes(piece);
      } finally {
        piece.release();
      }
    }
    passHalf(received);
    if (socket.endOfStream()) {
      onEnd();
    }
  }

  private void onBytes(ByteBuf piece) {
    if (server && mode == 0 && !readRequest(piece)) {
      return;
    }
    int n = piece.readableBytes();
    received += n;
    if (mode == 'R') {
      socket.write(piece.readRetainedSlice(n));
    } else if (server) {
      receivedDigest.update(piece.nioBuffer());
    } else {
      digestAllButTail(piece, n);
    }
  }

  private void digestAllButTail(ByteBuf piece, int n) {
    long before = received - n;
    int kept = (int) Math.min(before, DIGEST);
    int out = (int) Math.max(0, Math.min(kept, kept + (long) n - DIGEST));
    receivedDigest.update(tail, 0, out);
    int direct = Math.max(0, n - DIGEST);
    receivedDigest.update(piece.nioBuffer(piece.readerIndex(), direct));
    System.arraycopy(tail, out, tail, 0, kept - out);
    piece.getBytes(piece.readerIndex() + direct, tail, kept - out, n - direct);
  }

  /** The server: mode and length; whether they are complete. */
  private boolean readRequest(ByteBuf piece) {
    if (!request.isReadable()) {
      request.writeByte(piece.readByte());
    }
    byte wanted = request.getByte(0);
    if (wanted == 'F') {
      request.writeBytes(piece, Math.min(piece.readableBytes(), 9 - request.writerIndex()));
      if (request.writerIndex() < 9) {
        return false;
      }
      toSend = request.getLong(1);
      appendDigest = true;
      mode = wanted;
      send();
      return true;
    }
    mode = wanted;
    switch (wanted) {
      case 'I' -> socket.write(Unpooled.copiedBuffer(new byte[] {'y'}));
      case 'A' -> socket.abort();
      case 'G' -> {
        toSend = Long.MAX_VALUE;
        send();
      }
      default -> {}
    }
    return true;
  }

  private void onEnd() {
    last = socket.isMptcp() && !socket.info().subflows().isEmpty() ? socket.info() : last;
    if (mode == 'H' && outputOpen) {
      outputOpen = false;
      socket.write(Unpooled.wrappedBuffer(receivedDigest.digest()));
    }
    socket.close();
  }

  private void finish(SocketError error) {
    ConnectionInfo info = last == null ? socket.info() : last;
    done.complete(
        new Result(
            received,
            server && mode == 'H' ? new byte[0] : receivedDigest.digest(),
            tail.clone(),
            appendDigest ? new byte[0] : sent.digest(),
            error,
            info));
    if (error != SocketError.NONE) {
      connected.completeExceptionally(new IllegalStateException(error.name()));
    }
  }
}
