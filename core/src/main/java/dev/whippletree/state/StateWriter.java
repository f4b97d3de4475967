package dev.whippletree.state;

import dev.whippletree.model.Limit;
import dev.whippletree.model.Scope;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes a state as JSON that a person can read: instants in ISO 8601, durations in milliseconds, uses by milliseconds
 * since 1970. Any change of what something means is a new version.
 */
final class StateWriter {

    static final int VERSION = 2;

    private static final JsonMapper JSON = new JsonMapper();

    private StateWriter() {}

    static byte[] write(SavedState state) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("version", VERSION);
        root.put("saved", state.saved().toString());
        Map<String, Object> processes = new LinkedHashMap<>();
        state.processes()
                .forEach((process, uses) -> processes.put(
                        process, uses.stream().map(StateWriter::tree).toList()));
        root.put("processes", processes);
        root.put("limits", state.limits().stream().map(StateWriter::tree).toList());
        root.put("closures", state.closures().stream().map(StateWriter::tree).toList());
        root.put("tokens", state.tokens().stream().map(StateWriter::tree).toList());
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root);
    }

    private static Map<String, Object> tree(WindowUses uses) {
        Map<String, Object> tree = scope(uses.key().scope(), uses.key().unit());
        tree.put("window_ms", uses.key().window().toMillis());
        tree.put("uses", uses.sums());
        return tree;
    }

    private static Map<String, Object> tree(SavedLimit limit) {
        Map<String, Object> tree = scope(limit.key().scope(), limit.key().unit());
        tree.put("refill", limit.key().refill().name());
        tree.put("window_ms", millis(limit.key().window()));
        tree.put("amount", limit.amount());
        tree.put("left", limit.left());
        tree.put("full", limit.full().toString());
        tree.put("refill_ms", millis(limit.refill()));
        tree.put("changed", limit.changed().toString());
        return tree;
    }

    private static Map<String, Object> tree(SavedTokens tokens) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("kind", tokens.key().kind());
        tree.put("name", tokens.key().name());
        tree.put("model", tokens.key().model());
        tree.put("size", tokens.key().size());
        tree.put("latest", tokens.latest());
        tree.put("changed", tokens.changed().toString());
        return tree;
    }

    private static Map<String, Object> scope(Scope scope, Limit.Unit unit) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("organization", scope.organization());
        scope.model().ifPresent(model -> tree.put("model", model));
        tree.put("unit", unit.name());
        return tree;
    }

    private static Map<String, Object> tree(SavedClosure closure) {
        Map<String, Object> tree = new LinkedHashMap<>();
        switch (closure.place().kind()) {
            case ORGANIZATION -> tree.put("organization", closure.place().name());
            case ACCOUNT -> tree.put("account", closure.place().name());
        }
        closure.place().model().ifPresent(model -> tree.put("model", model));
        tree.put("needs_mending", closure.needsMending());
        tree.put("since", closure.since().toString());
        tree.put("until", closure.until().toString());
        tree.put("reason", closure.reason());
        tree.put("tokens", closure.mark());
        return tree;
    }

    /** Returns milliseconds, at least 1 unless it is zero: a quota without a report guesses shorter windows. */
    private static long millis(Duration duration) {
        return duration.isZero() ? 0 : Math.max(1, duration.toMillis());
    }
}
