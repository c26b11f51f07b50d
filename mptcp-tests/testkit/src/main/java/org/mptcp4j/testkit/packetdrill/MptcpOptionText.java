package org.mptcp4j.testkit.packetdrill;

import java.util.ArrayList;
import java.util.List;
import org.mptcp4j.wire.AddAddr;
import org.mptcp4j.wire.Dss;
import org.mptcp4j.wire.DssOption;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.MpFail;
import org.mptcp4j.wire.MpFastclose;
import org.mptcp4j.wire.MpJoinAck;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.MpJoinSynAck;
import org.mptcp4j.wire.MpPrio;
import org.mptcp4j.wire.MpTcpRst;
import org.mptcp4j.wire.MptcpOption;
import org.mptcp4j.wire.RemoveAddr;

/** MPTCP options on the wire as a script would write them, with numbers that count as there. */
final class MptcpOptionText {
  private final Flow flow;

  MptcpOptionText(Flow flow) {
    this.flow = flow;
  }

  /** The text of one that the stack sent. */
  String of(MptcpOption option) {
    if (option instanceof MpCapable o) {
      return capable(o);
    } else if (option instanceof DssOption o) {
      return dss(o);
    } else if (option instanceof MpJoinSyn o) {
      String token = Integer.toUnsignedString(o.token());
      return "mp_join_syn"
          + backup(o.backup())
          + " address_id="
          + o.addressId()
          + " token="
          + token;
    } else if (option instanceof MpJoinSynAck o) {
      String hmac = " sender_hmac=0x" + Long.toHexString(o.truncatedHmac());
      return "mp_join_syn_ack" + backup(o.backup()) + " address_id=" + o.addressId() + hmac;
    } else if (option instanceof MpJoinAck o) {
      return "mp_join_ack sender_hmac=0x" + Long.toHexString(o.hmac0()) + "...";
    } else if (option instanceof AddAddr o) {
      return addAddress(o);
    } else if (option instanceof RemoveAddr o) {
      return "remove_address address_id=" + o.addressIds().toString().replace(" ", "");
    }
    return signal(option);
  }

  private String signal(MptcpOption option) {
    if (option instanceof MpPrio o) {
      String id = o.hasAddressId() ? " address_id=" + o.addressId() : "";
      return "mp_prio backup=" + (o.backup() ? 1 : 0) + id;
    } else if (option instanceof MpFastclose o) {
      return "mp_fastclose ckey=" + flow.names().nameOfKey(o.receiverKey());
    } else if (option instanceof MpFail o) {
      return "mp_fail dsn8=" + flow.session().remoteScripted(o.dsn(), true);
    } else if (option instanceof MpTcpRst o) {
      return "mp_reset " + o.reason() + (o.isTransient() ? " flags[flag_t]" : "");
    }
    return option.toString();
  }

  private static String backup(boolean on) {
    return on ? " backup=1" : "";
  }

  private String capable(MpCapable o) {
    List<String> flags = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      if ((o.flags() & 0x80 >> i) != 0) {
        flags.add("flag_" + (char) ('a' + i));
      }
    }
    String keys = o.hasSenderKey() ? " key[" + flow.names().nameOfKey(o.senderKey()) : " nokey";
    keys += o.hasReceiverKey() ? "," + flow.names().nameOfKey(o.receiverKey()) : "";
    keys += o.hasSenderKey() ? "]" : "";
    String data = o.hasDataLength() ? " mpcdatalen " + o.dataLength() : "";
    String sum = o.hasChecksum() ? " cksum=" + o.checksum() : "";
    return "mpcapable v"
        + o.version()
        + " flags["
        + String.join(",", flags)
        + "]"
        + keys
        + data
        + sum;
  }

  private String dss(DssOption o) {
    StringBuilder out = new StringBuilder("dss");
    boolean wideAck = (o.flags() & Dss.ACK64) != 0;
    boolean wideDsn = (o.flags() & Dss.DSN64) != 0;
    if (o.hasAck()) {
      out.append(wideAck ? " dack8=" : " dack4=");
      out.append(flow.session().remoteScripted(o.dataAck(), wideAck));
    }
    if (o.hasMapping()) {
      out.append(wideDsn ? " dsn8=" : " dsn4=");
      out.append(flow.session().localScripted(o.dsn(), wideDsn));
      out.append(" ssn=").append(Integer.toUnsignedString(o.ssn()));
      out.append(" dll=").append(o.length());
    }
    out.append(o.hasChecksum() ? " cksum=" + o.checksum() : " nocs");
    return out.append((o.flags() & Dss.DATA_FIN) != 0 ? " fin" : "").toString();
  }

  private static String addAddress(AddAddr o) {
    String port = o.hasPort() ? " port=" + o.port() : "";
    String proof = o.echo() ? " addr_echo" : " hmac=0x" + Long.toHexString(o.hmac());
    return "add_address address_id=" + o.addressId() + " addr[" + o.address() + "]" + port + proof;
  }
}
