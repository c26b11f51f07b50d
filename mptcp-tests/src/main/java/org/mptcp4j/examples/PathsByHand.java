package org.mptcp4j.examples;

import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;

import java.io.PrintStream;
import org.mptcp4j.api.MptcpException;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackEvent.Type;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;

/** An application that manages the paths of its connection itself, in a simulated network. */
public final class PathsByHand {
  private PathsByHand() {}

  /** Says what it does, and all that both ends hear of it. */
  public static void main(String[] args) throws MptcpException {
    run(System.out);
  }

  static void run(PrintStream out) throws MptcpException {
    try (SimWorld world = new SimWorld(1)) {
      SimStack client = world.stack("client");
      SimStack server = world.stack("server");
      world.path(client, server, LinkProfile.of(10_000_000, millis(10)));
      world.path(client, server, LinkProfile.of(10_000_000, millis(20)));
      SocketOptions byHand = SocketOptions.builder().pathManager("application").build();
      Listener listener = server.listen(80, byHand, Endpoint::closeAtEndOfStream);
      Endpoint end = client.connect(server, 80, byHand).send(1_000);
      world.require("both ends know", () -> end.had(Type.ESTABLISHED), seconds(5));

      MptcpSocket socket = end.socket();
      long now = world.network().nowNs();
      int id = socket.openSubflow(now, client.at(1, 0), socket.remoteAddress(), Priority.NORMAL);
      end.send(100_000);
      world.runFor(seconds(1));
      out.println("opened " + socket.subflow(id).orElseThrow()); // its tuple, and how it does
      socket.setPriority(id, Priority.BACKUP);
      socket.announceAddress(client.at(1, 0));
      end.send(100_000);
      world.runFor(seconds(1));
      out.println("backup " + socket.subflow(id).orElseThrow());
      socket.closeSubflow(id);
      end.send(100_000);
      world.runFor(seconds(1));
      socket.withdrawAddress(client.addresses().get(1));
      end.send(100_000).thenClose();
      world.requireAllClosed(seconds(300));
      end.eventLog().forEach(event -> out.println("client " + event));
      listener.one().eventLog().forEach(event -> out.println("server " + event));
    }
  }
}
