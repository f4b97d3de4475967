package dev.whippletree.state;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * The state that several processes have saved together. Immutable.
 *
 * <p>Uses are kept by process, because each process saves all of its uses each time; for processes that have ended,
 * only the sum is kept.
 *
 * @param saved when it was last saved; {@link Instant#EPOCH} if never
 * @param limits the reported limits, each by the newest view of it
 * @param tokens what was learned about prompts and completions, by the best view of each; the 200 that changed last are
 *     kept
 */
public record SavedState(
        Instant saved,
        Map<String, List<WindowUses>> processes,
        List<SavedLimit> limits,
        List<SavedClosure> closures,
        List<SavedTokens> tokens) {

    public static final SavedState EMPTY = new SavedState(Instant.EPOCH, Map.of(), List.of(), List.of(), List.of());

    /** The name for the use of processes that have ended. */
    static final String ENDED = "ended";

    private static final int MOST_TOKENS = 200;

    public SavedState {
        Objects.requireNonNull(saved, "saved");
        Map<String, List<WindowUses>> copied = new LinkedHashMap<>();
        processes.forEach((process, uses) -> copied.put(process, List.copyOf(uses)));
        processes = Collections.unmodifiableMap(copied);
        limits = List.copyOf(limits);
        closures = List.copyOf(closures);
        tokens = List.copyOf(tokens);
    }

    /** Returns what still matters: without uses that have left their window, full limits and past closures. */
    public SavedState at(Instant now) {
        Map<String, List<WindowUses>> alive = new LinkedHashMap<>();
        processes.forEach((process, uses) -> {
            List<WindowUses> left = uses.stream()
                    .map(window -> inWindow(window, now))
                    .filter(window -> !window.sums().isEmpty())
                    .toList();
            if (!left.isEmpty()) {
                alive.put(process, left);
            }
        });
        return new SavedState(
                saved,
                alive,
                left(limits, limit -> limit.seenAt(now), limit -> limit.isOver(now)),
                left(closures, closure -> closure.seenAt(now), closure -> closure.isOver(now)),
                left(tokens, learned -> learned.seenAt(now), learned -> learned.isOver(now)));
    }

    private static <T> List<T> left(List<T> all, UnaryOperator<T> seenNow, Predicate<T> isOver) {
        return all.stream().map(seenNow).filter(isOver.negate()).toList();
    }

    private static WindowUses inWindow(WindowUses uses, Instant now) {
        SortedMap<Long, Long> sums = new TreeMap<>();
        uses.sums().forEach((date, sum) -> {
            long plausible = uses.key().plausible(date, now);
            if (sum > 0 && !uses.key().hasLeft(plausible, now)) {
                sums.merge(plausible, sum, Long::sum);
            }
        });
        return new WindowUses(uses.key(), sums);
    }

    /** Returns the use of each sliding window by all processes but one. */
    public Map<WindowKey, SortedMap<Long, Long>> usesOfOthers(String process) {
        Map<WindowKey, SortedMap<Long, Long>> sums = new LinkedHashMap<>();
        processes.forEach((other, uses) -> {
            if (!other.equals(process)) {
                uses.forEach(window -> addTo(sums, window));
            }
        });
        return sums;
    }

    private static void addTo(Map<WindowKey, SortedMap<Long, Long>> sums, WindowUses uses) {
        SortedMap<Long, Long> ofWindow = sums.computeIfAbsent(uses.key(), key -> new TreeMap<>());
        uses.sums().forEach((date, sum) -> ofWindow.merge(date, sum, Long::sum));
    }

    /**
     * Returns it with a process's own state, in place of its earlier one.
     *
     * @param ending whether that process ends, so that its use can be added to that of others
     */
    SavedState with(OwnState own, boolean ending, Instant now) {
        SavedState present = at(now);
        Map<String, List<WindowUses>> all = new LinkedHashMap<>(present.processes);
        all.remove(own.process());
        if (ending) {
            Map<WindowKey, SortedMap<Long, Long>> sums = new LinkedHashMap<>();
            all.getOrDefault(ENDED, List.of()).forEach(window -> addTo(sums, window));
            own.uses().forEach(window -> addTo(sums, window));
            List<WindowUses> ended = new ArrayList<>();
            sums.forEach((key, ofWindow) -> ended.add(new WindowUses(key, ofWindow)));
            all.put(ENDED, ended);
        } else {
            all.put(own.process(), own.uses());
        }
        List<SavedClosure> closed = present.closures.stream()
                .filter(closure -> !own.reopened().contains(closure.place()))
                .toList();
        return new SavedState(
                        now,
                        all,
                        List.copyOf(merged(present.limits, own.limits(), SavedLimit::key, SavedLimit::newer)),
                        List.copyOf(merged(closed, own.closures(), SavedClosure::place, SavedClosure::later)),
                        merged(present.tokens, own.tokens(), SavedTokens::key, SavedTokens::better).stream()
                                .sorted(Comparator.comparing(SavedTokens::changed)
                                        .reversed())
                                .limit(MOST_TOKENS)
                                .toList())
                .at(now);
    }

    private static <K, V> Collection<V> merged(
            List<V> saved, List<V> own, Function<V, K> key, BinaryOperator<V> better) {
        Map<K, V> all = new LinkedHashMap<>();
        saved.forEach(one -> all.put(key.apply(one), one));
        own.forEach(one -> all.merge(key.apply(one), one, better));
        return all.values();
    }
}
