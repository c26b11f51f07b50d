package org.mptcp4j.interop;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.CompletableFuture;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.StackEvent;

/** Sends so many bytes and the end of the stream, and keeps all that comes until its end. */
final class Exchange implements SocketApp {
  private static final int BLOCK = 16 * 1024;

  private final MptcpSocket socket;
  private final byte[] toSend;
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private final CompletableFuture<SocketError> done = new CompletableFuture<>();
  private int sent;
  private boolean outputOpen = true;

  private Exchange(MptcpSocket socket, byte[] toSend) {
    this.socket = socket;
    this.toSend = toSend;
    socket.setAttachment(this);
  }

  static Exchange of(MptcpSocket socket, byte[] toSend) {
    Exchange exchange = new Exchange(socket, toSend);
    exchange.send();
    exchange.receive();
    return exchange;
  }

  /** The error of the socket, when it is closed. */
  CompletableFuture<SocketError> done() {
    return done;
  }

  /** All that came; to be asked for when it is done. */
  byte[] received() {
    return received.toByteArray();
  }

  @Override
  public void onEvent(StackEvent event) {
    switch (event.type()) {
      case READABLE, END_OF_STREAM -> receive();
      case CONNECTED, WRITABLE -> send();
      case CONNECT_FAILED, CLOSED -> done.complete(event.error());
      default -> {}
    }
  }

  private void send() {
    while (outputOpen && sent < toSend.length && socket.writableBytes() > 0) {
      int n = Math.min(BLOCK, toSend.length - sent);
      socket.write(Unpooled.wrappedBuffer(toSend, sent, n));
      sent += n;
    }
    if (outputOpen && sent == toSend.length) {
      outputOpen = false;
      socket.shutdownOutput();
    }
  }

  private void receive() {
    for (ByteBuf piece = socket.read(); piece != null; piece = socket.read()) {
      received.writeBytes(ByteBufUtil.getBytes(piece));
      piece.release();
    }
    if (socket.endOfStream() && !outputOpen) {
      socket.close();
    }
  }
}
