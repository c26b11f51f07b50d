package org.mptcp4j.testkit.packetdrill;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.testkit.peer.MptcpKeys;
import org.mptcp4j.wire.AddAddr;
import org.mptcp4j.wire.MptcpOption;
import org.mptcp4j.wire.RemoveAddr;

/** Options about addresses: announced, confirmed, withdrawn. */
sealed interface AddressSpec extends MptcpSpec {

  /**
   * {@code add_address address_id=1 addr[saddr1] hmac=auto}.
   *
   * @param addressId empty for 1 when the peer sends it
   * @param name stands for the address
   * @param address what it stands for from there on, if that is written
   * @param port empty without
   * @param hmac empty for the right one
   * @param echo whether it confirms an announcement
   */
  record Add(
      Place place,
      String text,
      OptionalInt addressId,
      String name,
      Optional<IpAddress> address,
      OptionalInt port,
      OptionalLong hmac,
      boolean echo)
      implements AddressSpec {
    @Override
    public MptcpOption build(Flow flow, PacketSpec.TcpSpec segment) {
      address.ifPresent(a -> flow.names().address(name, a));
      IpAddress announced = flow.names().peer(name);
      AddAddr plain = new AddAddr(echo, addressId.orElse(1), announced, port.orElse(0), 0);
      if (echo) {
        return plain;
      }
      long proof =
          hmac.orElseGet(
              () ->
                  MptcpKeys.addAddrHmac(
                      flow.session().remoteKey(place), flow.session().localKey(place), plain));
      return new AddAddr(false, plain.addressId(), announced, plain.port(), proof);
    }

    @Override
    public boolean fits(MptcpOption actual, Flow flow) {
      if (!(actual instanceof AddAddr sent) || sent.echo() != echo) {
        return false;
      }
      flow.names().address(name, address.orElse(sent.address()));
      long right =
          echo
              ? 0
              : MptcpKeys.addAddrHmac(
                  flow.session().localKey(place), flow.session().remoteKey(place), sent);
      return flow.names().address(name).orElseThrow().equals(sent.address())
          && sent.hmac() == hmac.orElse(right)
          && sent.port() == port.orElse(0)
          && (addressId.isEmpty() || addressId.getAsInt() == sent.addressId());
    }
  }

  /** {@code remove_address address_id=[1,2]}. */
  record Remove(Place place, String text, List<Integer> addressIds) implements AddressSpec {
    @Override
    public int length() {
      return 3 + addressIds.size();
    }

    @Override
    public MptcpOption build(Flow flow, PacketSpec.TcpSpec segment) {
      return new RemoveAddr(addressIds);
    }

    @Override
    public boolean fits(MptcpOption actual, Flow flow) {
      return new RemoveAddr(addressIds).equals(actual);
    }
  }
}
