package dev.whippletree.cache.redis.limits;

import dev.whippletree.cache.redis.contact.CoordinationCommands.DatedEntry;
import dev.whippletree.cache.redis.contact.LimitName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What has been used here and isn't counted by the others yet, as far as is known; of each limit what is in its window,
 * however long nobody could be told. Guarded by its account.
 *
 * <p>Uses are counted once a number. Those of a trade that wasn't answered are sent again, as they were and under the
 * same number, and what has ended since waits until the one after.
 */
final class UntoldUses {

    private final Map<LimitName, OwnUses> waiting = new LinkedHashMap<>();
    private Map<LimitName, List<OwnUses.Dated>> sent = Map.of();
    private String epoch = "";
    private long number;

    /**
     * Adds what has ended, also if nothing was used: until that is told, the others count what was reserved for it.
     * Forgets what has left the limit's window.
     */
    void add(LimitName limit, long atNanos, long amount, long nowNanos, long windowNanos) {
        OwnUses uses = waiting.computeIfAbsent(limit, name -> new OwnUses());
        uses.add(atNanos, amount, windowNanos);
        uses.forget(nowNanos, windowNanos);
    }

    /** Forgets what waits of all other limits, whose windows it has left. */
    void keepOnly(Set<LimitName> limits) {
        waiting.keySet().retainAll(limits);
    }

    boolean isEmpty() {
        return waiting.isEmpty() && sent.isEmpty();
    }

    /** Returns whether something has ended that no trade has told. */
    boolean areWaiting() {
        return !waiting.isEmpty();
    }

    /** Returns whether a trade that told some wasn't answered. */
    boolean areUnanswered() {
        return !sent.isEmpty();
    }

    /** Chooses what the next trade tells: what waits, unless the last trade has to be made good. */
    void send(Map<LimitName, Block> blocks, long nowNanos) {
        if (sent.isEmpty()) {
            sent = withinWindows(waiting, blocks, nowNanos);
            waiting.clear();
            number++;
        }
    }

    /** Returns how much of a limit waits until the trade after the next. */
    long waiting(LimitName limit, long nowNanos, long windowNanos) {
        OwnUses uses = waiting.get(limit);
        return uses == null ? 0 : uses.sum(nowNanos, windowNanos);
    }

    /** Returns what the next trade tells of these limits. */
    List<DatedEntry> entries(List<LimitName> names, long nowNanos) {
        List<DatedEntry> entries = new ArrayList<>();
        for (int n = 0; n < names.size(); n++) {
            for (OwnUses.Dated use : sent.getOrDefault(names.get(n), List.of())) {
                entries.add(new DatedEntry(n, Duration.ofNanos(nowNanos - use.atNanos()), use.amount()));
            }
        }
        return entries;
    }

    /** Returns the number that these are counted under. */
    long number() {
        return number;
    }

    /** Returns the epoch that the others were in when last told; empty if they count nothing of this process. */
    String epoch() {
        return epoch;
    }

    /** Notes that what was sent is counted. */
    void told(String in) {
        epoch = in;
        sent = Map.of();
    }

    /** Notes that nothing is counted, in any epoch. */
    void forgetEpoch() {
        epoch = "";
    }

    /** Begins another epoch: everything told before is lost, and the next trade tells the window's uses again. */
    void tellAgain(String other, Map<LimitName, Block> blocks, long nowNanos) {
        epoch = other;
        waiting.clear();
        Map<LimitName, OwnUses> used = new LinkedHashMap<>();
        blocks.forEach((name, block) -> used.put(name, block.uses()));
        sent = withinWindows(used, blocks, nowNanos);
        number++;
    }

    private static Map<LimitName, List<OwnUses.Dated>> withinWindows(
            Map<LimitName, OwnUses> uses, Map<LimitName, Block> blocks, long nowNanos) {
        Map<LimitName, List<OwnUses.Dated>> within = new LinkedHashMap<>();
        uses.forEach((name, each) -> {
            Block block = blocks.get(name);
            List<OwnUses.Dated> dated = block == null ? List.of() : each.all(nowNanos, block.windowNanos());
            if (!dated.isEmpty()) {
                within.put(name, dated);
            }
        });
        return within;
    }
}
