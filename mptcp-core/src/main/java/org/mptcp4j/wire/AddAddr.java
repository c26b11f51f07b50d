package org.mptcp4j.wire;

import io.netty.buffer.ByteBuf;
import org.mptcp4j.link.packet.IpAddress;

/**
 * ADD_ADDR, announcement or echo. RFC 8684 section 3.4.1.
 *
 * @param echo flag E: confirms an announcement; carries no HMAC
 * @param addressId of the announced address, 0 to 255
 * @param address IPv4 or IPv6
 * @param port to connect to, 0 when it is the connection's own
 * @param hmac the rightmost 64 bits of the HMAC; 0 in an echo
 */
public record AddAddr(boolean echo, int addressId, IpAddress address, int port, long hmac)
    implements MptcpOption {
  /** Checks the values. */
  public AddAddr {
    MptcpOption.requireRange("addressId", addressId, 0, 255);
    MptcpOption.requireRange("port", port, 0, 0xffff);
    if (echo && hmac != 0) {
      throw new IllegalArgumentException("an ADD_ADDR echo has no HMAC");
    }
  }

  static AddAddr decode(ByteBuf buf, int index, int length) {
    boolean echo = (buf.getByte(index + 2) & 1) != 0;
    int rest = length - 4 - (echo ? 0 : 8);
    int addressBytes;
    // RFC 8684 section 3.4.1: family and presence of the port show in the length.
    switch (rest) {
      case 4, 6 -> addressBytes = 4;
      case 16, 18 -> addressBytes = 16;
      default -> {
        return null;
      }
    }
    int i = index + 4;
    IpAddress address =
        addressBytes == 4
            ? IpAddress.ofV4(buf.getInt(i))
            : IpAddress.of(buf.getLong(i), buf.getLong(i + 8));
    int port = rest > addressBytes ? buf.getUnsignedShort(i + addressBytes) : 0;
    if (rest > addressBytes && port == 0) {
      return null; // nobody listens there
    }
    long hmac = echo ? 0 : buf.getLong(index + length - 8);
    return new AddAddr(echo, buf.getUnsignedByte(index + 3), address, port, hmac);
  }

  /** Whether a port is on the wire. */
  public boolean hasPort() {
    return port != 0;
  }

  /** The echo of this announcement. */
  public AddAddr toEcho() {
    return new AddAddr(true, addressId, address, port, 0);
  }

  @Override
  public int subtype() {
    return ADD_ADDR;
  }

  @Override
  public int encodedLength() {
    return 4 + address.byteLength() + (hasPort() ? 2 : 0) + (echo ? 0 : 8);
  }

  @Override
  public void encode(ByteBuf out) {
    MptcpOption.writeHead(out, this, echo ? 1 : 0);
    out.writeByte(addressId);
    if (address.isV4()) {
      out.writeInt(address.v4Bits());
    } else {
      out.writeLong(address.hi()).writeLong(address.lo());
    }
    if (hasPort()) {
      out.writeShort(port);
    }
    if (!echo) {
      out.writeLong(hmac);
    }
  }
}
