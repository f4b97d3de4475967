package dev.whippletree.cli;

import java.math.BigInteger;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/** Reads whole numbers on the command line, with a clear error for anything else. */
final class WholeNumbers {

    private WholeNumbers() {}

    /** Makes a command and all below it read whole numbers so. */
    static void apply(CommandLine command) {
        command.registerConverter(int.class, WholeNumbers::small);
        command.registerConverter(Integer.class, WholeNumbers::small);
        command.registerConverter(long.class, WholeNumbers::large);
        command.registerConverter(Long.class, WholeNumbers::large);
    }

    private static int small(String text) {
        BigInteger number = number(text);
        if (number.bitLength() >= Integer.SIZE) {
            throw new TypeConversionException(
                    text + " is too large a number; at most " + Integer.MAX_VALUE + " will do");
        }
        return number.intValue();
    }

    private static long large(String text) {
        BigInteger number = number(text);
        if (number.bitLength() >= Long.SIZE) {
            throw new TypeConversionException(text + " is too large a number; at most " + Long.MAX_VALUE + " will do");
        }
        return number.longValue();
    }

    private static BigInteger number(String text) {
        try {
            return new BigInteger(text.strip());
        } catch (NumberFormatException e) {
            throw new TypeConversionException("'" + text + "' is not a whole number; write, for example, 500");
        }
    }
}
