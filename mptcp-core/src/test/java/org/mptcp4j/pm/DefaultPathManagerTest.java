package org.mptcp4j.pm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.mptcp4j.wire.IpAddress;

class DefaultPathManagerTest {
  private static final LocalAddress FIRST = local(1, "10.0.0.1");
  private static final LocalAddress SECOND = local(2, "10.0.1.1");
  private static final LocalAddress SIX = local(3, "fd00::1");
  private static final RemoteAddress INITIAL =
      new RemoteAddress(0, IpAddress.parse("10.0.0.2"), 80);
  private static final RemoteAddress ANNOUNCED =
      new RemoteAddress(4, IpAddress.parse("10.0.1.2"), 80);

  private final List<String> asked = new ArrayList<>();
  private final List<RemoteAddress> remotes = new ArrayList<>();
  private boolean passive;
  private boolean joinToInitial = true;

  private static LocalAddress local(int id, String address) {
    return new LocalAddress(id, IpAddress.parse(address), id, Priority.REGULAR, true);
  }

  private final PmView view =
      new PmView() {
        @Override
        public boolean passive() {
          return passive;
        }

        @Override
        public boolean joinToInitialAllowed() {
          return joinToInitial;
        }

        @Override
        public IpAddress initialLocal() {
          return FIRST.address();
        }

        @Override
        public RemoteAddress initialRemote() {
          return INITIAL;
        }

        @Override
        public List<LocalAddress> localAddresses() {
          return List.of(FIRST, SECOND, SIX);
        }

        @Override
        public List<RemoteAddress> remoteAddresses() {
          return remotes;
        }

        @Override
        public List<PmSubflow> subflows() {
          return List.of(
              new PmSubflow(0, 0, FIRST.address(), 0, INITIAL.address(), INITIAL.port(), true));
        }

        @Override
        public PmLimits limits() {
          return PmLimits.DEFAULT;
        }
      };

  private final PmCommands commands =
      new PmCommands() {
        @Override
        public void join(LocalAddress local, RemoteAddress remote, Priority priority) {
          asked.add(local.id() + " to " + remote.id());
        }

        @Override
        public void announce(LocalAddress address) {
          asked.add("announce " + address.id());
        }

        @Override
        public void withdraw(int addressId) {
          asked.add("withdraw " + addressId);
        }

        @Override
        public void close(int subflowId) {
          asked.add("close " + subflowId);
        }

        @Override
        public void setPriority(int subflowId, Priority priority) {
          asked.add("priority " + subflowId);
        }
      };

  private final DefaultPathManager manager = new DefaultPathManager();

  @Test
  void joinsFromFurtherAddressesOfTheSameFamily() {
    manager.onEstablished(view, commands);
    assertThat(asked).containsExactly("2 to 0");
  }

  // RFC 8684 section 3.1: flag C.
  @Test
  void obeysThePeersWishNotToBeJoinedAtItsInitialAddress() {
    joinToInitial = false;
    manager.onEstablished(view, commands);
    assertThat(asked).isEmpty();
  }

  @Test
  void joinsEachAnnouncedAddressFromEachLocalOne() {
    remotes.add(ANNOUNCED);
    manager.onAddAddr(view, commands, ANNOUNCED);
    assertThat(asked).containsExactly("1 to 4", "2 to 4");
  }

  @Test
  void passiveEndAnnouncesAndDoesNotJoin() {
    passive = true;
    manager.onEstablished(view, commands);
    manager.onAddAddr(view, commands, ANNOUNCED);
    assertThat(asked).containsExactly("announce 2", "announce 3");
  }
}
