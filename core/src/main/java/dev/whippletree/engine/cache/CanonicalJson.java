package dev.whippletree.engine.cache;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON values in one form only: keys sorted, no spaces, keys without a value left out, numbers by value ({@code 1} and
 * {@code 1.0} alike). Two values are written alike exactly if they mean the same.
 */
final class CanonicalJson {

    /** Numbers with more zeros than any double has are written with an exponent, whatever it takes to write them out. */
    private static final int MOST_ZEROS = 400;

    private final StringBuilder out = new StringBuilder(512);

    private CanonicalJson() {}

    static String write(Map<String, ?> object) {
        CanonicalJson json = new CanonicalJson();
        json.value(object);
        return json.out.toString();
    }

    private void value(@Nullable Object value) {
        if (value instanceof String text) {
            string(text);
        } else if (value instanceof Map<?, ?> object) {
            object(object);
        } else if (value instanceof List<?> array) {
            array(array);
        } else if (value instanceof Number number) {
            number(number);
        } else {
            out.append(value);
        }
    }

    private void object(Map<?, ?> object) {
        TreeMap<String, Object> sorted = new TreeMap<>();
        object.forEach((key, value) -> {
            if (value != null) {
                sorted.put((String) key, value);
            }
        });
        out.append('{');
        sorted.forEach((key, value) -> {
            separate('{');
            string(key);
            out.append(':');
            value(value);
        });
        out.append('}');
    }

    private void array(List<?> array) {
        out.append('[');
        for (Object value : array) {
            separate('[');
            value(value);
        }
        out.append(']');
    }

    private void separate(char opening) {
        if (out.charAt(out.length() - 1) != opening) {
            out.append(',');
        }
    }

    private void number(Number number) {
        if (number instanceof Integer || number instanceof Long || number instanceof Short || number instanceof Byte) {
            out.append(number.longValue());
            return;
        }
        try {
            BigDecimal exact = new BigDecimal(number.toString()).stripTrailingZeros();
            boolean plain = Math.abs((long) exact.scale()) <= MOST_ZEROS;
            out.append(exact.signum() == 0 ? "0" : plain ? exact.toPlainString() : exact.toString());
        } catch (NumberFormatException e) {
            string(number.toString());
        }
    }

    private void string(String text) {
        out.append('"');
        int written = 0;
        for (int index = 0; index < text.length(); index++) {
            char symbol = text.charAt(index);
            // Half of a surrogate pair has no bytes of its own in UTF-8 and would be written as any other half is.
            if (symbol < ' ' || symbol == '"' || symbol == '\\' || Character.isSurrogate(symbol)) {
                out.append(text, written, index);
                escaped(symbol);
                written = index + 1;
            }
        }
        out.append(text, written, text.length()).append('"');
    }

    private void escaped(char symbol) {
        if (symbol == '"' || symbol == '\\') {
            out.append('\\').append(symbol);
        } else {
            out.append(symbol < 16 ? "\\u000" : symbol < ' ' ? "\\u00" : "\\u").append(Integer.toHexString(symbol));
        }
    }
}
