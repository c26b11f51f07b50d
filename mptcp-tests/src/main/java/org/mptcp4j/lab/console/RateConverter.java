package org.mptcp4j.lab.console;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads bits per second: {@code 500k}, {@code 100M}, {@code 2.5G}. Units are decimal. */
public final class RateConverter implements ITypeConverter<Long> {
  private static final Pattern RATE = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)([KMG]?)");
  private static final Map<String, Integer> ZEROS = Map.of("", 0, "K", 3, "M", 6, "G", 9);
  private static final BigDecimal MOST = BigDecimal.valueOf(1_000_000_000_000L);

  /** Made by picocli. */
  public RateConverter() {}

  @Override
  public Long convert(String text) {
    Matcher matcher = RATE.matcher(text.trim().toUpperCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new TypeConversionException(
          "'" + text + "' is not a rate: write bits per second, or with k, M or G, such as 100M");
    }
    BigDecimal rate =
        new BigDecimal(matcher.group(1)).scaleByPowerOfTen(ZEROS.get(matcher.group(2)));
    if (rate.compareTo(MOST) > 0) {
      throw new TypeConversionException("'" + text + "' is too large: at most 1000G");
    }
    return rate.setScale(0, RoundingMode.HALF_UP).longValueExact();
  }
}
