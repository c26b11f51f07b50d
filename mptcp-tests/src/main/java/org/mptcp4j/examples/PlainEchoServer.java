package org.mptcp4j.examples;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.link.host.TunHost;

/** The echo server of {@link EchoServer} without channels: a stack on a thread, and sockets. */
public final class PlainEchoServer {
  private PlainEchoServer() {}

  /**
   * Runs until killed; needs the right to create TUN devices.
   *
   * @param args none
   * @throws Exception when it is interrupted
   */
  public static void main(String[] args) throws Exception {
    try {
      run("mp0:10.9.1.2/24", "mp1:10.9.2.2/24");
    } catch (IOException e) {
      System.err.println("PlainEchoServer: " + e.getMessage());
      System.exit(1);
    }
  }

  private static void run(String... devices) throws Exception {
    TunHost.Builder builder = TunHost.builder().application(PlainEchoServer::onEvent);
    for (String device : devices) {
      builder.tun(device);
    }
    TunHost host = builder.build();
    host.call((nowNs, stack) -> stack.listen(new InetSocketAddress(7), 128)).get();
    System.out.println("echo on " + String.join(" and ", devices) + " port 7");
    new CountDownLatch(1).await(); // the host's thread is a daemon, which keeps no program alive
  }

  // on the host's thread
  private static void onEvent(long nowNs, MptcpStack stack, StackEvent event) {
    switch (event.type()) {
      case ACCEPTABLE -> accept(event.server());
      case READABLE, WRITABLE, END_OF_STREAM -> echo(event.socket());
      default -> {} // of no interest to a server that keeps nothing
    }
  }

  private static void accept(MptcpServerSocket server) {
    for (MptcpSocket socket = server.accept(); socket != null; socket = server.accept()) {
      echo(socket); // and whenever there is an event of it
    }
  }

  private static void echo(MptcpSocket socket) {
    for (ByteBuf piece = socket.read(); piece != null; piece = socket.read()) {
      if (!socket.write(piece)) {
        return; // until WRITABLE: what is not read closes the window of the peer
      }
    }
    if (socket.endOfStream()) {
      socket.close();
    }
  }
}
