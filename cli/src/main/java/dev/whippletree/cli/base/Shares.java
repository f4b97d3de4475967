package dev.whippletree.cli.base;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads shares on the command line, 0 to 1: {@code 80%}, {@code 78.2%} or {@code 0.8}. */
public final class Shares implements ITypeConverter<Double> {

    private static final Pattern FORM = Pattern.compile("(-?\\d{1,9}(?:\\.\\d{1,9})?)\\s*(%?)");
    private static final double PERCENT = 100;

    @Override
    public Double convert(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new TypeConversionException("'" + text + "' is not a share; write, for example, 80% or 0.8");
        }
        boolean percent = !matcher.group(2).isEmpty();
        double share = Double.parseDouble(matcher.group(1)) / (percent ? PERCENT : 1);
        if (share >= 0 && share <= 1) {
            return share;
        }
        throw new TypeConversionException(
                percent
                        ? "a share is 0% to 100%, not " + text
                        : "a share is 0 to 1, not " + text + "; for a percentage write " + text + "%");
    }
}
