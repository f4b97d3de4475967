package dev.whippletree.comparison;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/** Figures as the pages print them: rounded, never cut. Stateless. */
final class Figures {

    private Figures() {}

    static String rounded(double value, int digits) {
        return BigDecimal.valueOf(value).setScale(digits, RoundingMode.HALF_UP).toPlainString();
    }

    /** Only all are 100 %, and only none are 0 %. */
    static String percent(long part, long all) {
        if (part == all) {
            return "100 %";
        }
        BigDecimal percent = BigDecimal.valueOf(100 * part).divide(BigDecimal.valueOf(all), 1, RoundingMode.HALF_UP);
        if (percent.signum() == 0) {
            return part == 0 ? "0 %" : "< 0.1 %";
        }
        return percent.min(new BigDecimal("99.9")).toPlainString() + " %";
    }

    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    static String seconds(double seconds) {
        return rounded(seconds, 1) + " s";
    }
}
