package org.mptcp4j.lab.decode;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.mptcp4j.lab.console.Json;
import org.mptcp4j.lab.console.LabException;
import org.mptcp4j.testkit.capture.CaptureFile;
import org.mptcp4j.testkit.capture.CapturedFrame;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mptcp-lab decode}: a capture in words, one line a packet. */
@Command(
    name = "decode",
    header = "A packet capture in words, one line a packet.",
    description =
        "Print a capture (pcap or pcapng), one line a packet, options in words. Sequence numbers are"
            + " relative; tokens, keys, HMACs and checksums are verified where the capture shows the"
            + " keys. c1.0 is the first subflow of the first MPTCP connection.")
public final class DecodeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "The capture.")
  private Path file;

  @Option(names = "--json", description = "Print a JSON array, one object a packet.")
  private boolean json;

  DecodeCommand() {}

  @Override
  public Integer call() {
    if (Files.isDirectory(file)) {
      throw LabException.failed(file + " is a directory");
    }
    PrintWriter out = spec.commandLine().getOut();
    try (CaptureFile capture = CaptureFile.open(file)) {
      print(capture, out);
      return 0;
    } catch (NoSuchFileException e) {
      throw LabException.failed("no such file: " + file, e);
    } catch (IOException e) {
      throw LabException.failed("cannot read " + file + ": " + e.getMessage(), e);
    } finally {
      out.flush();
    }
  }

  private void print(CaptureFile capture, PrintWriter out) throws IOException {
    CaptureDecoder decoder = new CaptureDecoder();
    if (json) {
      out.print("[");
    }
    String separator = "";
    for (CapturedFrame frame = capture.next(); frame != null; frame = capture.next()) {
      DecodedPacket packet = decoder.decode(frame);
      if (json) {
        out.print(separator + Json.of(packet));
        separator = ",\n";
      } else {
        out.println(packet.line());
      }
    }
    if (json) {
      out.println("]");
    }
  }
}
