package dev.whippletree.cli.plan;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the sizes of a prompt and its answer on the command line, in tokens: {@code 300/200}. */
final class TokenSizes implements ITypeConverter<TokenSizes.Sizes> {

    private static final Pattern FORM = Pattern.compile("(\\d{1,9})\\s*/\\s*(\\d{1,9})");

    record Sizes(int prompt, int answer) {}

    @Override
    public Sizes convert(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new TypeConversionException(
                    "'" + text + "' isn't PROMPT/ANSWER in tokens; write, for example, 300/200");
        }
        return new Sizes(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }
}
