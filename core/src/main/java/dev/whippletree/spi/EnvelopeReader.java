package dev.whippletree.spi;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.whippletree.model.AnswerExtras;
import dev.whippletree.model.Completion;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.model.ToolCall;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads the output of {@link EnvelopeWriter}. Confined. Throws {@link BufferUnderflowException}, {@link
 * IllegalArgumentException} or {@link ArithmeticException} on other input, and allocates no more than the available
 * bytes can fill.
 */
final class EnvelopeReader {

    private static final int LONGEST_NUMBER = 10;
    private static final int DEEPEST = 100;

    private final ByteBuffer in;

    EnvelopeReader(ByteBuffer in) {
        this.in = in;
    }

    /** Reads a completion, which must be all the input. */
    Completion completion() {
        FinishReason reason = constant(EnvelopeWriter.REASONS);
        Completion completion = new Completion(
                text(),
                optional(this::text),
                optional(this::text),
                toolCalls(),
                reason,
                optional(this::usage),
                optional(this::extras).orElse(AnswerExtras.NONE),
                origin());
        if (in.hasRemaining()) {
            throw new IllegalArgumentException(in.remaining() + " bytes too many");
        }
        return completion;
    }

    private List<ToolCall> toolCalls() {
        List<ToolCall> calls = new ArrayList<>();
        for (long left = number(); left > 0; left--) {
            calls.add(new ToolCall(text(), text(), text(), constant(EnvelopeWriter.TYPES), object(0)));
        }
        return calls;
    }

    private AnswerExtras extras() {
        return new AnswerExtras(object(0), object(0), object(0));
    }

    private Map<String, Object> object(int depth) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        for (long left = number(); left > 0; left--) {
            object.put(text(), value(depth + 1));
        }
        return object;
    }

    private List<@Nullable Object> list(int depth) {
        List<@Nullable Object> list = new ArrayList<>();
        for (long left = number(); left > 0; left--) {
            list.add(value(depth + 1));
        }
        return list;
    }

    private @Nullable Object value(int depth) {
        if (depth > DEEPEST) {
            throw new IllegalArgumentException("nested too deep");
        }
        return switch (in.get()) {
            case EnvelopeWriter.NULL -> null;
            case EnvelopeWriter.FALSE -> false;
            case EnvelopeWriter.TRUE -> true;
            case EnvelopeWriter.NUMBER -> numeral(text());
            case EnvelopeWriter.TEXT -> text();
            case EnvelopeWriter.LIST -> list(depth);
            case EnvelopeWriter.OBJECT -> object(depth);
            default -> throw new IllegalArgumentException("no JSON value");
        };
    }

    /** Returns the number that JSON's readers make of a numeral. */
    private static Number numeral(String text) {
        if (text.chars().anyMatch(symbol -> ".eEIN".indexOf(symbol) >= 0)) {
            return Double.valueOf(text);
        }
        BigInteger whole = new BigInteger(text);
        return whole.bitLength() < Long.SIZE ? (Number) whole.longValue() : whole;
    }

    private TokenUsage usage() {
        return new TokenUsage(number(), number(), number(), number());
    }

    private Origin origin() {
        return new Origin(
                constant(EnvelopeWriter.SOURCES),
                text(),
                text(),
                Math.toIntExact(number()),
                duration(),
                optional(this::text));
    }

    private Duration duration() {
        return Duration.ofSeconds(number(), number());
    }

    private <T> Optional<T> optional(Supplier<T> reader) {
        return switch (in.get()) {
            case 0 -> Optional.empty();
            case 1 -> Optional.of(reader.get());
            default -> throw new IllegalArgumentException("neither there nor absent");
        };
    }

    private String text() {
        long head = number();
        long bytes = head >>> 1;
        if (bytes > in.remaining()) {
            throw new BufferUnderflowException();
        }
        return (head & 1) == 0 ? utf8((int) bytes) : utf16((int) bytes);
    }

    private String utf8(int bytes) {
        String text = new String(in.array(), in.arrayOffset() + in.position(), bytes, UTF_8);
        in.position(in.position() + bytes);
        return text;
    }

    private String utf16(int bytes) {
        char[] units = new char[bytes / Character.BYTES];
        for (int i = 0; i < units.length; i++) {
            units[i] = in.getChar();
        }
        return new String(units);
    }

    private long number() {
        long value = 0;
        for (int i = 0; i < LONGEST_NUMBER; i++) {
            byte next = in.get();
            value |= (long) (next & 0x7F) << (7 * i);
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number without an end");
    }

    private <E> E constant(List<E> all) {
        int number = in.get();
        if (number < 1 || number > all.size()) {
            throw new IllegalArgumentException("no such constant");
        }
        return all.get(number - 1);
    }
}
