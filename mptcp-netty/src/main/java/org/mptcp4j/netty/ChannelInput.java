package org.mptcp4j.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import org.mptcp4j.api.MptcpSocket;

/**
 * The reading side of a {@link MptcpChannel}: hands bytes to its pipeline as far as that asks for
 * them, and the end after the last one.
 */
final class ChannelInput {
  private final MptcpChannel channel;
  private final Runnable readTask = this::readNow;

  private volatile boolean shutDown;

  private boolean pending;
  private boolean scheduled;
  private boolean reading;
  private boolean endReported;
  private boolean finished;

  ChannelInput(MptcpChannel channel) {
    this.channel = channel;
  }

  /** Whether nobody wants what comes; from any thread. */
  boolean isShutDown() {
    return shutDown;
  }

  /** Nobody wants what comes. */
  void markShutDown() {
    shutDown = true;
  }

  /** Nobody wants what is there, or comes. A pipeline that reads finds the end at once. */
  void shutDown() {
    shutDown = true;
    discard();
    if (pending) {
      schedule();
    }
  }

  /** The pipeline reads. */
  void begin() {
    pending = true;
    schedule();
  }

  /** It does not, after all. */
  void clearPending() {
    pending = false;
  }

  /** Whether there are bytes to come, and a pipeline that gets them. */
  private boolean isReading() {
    return channel.stage() instanceof ChannelStage.Active;
  }

  private boolean isThereSomething() {
    MptcpSocket socket = channel.stage().socket();
    boolean end = shutDown || socket.endOfStream();
    return socket.readableBytes() > 0 || (end && !endReported);
  }

  private void schedule() {
    if (reading || scheduled || !isReading() || !isThereSomething()) {
      return;
    }
    scheduled = true;
    channel.eventLoop().execute(readTask);
  }

  /** Reads what there is, if the pipeline reads. */
  void readNow() {
    scheduled = false;
    if (!isReading() || reading) {
      return;
    }
    if (shutDown) {
      discard();
      if (pending) {
        end();
      }
    } else if (pending) {
      read(false);
    }
  }

  /**
   * The connection is over: reads to its last byte.
   *
   * @param inOrder whether nothing is missing before the end
   * @return whether it has; otherwise the pipeline does not read, and finds the end when it does
   */
  boolean drain(boolean inOrder) {
    finished = inOrder; // an error is reported before the end
    if (inOrder && !pending && !shutDown && isThereSomething()) {
      return false;
    }
    read(true);
    return true;
  }

  /** One round of reads. With {@code drain} it goes on to the last byte: the connection is gone. */
  private void read(boolean drain) {
    RecvByteBufAllocator.ExtendedHandle allocHandle =
        (RecvByteBufAllocator.ExtendedHandle) channel.unsafe().recvBufAllocHandle();
    ChannelPipeline pipeline = channel.pipeline();
    allocHandle.reset(channel.config());
    reading = true;
    boolean any = false;
    MptcpSocket socket = channel.stage().socket();
    try {
      ByteBuf piece;
      while (!shutDown && (piece = socket.read(channel.config().most(allocHandle))) != null) {
        int bytes = piece.readableBytes();
        allocHandle.attemptedBytesRead(bytes);
        allocHandle.lastBytesRead(bytes);
        allocHandle.incMessagesRead(1);
        pending = false;
        any = true;
        pipeline.fireChannelRead(piece);
        if (!drain && !allocHandle.continueReading()) {
          break;
        }
      }
      if (any) {
        allocHandle.readComplete();
        pipeline.fireChannelReadComplete();
      }
    } finally {
      reading = false;
    }
    channel.stage().at().touched(); // the window has opened
    // As with sockets of the JDK, the end is found by a read that gives nothing else.
    boolean asked = drain ? finished : pending;
    if (asked && channel.isActive() && socket.endOfStream()) {
      end();
      if (finished && channel.isActive()) {
        close();
      }
    } else if (pending) {
      schedule();
    }
  }

  private void end() {
    if (endReported) {
      return;
    }
    endReported = true;
    pending = false;
    if (!shutDown) {
      if (!channel.config().isAllowHalfClosure()) {
        close();
        return;
      }
      shutDown = true;
      channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    }
    channel.pipeline().fireUserEventTriggered(ChannelInputShutdownReadComplete.INSTANCE);
  }

  private void close() {
    channel.unsafe().close(channel.voidPromise());
  }

  private void discard() {
    MptcpSocket socket = channel.stage().socket();
    ByteBuf piece;
    while ((piece = socket.read()) != null) {
      piece.release();
    }
    channel.stage().at().touched();
  }
}
