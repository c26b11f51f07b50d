package org.mptcp4j.examples;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.link.OffloadAdapter;
import org.mptcp4j.link.tun.TunDevice;
import org.mptcp4j.link.tun.TunLink;
import org.mptcp4j.link.tun.TunLoop;
import org.mptcp4j.link.tun.TunOptions;
import org.mptcp4j.stack.MptcpStack;
import org.mptcp4j.stack.StackBuilder;

/** The echo server of {@link EchoServer} without channels: a stack, a loop thread and sockets. */
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

  private static void run(String... devices) throws IOException, InterruptedException {
    ByteBufAllocator buffers = PooledByteBufAllocator.DEFAULT;
    StackBuilder builder = MptcpStack.builder().random(new SecureRandom());
    List<TunLoop.Port> ports = new ArrayList<>();
    for (String text : devices) {
      TunDevice device = TunDevice.open(TunOptions.parse(text));
      builder.link(ports.size(), device.mtu());
      builder.address(ports.size(), device.addresses().get(0).toString());
      TunLink link = new TunLink(device, buffers);
      ports.add(new TunLoop.Port(OffloadAdapter.wrap(link, buffers), device.fd()));
    }
    MptcpStack stack = builder.build();
    stack.listen(new InetSocketAddress(7), 128);
    StackEvent event = new StackEvent();
    new TunLoop("echo", stack, ports, () -> serve(stack, event)).start();
    System.out.println("echo on " + String.join(" and ", devices) + " port 7");
    new CountDownLatch(1).await(); // the loop's thread is a daemon, which keeps no program alive
  }

  // on the loop's thread, after each of its turns
  private static void serve(MptcpStack stack, StackEvent event) {
    while (stack.pollEvent(event)) {
      switch (event.type()) {
        case ACCEPTABLE -> accept(event.server());
        case READABLE, WRITABLE, END_OF_STREAM -> echo(event.socket());
        default -> {} // of no interest to a server that keeps nothing
      }
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
