package dev.whippletree.state;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The state that several processes have saved together. Immutable.
 *
 * <p>Uses are kept by process, because each process saves all of its uses each time; for processes that have ended,
 * only the sum is kept.
 *
 * @param saved when it was last saved; {@link Instant#EPOCH} if never
 * @param processes each process's use of each sliding window
 * @param limits the reported limits, each by the newest view of it
 * @param closures the closures
 * @param tokens what was learned about prompts and completions, by the best view of each; the 200 that changed last are
 *     kept
 */
public record SavedState(
        Instant saved,
        Map<String, List<WindowUses>> processes,
        List<SavedLimit> limits,
        List<SavedClosure> closures,
        List<SavedTokens> tokens) {

    /** Nothing. */
    public static final SavedState EMPTY = new SavedState(Instant.EPOCH, Map.of(), List.of(), List.of(), List.of());

    /** The name for the use of processes that have ended. */
    static final String ENDED = "ended";

    private static final int MOST_TOKENS = 200;

    /** Copies mutable values. */
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
                limits.stream()
                        .map(limit -> limit.seenAt(now))
                        .filter(limit -> !limit.isOver(now))
                        .toList(),
                closures.stream()
                        .map(closure -> closure.seenAt(now))
                        .filter(closure -> !closure.isOver(now))
                        .toList(),
                tokens.stream()
                        .map(learned -> learned.seenAt(now))
                        .filter(learned -> !learned.isOver(now))
                        .toList());
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
        return new SavedState(now, all, present.limitsWith(own), present.closuresWith(own), present.tokensWith(own))
                .at(now);
    }

    private List<SavedLimit> limitsWith(OwnState own) {
        Map<SavedLimit.SavedLimitKey, SavedLimit> all = new LinkedHashMap<>();
        limits.forEach(limit -> all.put(limit.key(), limit));
        own.limits().forEach(limit -> all.merge(limit.key(), limit, SavedLimit::newer));
        return List.copyOf(all.values());
    }

    private List<SavedTokens> tokensWith(OwnState own) {
        Map<SavedTokens.SavedTokensKey, SavedTokens> all = new LinkedHashMap<>();
        tokens.forEach(learned -> all.put(learned.key(), learned));
        own.tokens().forEach(learned -> all.merge(learned.key(), learned, SavedTokens::better));
        return all.values().stream()
                .sorted(Comparator.comparing(SavedTokens::changed).reversed())
                .limit(MOST_TOKENS)
                .toList();
    }

    private List<SavedClosure> closuresWith(OwnState own) {
        Map<ClosedPlace, SavedClosure> all = new LinkedHashMap<>();
        closures.forEach(closure -> all.put(closure.place(), closure));
        own.reopened().forEach(all::remove);
        own.closures().forEach(closure -> all.merge(closure.place(), closure, SavedClosure::later));
        return List.copyOf(all.values());
    }
}
