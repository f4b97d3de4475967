package dev.whippletree.status;

import dev.whippletree.model.Credit;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Scope;
import dev.whippletree.model.ShownText;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.model.StatusSnapshot.AccountState;
import dev.whippletree.model.StatusSnapshot.AccountStatus;
import dev.whippletree.model.StatusSnapshot.CacheTier;
import dev.whippletree.model.StatusSnapshot.CoordinatorStatus;
import dev.whippletree.model.StatusSnapshot.Latency;
import dev.whippletree.model.StatusSnapshot.LimitShare;
import dev.whippletree.model.StatusSnapshot.LimitStatus;
import dev.whippletree.model.StatusSnapshot.LimitStatus.LimitSource;
import dev.whippletree.model.StatusSnapshot.Prompts;
import dev.whippletree.model.StatusSnapshot.Tenant;
import dev.whippletree.model.TokenUsage;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/** Reads the output of {@link StatusWriter}. */
final class StatusReader {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private StatusReader() {}

    static PricedStatus read(String json) {
        try {
            JsonNode root = JSON.readTree(json);
            Bill bill = bill(root.required("cost"));
            return new PricedStatus(status(root, bill), bill);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("it isn't a status: " + ShownText.line(e.getOriginalMessage()), e);
        } catch (DateTimeException | ArithmeticException e) {
            throw new IllegalArgumentException(
                    "it isn't a status: " + ShownText.line(String.valueOf(e.getMessage())), e);
        }
    }

    private static StatusSnapshot status(JsonNode root, Bill bill) {
        return new StatusSnapshot(
                instant(root, "at"),
                millis(root, "uptime_ms"),
                prompts(root.required("prompts")),
                root.required("sessions_active").intValue(),
                root.required("waiting").intValue(),
                root.required("in_flight").intValue(),
                root.required("calls").longValue(),
                root.required("prompts_per_minute").doubleValue(),
                latency(root.required("response")),
                TokensJson.read(root.required("tokens")),
                all(root, "caches", StatusReader::cache),
                optional(root, "coordination", StatusReader::coordination),
                all(root, "accounts", account -> account(account, bill)),
                List.of(), // The bill has what they used.
                root.has("tenants") ? all(root, "tenants", StatusReader::tenant) : List.of(),
                root.required("picker_faults").longValue(),
                all(root, "notes", StatusReader::text));
    }

    private static Prompts prompts(JsonNode node) {
        return new Prompts(
                node.required("submitted").longValue(),
                node.required("answered").longValue(),
                node.required("from_cache").longValue(),
                node.required("joined").longValue(),
                node.required("failed").longValue(),
                node.required("cancelled").longValue(),
                node.path("resumed").longValue());
    }

    private static Latency latency(JsonNode node) {
        return new Latency(node.required("count").longValue(), millis(node, "mean_ms"), millis(node, "p95_ms"));
    }

    private static CacheTier cache(JsonNode node) {
        return new CacheTier(
                text(node.required("name")),
                node.required("hits").longValue(),
                node.required("misses").longValue(),
                node.required("faults").longValue(),
                all(node, "remarks", StatusReader::text));
    }

    private static CoordinatorStatus coordination(JsonNode node) {
        return new CoordinatorStatus(
                text(node.required("name")),
                node.required("connected").booleanValue(),
                node.required("processes").intValue(),
                node.required("granted").longValue(),
                node.required("alone").longValue(),
                node.required("refused").longValue(),
                node.required("claimed").longValue(),
                node.required("left_to_others").longValue(),
                node.required("faults").longValue(),
                optional(node, "problem", StatusReader::text),
                node.has("remarks") ? all(node, "remarks", StatusReader::text) : List.of());
    }

    private static Bill bill(JsonNode node) {
        Optional<Bill.Prices> prices = optional(node, "currency", StatusReader::text)
                .map(currency -> new Bill.Prices(
                        text(node.required("prices_source")),
                        LocalDate.parse(text(node.required("prices_as_of"))),
                        currency,
                        optional(node, "prices_doubt", StatusReader::text)));
        return new Bill(all(node, "items", StatusReader::item), prices);
    }

