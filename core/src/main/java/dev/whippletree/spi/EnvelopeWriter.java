package dev.whippletree.spi;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.whippletree.model.AnswerExtras;
import dev.whippletree.model.Completion;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.model.ToolCall;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the body of a {@link CacheEnvelope}. Confined.
 *
 * <p>Numbers are written seven bits a byte, the lowest first, the top bit set on all but the last. A text is a number,
 * twice its length in bytes, and its UTF-8. A text with half a surrogate pair, which UTF-8 can't express, is that
 * number plus one and its UTF-16. An optional is a byte, 0 or 1, and its value. Enumerations have numbers of their own
 * here, so that reordering their constants changes nothing stored. A JSON value is a byte that says what it is, and its
 * content: a number as text, a list's length and values, an object's size and its names and values.
 */
final class EnvelopeWriter {

    static final int NULL = 0;
    static final int FALSE = 1;
    static final int TRUE = 2;
    static final int NUMBER = 3;
    static final int TEXT = 4;
    static final int LIST = 5;
    static final int OBJECT = 6;

    /** Enumerations' constants, whose numbers here are their places, from 1. */
    static final List<FinishReason> REASONS =
            List.of(FinishReason.STOP, FinishReason.LENGTH, FinishReason.TOOL_CALLS, FinishReason.CONTENT_FILTER);

    static final List<ToolCall.Type> TYPES = List.of(ToolCall.Type.FUNCTION, ToolCall.Type.CUSTOM);
    static final List<Origin.Source> SOURCES = List.of(Origin.Source.CALL, Origin.Source.JOINED, Origin.Source.CACHE);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(512);

    /** Creates a writer that leaves bytes free, as zeros, before what is written. */
    EnvelopeWriter(int reserved) {
        out.writeBytes(new byte[reserved]);
    }

    byte[] completion(Completion completion) {
        constant(REASONS, completion.finishReason());
        text(completion.text());
        optional(completion.reasoning(), this::text);
        optional(completion.refusal(), this::text);
        toolCalls(completion.toolCalls());
        optional(completion.usage(), this::usage);
        optional(Optional.of(completion.extras()).filter(extras -> !extras.isEmpty()), this::extras);
        origin(completion.origin());
        return out.toByteArray();
    }

    private void toolCalls(List<ToolCall> calls) {
        number(calls.size());
        for (ToolCall call : calls) {
            text(call.id());
            text(call.name());
            text(call.arguments());
            constant(TYPES, call.type());
            object(call.extras());
        }
    }

    private void extras(AnswerExtras extras) {
        object(extras.answer());
        object(extras.choice());
        object(extras.message());
    }

    private void object(Map<?, ?> object) {
        number(object.size());
        object.forEach((name, value) -> {
            text((String) name);
            value(value);
        });
    }

    private void value(@Nullable Object value) {
        if (value == null) {
            out.write(NULL);
        } else if (value instanceof Boolean flag) {
            out.write(flag ? TRUE : FALSE);
        } else if (value instanceof Number number) {
            out.write(NUMBER);
            text(number.toString());
        } else if (value instanceof List<?> list) {
            out.write(LIST);
            number(list.size());
            list.forEach(this::value);
        } else if (value instanceof Map<?, ?> object) {
            out.write(OBJECT);
            object(object);
        } else {
            out.write(TEXT);
            text((String) value);
        }
    }

    private void usage(TokenUsage usage) {
        number(usage.promptTokens());
        number(usage.completionTokens());
        number(usage.cachedPromptTokens());
        number(usage.reasoningTokens());
    }

    private void origin(Origin origin) {
        constant(SOURCES, origin.source());
        text(origin.account());
        text(origin.model());
        number(origin.attempts());
        duration(origin.waited());
        optional(origin.cache(), this::text);
    }

    private void duration(Duration duration) {
        number(duration.getSeconds());
        number(duration.getNano());
    }

    private <T> void optional(Optional<T> value, Consumer<T> writer) {
        out.write(value.isPresent() ? 1 : 0);
        value.ifPresent(writer);
    }

    private void text(String text) {
        byte[] utf8 = text.getBytes(UTF_8);
        if (new String(utf8, UTF_8).equals(text)) {
            number((long) utf8.length << 1);
            out.writeBytes(utf8);
        } else {
            number((long) text.length() << 2 | 1);
            text.chars().forEach(unit -> {
                out.write(unit >> 8);
                out.write(unit);
            });
        }
    }

    private void number(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.write((int) (rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    private <E> void constant(List<E> all, E one) {
        out.write(all.indexOf(one) + 1);
    }
}
