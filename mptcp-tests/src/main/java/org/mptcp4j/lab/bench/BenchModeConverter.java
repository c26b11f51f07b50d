package org.mptcp4j.lab.bench;

import java.util.Arrays;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the name of a mode of {@code bench}. */
final class BenchModeConverter implements ITypeConverter<BenchMode> {
  BenchModeConverter() {}

  @Override
  public BenchMode convert(String name) {
    return Arrays.stream(BenchMode.values())
        .filter(mode -> mode.option().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "'" + name + "' is not a mode: choose from " + BenchMode.options()));
  }
}
