package org.mptcp4j.lab.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One axis: values from 0 to {@link #max()} laid out between two pixels, with round tick values.
 */
final class Scale {
  private final double max;
  private final double step;
  private final double fromPixel;
  private final double toPixel;

  private Scale(double max, double step, double fromPixel, double toPixel) {
    this.max = max;
    this.step = step;
    this.fromPixel = fromPixel;
    this.toPixel = toPixel;
  }

  /** An axis that ends exactly at {@code largest}, with room for about that many ticks. */
  static Scale exact(double largest, int ticks, double fromPixel, double toPixel) {
    double positive = largest > 0 ? largest : 1;
    return new Scale(positive, roundStep(positive / ticks), fromPixel, toPixel);
  }

  /** An axis that ends at the first tick that is not below {@code largest}. */
  static Scale rounded(double largest, int ticks, double fromPixel, double toPixel) {
    double positive = largest > 0 ? largest : 1;
    double step = roundStep(positive / ticks);
    return new Scale(Math.ceil(positive / step - 1e-9) * step, step, fromPixel, toPixel);
  }

  double max() {
    return max;
  }

  double pixel(double value) {
    return fromPixel + (toPixel - fromPixel) * value / max;
  }

  List<Double> ticks() {
    List<Double> ticks = new ArrayList<>();
    for (int i = 0; i * step <= max * (1 + 1e-9); i++) {
      ticks.add(i * step);
    }
    return ticks;
  }

  /** A tick value with as many decimals as the step needs. */
  String label(double tick) {
    int decimals = (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    return String.format(Locale.ROOT, "%,." + decimals + "f", tick);
  }

  private static double roundStep(double rough) {
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    for (double factor : new double[] {1, 2, 5}) {
      if (rough <= factor * power * (1 + 1e-9)) {
        return factor * power;
      }
    }
    return 10 * power;
  }
}
