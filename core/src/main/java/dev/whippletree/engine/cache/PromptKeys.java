package dev.whippletree.engine.cache;

import dev.whippletree.engine.pool.Route;
import dev.whippletree.model.Message;
import dev.whippletree.model.Parameters;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.ToolCall;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.state.Sha256;
import java.math.BigDecimal;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes the key of a prompt: SHA-256 over canonical JSON of everything that affects the answer.
 *
 * <p>Everything counts unless it is known not to matter, so an unknown parameter never makes two prompts equal.
 * Differences in text that no reader sees don't count: Unicode is composed, line ends are unified, and white space
 * at the ends of lines and of the text is dropped. White space within a line stays, because it means something in
 * code. In a text to embed everything counts: its vector shows the difference.
 */
public final class PromptKeys {

    /** Protocol fields about who asks and how it is handled, not about the answer. */
    private static final Set<String> IRRELEVANT = Set.of(
            "user",
            "metadata",
            "store",
            "service_tier",
            "safety_identifier",
            "prompt_cache_key",
            "prompt_cache_retention");

    /** Replaces the question in a scope's digest. */
    private static final String QUESTION_MARK = "\u0000question\u0000";

    private PromptKeys() {}

    /** Returns the key of a prompt with its bound on tokens filled in. */
    public static CacheKey of(Prompt prompt, Route route) {
        return of(prompt, route.name(), route.models());
    }

    /**
     * Returns the key of a prompt.
     *
     * @param prompt with its bound on tokens filled in
     * @param models the route's models, tier by tier
     */
    public static CacheKey of(Prompt prompt, String route, List<List<String>> models) {
        String digest = digest(prompt, route, models, prompt.messages());
        return new CacheKey(
                digest,
                prompt.tenant(),
                prompt.question().map(text -> new CacheKey.Question(text, () -> scope(prompt, route, models, text))));
    }

    private static String scope(Prompt prompt, String route, List<List<String>> models, String question) {
        List<Message> messages = new ArrayList<>(prompt.messages());
        Message last = messages.remove(messages.size() - 1);
        messages.add(new Message(
                last.role(),
                last.text().replace(question, QUESTION_MARK),
                last.parts(),
                last.toolCalls(),
                last.toolCallId(),
                last.extras()));
        return digest(prompt, route, models, messages);
    }

    private static String digest(Prompt prompt, String route, List<List<String>> models, List<Message> messages) {
        Map<String, Object> everything = new TreeMap<>();
        everything.put("route", route);
        everything.put("models", models);
        everything.put("tenant", prompt.tenant());
        prompt.account().ifPresent(account -> everything.put("account", account));
        if (!prompt.accounts().isEmpty()) {
            everything.put("accounts", prompt.accounts().stream().sorted().toList());
        }
        prompt.model().ifPresent(model -> everything.put("model", model));
        boolean exact = prompt.operation() == Prompt.Operation.EMBEDDING;
        if (exact) {
            everything.put("operation", "embedding");
        }
        everything.put(
                "messages",
                messages.stream().map(message -> describe(message, exact)).toList());
        everything.put("parameters", describe(prompt.parameters()));
        return HexFormat.of().formatHex(Sha256.of(CanonicalJson.write(everything)));
    }

    private static Map<String, Object> describe(Message message, boolean exact) {
        Map<String, Object> fields = new TreeMap<>();
        fields.put("role", message.role().wireName());
        fields.put("text", exact ? message.text() : normalize(message.text()));
        fields.put("parts", message.parts());
        fields.put(
                "calls", message.toolCalls().stream().map(PromptKeys::describe).toList());
        message.toolCallId().ifPresent(id -> fields.put("call", id));
        if (!message.extras().isEmpty()) {
            fields.put("extras", message.extras());
        }
        return fields;
    }

    private static List<Object> describe(ToolCall call) {
        return call.type() == ToolCall.Type.FUNCTION && call.extras().isEmpty()
                ? List.of(call.id(), call.name(), call.arguments())
                : List.of(call.id(), call.name(), call.arguments(), call.type().name(), call.extras());
    }

    private static Map<String, Object> describe(Parameters parameters) {
        Map<String, Object> fields = new TreeMap<>(parameters.extras());
        fields.keySet().removeAll(IRRELEVANT);
        parameters.temperature().ifPresent(value -> fields.put("temperature", value));
        parameters.topP().ifPresent(value -> fields.put("top_p", value));
        parameters.maxTokens().ifPresent(value -> fields.put("max_tokens", value));
        parameters.seed().ifPresent(value -> fields.put("seed", value));
        fields.put("stop", parameters.stop());
        return fields;
    }

    private static String normalize(String text) {
        String composed = Normalizer.isNormalized(text, Normalizer.Form.NFC)
                ? text
                : Normalizer.normalize(text, Normalizer.Form.NFC);
        if (composed.indexOf('\n') < 0 && composed.indexOf('\r') < 0) {
            return composed.strip();
        }
        StringBuilder lines = new StringBuilder(composed.length());
        composed.lines().forEach(line -> lines.append(line.stripTrailing()).append('\n'));
        return lines.toString().strip();
    }

    /**
     * Writes JSON values in a canonical form: keys sorted, no spaces, numbers by value ({@code 1}
     * equals {@code 1.0}). Two values have the same form exactly if they mean the same.
     */
    static final class CanonicalJson {

        /** Numbers with more zeros than any double has are written with an exponent. */
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
            out.append('{');
            sorted(object).forEach((key, value) -> {
                separate('{');
                string((String) key);
                out.append(':');
                value(value);
            });
            out.append('}');
        }

        private static Map<?, ?> sorted(Map<?, ?> object) {
            boolean isSorted = object instanceof SortedMap<?, ?> sorted && sorted.comparator() == null;
            return isSorted ? object : new TreeMap<>(object);
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
            if (number instanceof Integer
                    || number instanceof Long
                    || number instanceof Short
                    || number instanceof Byte) {
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
                // In UTF-8 all halves of surrogate pairs would look alike.
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
                out.append(symbol < 16 ? "\\u000" : symbol < ' ' ? "\\u00" : "\\u")
                        .append(Integer.toHexString(symbol));
            }
        }
    }
}
