package org.mptcp4j.interop;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.StackEvent;

/** Our client of an echo server: sends so many bytes when asked, and reads them back. */
final class Rounds implements SocketApp {
  private final MptcpSocket socket;
  private final CompletableFuture<Void> established = new CompletableFuture<>();
  private final CompletableFuture<SocketError> closed = new CompletableFuture<>();
  private final Random random = new Random(11);
  private CompletableFuture<Boolean> round = new CompletableFuture<>();
  private byte[] sent = {};
  private int returned;
  private boolean equal;

  private Rounds(MptcpSocket socket) {
    this.socket = socket;
    socket.setAttachment(this);
    socket.write(Unpooled.copiedBuffer(new byte[] {'R'}));
  }

  static Rounds of(MptcpSocket socket) {
    return new Rounds(socket);
  }

  MptcpSocket socket() {
    return socket;
  }

  /** Completed when the connection is there. */
  CompletableFuture<Void> connected() {
    return established;
  }

  /** Sends so many bytes; whether they came back. */
  CompletableFuture<Boolean> round(int bytes) {
    round = new CompletableFuture<>();
    sent = new byte[bytes];
    random.nextBytes(sent);
    returned = 0;
    equal = true;
    if (socket.state() == MptcpSocket.State.CLOSED) {
      round.completeExceptionally(new IllegalStateException("closed: " + socket.error()));
    } else {
      socket.write(Unpooled.copiedBuffer(sent));
    }
    return round;
  }

  /** Ends the stream; the error of the socket when it is closed. */
  CompletableFuture<SocketError> end() {
    if (socket.state() != MptcpSocket.State.CLOSED) {
      socket.shutdownOutput();
    }
    return closed;
  }

  @Override
  public void onEvent(StackEvent event) {
    switch (event.type()) {
      case CONNECTED -> established.complete(null);
      case READABLE, END_OF_STREAM -> receive();
      case CONNECT_FAILED, CLOSED -> finish(event.error());
      default -> {}
    }
  }

  private void receive() {
    for (ByteBuf piece = socket.read(); piece != null; piece = socket.read()) {
      for (int i = piece.readerIndex(); i < piece.writerIndex(); i++) {
        equal &= returned < sent.length && piece.getByte(i) == sent[returned];
        returned++;
      }
      piece.release();
    }
    if (returned >= sent.length) {
      round.complete(equal);
    }
    if (socket.endOfStream()) {
      socket.close();
    }
  }

  private void finish(SocketError error) {
    established.completeExceptionally(new IllegalStateException("closed: " + error));
    round.completeExceptionally(new IllegalStateException("closed: " + error));
    closed.complete(error);
  }
}
