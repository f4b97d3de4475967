package dev.whippletree.state;

import dev.whippletree.model.Limit;
import dev.whippletree.model.RateLimitReport.Refill;
import dev.whippletree.model.Scope;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads the output of {@link StateWriter}; anything else, or half of it, is no state. */
final class StateReader {

    private static final JsonMapper JSON = new JsonMapper();

    /** So large that a few thousand of them, times the ratios of windows, still fit into 64 bits. */
    private static final long LARGEST = 1_000_000_000_000_000L;

    /** What can be counted in nanoseconds. */
    private static final long LONGEST_MILLIS = Long.MAX_VALUE / 1_000_000;

    private StateReader() {}

    static SavedState read(byte[] contents) throws NewerStateException, UnreadableStateException {
        try {
            JsonNode root = JSON.readTree(contents);
            long version = root.required("version").longValue();
            if (version > StateWriter.VERSION) {
                throw new NewerStateException("it has version " + version + ", but this program knows only "
                        + StateWriter.VERSION + "; use the newer program, or another folder");
            }
            return state(root);
        } catch (JacksonException e) {
            throw new UnreadableStateException("it isn't what Whippletree wrote: " + e.getOriginalMessage());
        } catch (IllegalArgumentException | DateTimeException | ArithmeticException e) {
            throw new UnreadableStateException("it isn't what Whippletree wrote: " + e.getMessage());
        }
    }

    private static SavedState state(JsonNode root) {
        Map<String, List<WindowUses>> processes = new LinkedHashMap<>();
        JsonNode entries = root.required("processes");
        for (String process : entries.propertyNames()) {
            processes.put(process, all(entries.required(process), StateReader::uses));
        }
        return new SavedState(
                instant(root, "saved"),
                processes,
                all(root.required("limits"), StateReader::limit),
                all(root.required("closures"), StateReader::closure),
                root.has("tokens") ? all(root.required("tokens"), StateReader::tokens) : List.of());
    }

    private static <T> List<T> all(JsonNode array, Function<JsonNode, T> reader) {
        if (!array.isArray()) {
            throw new IllegalArgumentException("a list is missing");
        }
        return array.valueStream().map(reader).toList();
    }

    private static WindowUses uses(JsonNode node) {
        WindowKey key = new WindowKey(scope(node), unit(node), millis(node, "window_ms"));
        SortedMap<Long, Long> sums = new TreeMap<>();
        JsonNode uses = node.required("uses");
        for (String date : uses.propertyNames()) {
            sums.put(within(LARGEST, Long.parseLong(date)), amount(uses, date));
        }
        return new WindowUses(key, sums);
    }

    private static SavedLimit limit(JsonNode node) {
        SavedLimit.SavedLimitKey key = new SavedLimit.SavedLimitKey(
                scope(node), unit(node), Refill.valueOf(text(node, "refill")), millis(node, "window_ms"));
        return new SavedLimit(
                key,
                amount(node, "amount"),
                amount(node, "left"),
                instant(node, "full"),
                millis(node, "refill_ms"),
                instant(node, "changed"));
    }

    private static SavedClosure closure(JsonNode node) {
        ClosedPlace place = node.has("account")
                ? new ClosedPlace(ClosedPlace.Extent.ACCOUNT, text(node, "account"), model(node))
                : new ClosedPlace(ClosedPlace.Extent.ORGANIZATION, text(node, "organization"), model(node));
        return new SavedClosure(
                place,
                node.required("needs_mending").booleanValue(),
                instant(node, "since"),
                instant(node, "until"),
                text(node, "reason"),
                text(node, "tokens"));
    }

    /** Files of version 1 have none. */
    private static SavedTokens tokens(JsonNode node) {
        SavedTokens.SavedTokensKey key =
                new SavedTokens.SavedTokensKey(text(node, "kind"), text(node, "name"), text(node, "model"), (int)
                        within(Integer.MAX_VALUE, node.required("size").longValue()));
        return new SavedTokens(
                key,
                all(node.required("latest"), value -> (int) within(Integer.MAX_VALUE, value.longValue())),
                instant(node, "changed"));
    }

    private static Scope scope(JsonNode node) {
        return new Scope(text(node, "organization"), model(node));
    }

    private static Optional<String> model(JsonNode node) {
        return node.has("model") ? Optional.of(text(node, "model")) : Optional.empty();
    }

    private static Limit.Unit unit(JsonNode node) {
        return Limit.Unit.valueOf(text(node, "unit"));
    }

    private static Duration millis(JsonNode node, String key) {
        return Duration.ofMillis(within(LONGEST_MILLIS, node.required(key).longValue()));
    }

    private static long amount(JsonNode node, String key) {
        return within(LARGEST, node.required(key).longValue());
    }

    private static long within(long most, long value) {
        if (value > most || value < -most) {
            throw new IllegalArgumentException(value + " is more than there can be");
        }
        return value;
    }

    private static Instant instant(JsonNode node, String key) {
        return Instant.parse(text(node, key));
    }

    private static String text(JsonNode node, String key) {
        return node.required(key).requireNonNull().stringValue();
    }

    /** The file was written by a later version, which alone understands it, so it stays as it is. */
    static final class NewerStateException extends IOException {

        private static final long serialVersionUID = 1;

        NewerStateException(String message) {
            super(message);
        }
    }

    /** The file's contents aren't a state of this version or an earlier one. */
    static final class UnreadableStateException extends IOException {

        private static final long serialVersionUID = 1;

        UnreadableStateException(String message) {
            super(message);
        }
    }
}
