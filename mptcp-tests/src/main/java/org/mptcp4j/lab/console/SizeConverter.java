package org.mptcp4j.lab.console;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads a number of bytes: {@code 4096}, {@code 64k}, {@code 32M}, {@code 1.5GiB}. Units are
 * binary.
 */
public final class SizeConverter implements ITypeConverter<Long> {
  private static final Pattern SIZE =
      Pattern.compile("([0-9]+(?:\\.[0-9]+)?)\\s*([KMGT]?)(?:I?B)?");
  private static final Map<String, Integer> SHIFT =
      Map.of("", 0, "K", 10, "M", 20, "G", 30, "T", 40);

  /** Made by picocli. */
  public SizeConverter() {}

  @Override
  public Long convert(String text) {
    Matcher matcher = SIZE.matcher(text.trim().toUpperCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new TypeConversionException(
          "'"
              + text
              + "' is not a size: write a number of bytes, or one with K, M, G or T, such as 32M");
    }
    BigDecimal factor = BigDecimal.valueOf(1L << SHIFT.get(matcher.group(2)));
    BigDecimal bytes = new BigDecimal(matcher.group(1)).multiply(factor);
    if (bytes.compareTo(BigDecimal.valueOf(1L << 50)) > 0) {
      throw new TypeConversionException("'" + text + "' is too large: at most 1024T");
    }
    return bytes.setScale(0, RoundingMode.HALF_UP).longValueExact();
  }
}
