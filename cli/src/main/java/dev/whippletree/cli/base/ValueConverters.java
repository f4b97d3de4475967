package dev.whippletree.cli.base;

import dev.whippletree.spi.Settings;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/** Reads numbers, durations and amounts of money on the command line, with a clear error for anything else. */
public final class ValueConverters {

    private ValueConverters() {}

    /** Makes a command and all below it read values so. */
    public static void apply(CommandLine command) {
        command.registerConverter(
                int.class, text -> number(text, Integer.MAX_VALUE).intValue());
        command.registerConverter(
                Integer.class, text -> number(text, Integer.MAX_VALUE).intValue());
        command.registerConverter(
                long.class, text -> number(text, Long.MAX_VALUE).longValue());
        command.registerConverter(
                Long.class, text -> number(text, Long.MAX_VALUE).longValue());
        command.registerConverter(Duration.class, ValueConverters::duration);
        command.registerConverter(BigDecimal.class, ValueConverters::amount);
    }

    private static BigInteger number(String text, long most) {
        BigInteger number;
        try {
            number = new BigInteger(text.strip());
        } catch (NumberFormatException e) {
            throw new TypeConversionException("'" + text + "' is not a whole number; write, for example, 500");
        }
        if (number.bitLength() > BigInteger.valueOf(most).bitLength()) {
            throw new TypeConversionException(text + " is too large a number; at most " + most + " will do");
        }
        return number;
    }

    /** In the format of a configuration: {@code 250ms}, {@code 30s}, {@code 5m}. */
    private static Duration duration(String text) {
        try {
            return Settings.parseDuration(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    private static BigDecimal amount(String text) {
        try {
            return new BigDecimal(text.strip());
        } catch (NumberFormatException e) {
            throw new TypeConversionException("'" + text + "' is no amount; write, for example, 2.50");
        }
    }
}