    private static Bill.Item item(JsonNode node) {
        return new Bill.Item(
                text(node.required("account")),
                text(node.required("model")),
                TokensJson.read(node.required("tokens")),
                optional(node, "cost", JsonNode::decimalValue),
                optional(node, "credit", credit -> Credit.parse(text(credit))));
    }

    private static AccountStatus account(JsonNode node, Bill bill) {
        String id = text(node.required("id"));
        return new AccountStatus(
                id,
                text(node.required("provider")),
                text(node.required("organization")),
                word(AccountState.class, node.required("state")),
                optional(node, "reason", StatusReader::text),
                optional(node, "until", until -> Instant.parse(text(until))),
                node.required("in_flight").intValue(),
                node.required("max_concurrency").intValue(),
                node.required("calls").longValue(),
                node.required("answered").longValue(),
                node.required("rate_limited").longValue(),
                failures(node.required("failures")),
                latency(node.required("response")),
                TokensJson.read(node.required("tokens")),
                tokensByModel(id, bill),
                all(node, "limits", StatusReader::limit),
                node.required("stale_connections").longValue());
    }

    /** Returns the tokens of the bill's items, where they are written. */
    private static Map<String, TokenUsage> tokensByModel(String account, Bill bill) {
        Map<String, TokenUsage> tokens = new HashMap<>();
        bill.items().stream()
                .filter(item -> item.account().equals(account))
                .forEach(item -> tokens.put(item.model(), item.tokens()));
        return tokens;
    }

    private static Map<FailureKind, Long> failures(JsonNode node) {
        Map<FailureKind, Long> failures = new EnumMap<>(FailureKind.class);
        for (String kind : node.propertyNames()) {
            failures.put(word(FailureKind.class, kind), node.required(kind).longValue());
        }
        return failures;
    }

    private static Tenant tenant(JsonNode node) {
        return new Tenant(
                optional(node, "name", StatusReader::text),
                optional(node, "weight", JsonNode::intValue),
                node.required("waiting").intValue(),
                node.has("oldest_wait_ms") ? Optional.of(millis(node, "oldest_wait_ms")) : Optional.empty(),
                node.required("starts").longValue(),
                all(node, "limits", StatusReader::share));
    }

    private static LimitShare share(JsonNode node) {
        Limit limit = new Limit(
                word(Limit.Unit.class, node.required("unit")),
                node.required("amount").longValue(),
                millis(node, "window_ms"));
        return new LimitShare(scope(node), limit, node.required("used").longValue());
    }

    private static Scope scope(JsonNode node) {
        return new Scope(text(node.required("organization")), optional(node, "model", StatusReader::text));
    }

    private static LimitStatus limit(JsonNode node) {
        return new LimitStatus(
                scope(node),
                word(Limit.Unit.class, node.required("unit")),
                node.required("amount").longValue(),
                optional(node, "window_ms", window -> Duration.ofMillis(window.longValue())),
                node.required("left").longValue(),
                word(LimitSource.class, node.required("source")),
                node.has("more_in_ms")
                        ? OptionalLong.of(millis(node, "more_in_ms").toNanos())
                        : OptionalLong.empty());
    }

    private static <E extends Enum<E>> E word(Class<E> type, JsonNode node) {
        return word(type, text(node));
    }

    private static <E extends Enum<E>> E word(Class<E> type, String written) {
        try {
            return Enum.valueOf(type, written.toUpperCase(Locale.ROOT).replace('-', '_'));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("it has an unknown value: " + ShownText.line(written), e);
        }
    }

    private static Instant instant(JsonNode node, String key) {
        return Instant.parse(text(node.required(key)));
    }

    private static Duration millis(JsonNode node, String key) {
        return Duration.ofMillis(node.required(key).longValue());
    }

    private static String text(JsonNode node) {
        return ShownText.line(node.requireNonNull().stringValue());
    }

    private static <T> Optional<T> optional(JsonNode node, String key, Function<JsonNode, T> reader) {
        return Optional.ofNullable(node.get(key)).map(reader);
    }

    private static <T> List<T> all(JsonNode node, String key, Function<JsonNode, T> reader) {
        JsonNode array = node.required(key);
        if (!array.isArray()) {
            throw new IllegalArgumentException("it isn't a status: " + key + " isn't a list");
        }
        return array.valueStream().map(reader).toList();
    }
}
