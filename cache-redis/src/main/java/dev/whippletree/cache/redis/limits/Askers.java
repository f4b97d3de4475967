package dev.whippletree.cache.redis.limits;

import dev.whippletree.cache.redis.contact.Contact;
import dev.whippletree.cache.redis.contact.CoordinationCommands.AskerEntry;
import dev.whippletree.cache.redis.contact.RedisKeys;
import dev.whippletree.model.Priority;
import dev.whippletree.model.ShownText;
import dev.whippletree.spi.TenantTurn;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whose turns this process asks for, of an organization's limits: those that lately had to wait for a trade. Guarded by
 * its account.
 */
final class Askers {

    /** Only those that asked last are told, so that no trade takes long. */
    private static final int MOST = 100;

    private static final int MOST_REMARKED = 3;

    /** Who asks for one turn after the other is one that asks. */
    private static final long KEPT_NANOS = Contact.INTERVAL.multipliedBy(2).toNanos();

    private static final double WEIGHT_UNITS = 1_000;

    /** The last to ask is last. */
    private final Map<Turns, Asker> asking = new LinkedHashMap<>();

    private List<Turns> told = List.of();

    /** Turns that are one asker's. */
    private record Turns(String tenant, Priority priority) {

        String digits() {
            return RedisKeys.turnDigits(priority + " " + tenant);
        }

        String shown() {
            String whose = tenant.isEmpty() ? "(no tenant)" : ShownText.line(tenant);
            return priority == Priority.BATCH ? "the batch of " + whose : whose;
        }
    }

    private record Asker(AskerEntry entry, long untilNanos, int processes) {}

    /**
     * A tenant's turns are asked for by another number of processes than before.
     *
     * @param priority which of its turns
     * @param processes how many; 1 or more
     */
    record Spread(String tenant, Priority priority, int processes) {}

    /** Notes that a turn is asked for now, or has to wait for some time. */
    void ask(TenantTurn turn, long waitNanos, long nowNanos) {
        Turns turns = new Turns(turn.tenant(), turn.priority());
        Asker before = asking.remove(turns);
        String digits = before == null ? turns.digits() : before.entry().turns();
        long weight = Math.max(1, Math.round(turn.weight() * WEIGHT_UNITS));
        int processes = before == null ? 1 : before.processes();
        asking.put(turns, new Asker(new AskerEntry(digits, weight), nowNanos + waitNanos + KEPT_NANOS, processes));
    }

    /** Returns by how many processes a tenant's turns are asked for, as far as is known. */
    int processesOf(String tenant, Priority priority) {
        Asker asker = asking.get(new Turns(tenant, priority));
        return asker == null ? 1 : asker.processes();
    }

    /** Returns who asks, of a few, and in how many processes if in several. */
    List<String> remarks(long nowNanos) {
        return asking.entrySet().stream()
                .filter(each -> nowNanos - each.getValue().untilNanos() < 0)
                .limit(MOST_REMARKED)
                .map(each -> each.getKey().shown()
                        + (each.getValue().processes() > 1
                                ? " in " + each.getValue().processes() + " processes"
                                : ""))
                .toList();
    }

    /** Returns whether others count nobody of this process as asking. */
    boolean isNobody() {
        return told.isEmpty();
    }

    /** Returns whether others count somebody who doesn't ask any more. */
    boolean hasLapsed(long nowNanos) {
        return told.stream().map(asking::get).anyMatch(asker -> asker == null || nowNanos - asker.untilNanos() >= 0);
    }

    /** Returns who is to be told in a trade that is sent now, and notes who doesn't ask any more. */
    List<AskerEntry> tell(long nowNanos, List<Spread> changes) {
        int over = asking.size() - MOST;
        for (Iterator<Map.Entry<Turns, Asker>> each = asking.entrySet().iterator(); each.hasNext(); over--) {
            Map.Entry<Turns, Asker> next = each.next();
            if (over > 0 || nowNanos - next.getValue().untilNanos() >= 0) {
                each.remove();
                noteChange(next.getKey(), next.getValue().processes(), 1, changes);
            }
        }
        // Always in one order, so that what a block asks for is the same text for as long as the same ask.
        List<Map.Entry<Turns, Asker>> all = asking.entrySet().stream()
                .sorted(Comparator.comparing(each -> each.getValue().entry().turns()))
                .toList();
        told = all.stream().map(Map.Entry::getKey).toList();
        return all.stream().map(each -> each.getValue().entry()).toList();
    }

    /** Takes by how many processes each that was told is asked for, in the same order. */
    void answered(List<Integer> processes, List<Spread> changes) {
        for (int n = 0; n < Math.min(told.size(), processes.size()); n++) {
            int now = processes.get(n);
            Asker asker = asking.get(told.get(n));
            if (asker != null) {
                noteChange(told.get(n), asker.processes(), now, changes);
                asking.replace(told.get(n), new Asker(asker.entry(), asker.untilNanos(), now));
            }
        }
    }

    private static void noteChange(Turns turns, int before, int now, List<Spread> changes) {
        if (before != now) {
            changes.add(new Spread(turns.tenant(), turns.priority(), now));
        }
    }
}
