package dev.whippletree.cache.redis.limits;

import dev.whippletree.cache.redis.contact.CoordinationCommands.DatedEntry;
import dev.whippletree.cache.redis.contact.LimitName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What has been used here and isn't counted by the others yet, as far as is known. Guarded by its account.
 *
 * <p>Uses are counted once a number. Those of a trade that wasn't answered are sent again, as they were and under the
 * same number, and what has ended since waits until the one after.
 */
final class UntoldUses {

    /** Of a second's work; more are told less exactly. */
    private static final int MOST = 2_000;

    private List<Use> waiting = new ArrayList<>();
    private List<Use> sent = List.of();
    private String epoch = "";
    private long number;

    private record Use(LimitName limit, long atNanos, long amount) {}

    /** Adds what has ended. */
    void add(LimitName limit, long atNanos, long amount) {
        if (amount > 0) {
            waiting.add(new Use(limit, atNanos, amount));
        }
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

    /** Returns what waits, by limit. */
    Map<LimitName, Long> waitingByLimit() {
        Map<LimitName, Long> amounts = new LinkedHashMap<>();
        waiting.forEach(use -> amounts.merge(use.limit(), use.amount(), Long::sum));
        return amounts;
    }

    /** Chooses what the next trade tells: what waits, unless the last trade has to be made good. */
    void send(Map<LimitName, Block> blocks) {
        if (sent.isEmpty()) {
            sent = merge(waiting, blocks);
            waiting = new ArrayList<>();
            number++;
        }
    }

    /** Uses of one moment are one and, after a long time without contact, so are those of a slot: never earlier. */
    private static List<Use> merge(List<Use> uses, Map<LimitName, Block> blocks) {
        Map<LimitName, Map<Long, Long>> amounts = new LinkedHashMap<>();
        for (Use use : uses) {
            Block block = blocks.get(use.limit());
            long at = block == null || uses.size() <= MOST
                    ? use.atNanos()
                    : OwnUses.endOfSlot(use.atNanos(), block.windowNanos());
            amounts.computeIfAbsent(use.limit(), name -> new LinkedHashMap<>()).merge(at, use.amount(), Long::sum);
        }
        List<Use> merged = new ArrayList<>();
        amounts.forEach((name, byDate) -> byDate.forEach((at, amount) -> merged.add(new Use(name, at, amount))));
        return merged;
    }

    /** Returns what the next trade tells of these limits. */
    List<DatedEntry> entries(List<LimitName> names, long nowNanos) {
        return sent.stream()
                .filter(use -> names.contains(use.limit()))
                .map(use -> new DatedEntry(
                        names.indexOf(use.limit()), Duration.ofNanos(nowNanos - use.atNanos()), use.amount()))
                .toList();
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
        sent = List.of();
    }

    /** Notes that nothing is counted, in any epoch. */
    void forgetEpoch() {
        epoch = "";
    }

    /** Begins another epoch: everything told before is lost, and the next trade tells the window's uses again. */
    void tellAgain(String other, Map<LimitName, Block> blocks, long nowNanos) {
        epoch = other;
        waiting = new ArrayList<>();
        List<Use> all = new ArrayList<>();
        blocks.forEach((name, block) -> block.uses()
                .all(nowNanos, block.windowNanos())
                .forEach(use -> all.add(new Use(name, use.atNanos(), use.amount()))));
        sent = all;
        number++;
    }
}
