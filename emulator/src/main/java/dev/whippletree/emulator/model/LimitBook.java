package dev.whippletree.emulator.model;

import dev.whippletree.model.Limit;
import dev.whippletree.model.TokenCount;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;

/** Counts what organizations use of their limits. Confined to its service's lock. */
final class LimitBook {

    private final Map<String, EmulatedOrganization> organizations = new LinkedHashMap<>();
    private final Map<Owner, Entry> entries = new LinkedHashMap<>();
    private final Queue<GivenBack> givenBack = new PriorityQueue<>(Comparator.comparingLong(GivenBack::dueNanos));
    private final long startNanos;
    private double factor = 1;
    private boolean announced;

    /** What turns out later not to count of a request that was admitted. */
    private record GivenBack(long dueNanos, Entry entry, long amount, long takenNanos) {}

    LimitBook(List<EmulatedOrganization> organizations, long startNanos) {
        organizations.forEach(organization -> this.organizations.put(organization.id(), organization));
        this.startNanos = startNanos;
    }

    /**
     * Counts a request against all limits, or against none if one of them refuses it.
     *
     * @return the first limit that refuses it
     */
    Optional<LimitHit> admit(String organization, String model, TokenCount tokens, long nowNanos) {
        List<Entry> all = entries(organization, model, nowNanos);
        for (Entry entry : all) {
            Optional<LimitHit> hit = entry.hit(tokens, nowNanos);
            if (hit.isPresent()) {
                entry.refused++;
                return hit;
            }
        }
        all.forEach(entry -> entry.take(tokens, nowNanos));
        return Optional.empty();
    }

    /** Gives back tokens of a request that was admitted now, at a later moment. */
    void giveBack(String organization, String model, TokenCount tokens, long takenNanos, long dueNanos) {
        for (Entry entry : entries(organization, model, takenNanos)) {
            if (entry.owner.limit.limit().unit() != Limit.Unit.REQUESTS) {
                givenBack.add(new GivenBack(dueNanos, entry, entry.amount(tokens), takenNanos));
            }
        }
    }

    private void giveBackUntil(long nowNanos) {
        while (!givenBack.isEmpty() && givenBack.peek().dueNanos() <= nowNanos) {
            GivenBack next = givenBack.remove();
            next.entry().giveBack(next.amount(), next.takenNanos(), next.dueNanos());
        }
    }

    /**
     * Lets every limit allow so many times what it was declared with, from now on, and tells that if it is to be
     * announced.
     */
    void change(double factor, boolean announced, long nowNanos) {
        giveBackUntil(nowNanos);
        this.factor = factor;
        this.announced = announced;
        entries.values().forEach(entry -> entry.change(factor, announced, nowNanos));
    }

    /** Returns how the limits stand that apply to a model. */
    List<LimitState> states(String organization, String model, long nowNanos) {
        return entries(organization, model, nowNanos).stream()
                .map(entry -> entry.state(nowNanos))
                .toList();
    }

    List<LimitStats> stats() {
        return entries.values().stream().map(Entry::stats).toList();
    }

    private Entry open(Owner owner, long nowNanos) {
        Entry entry = new Entry(owner, startNanos);
        if (factor != 1) {
            entry.change(factor, announced, nowNanos);
        }
        return entry;
    }

    private List<Entry> entries(String organization, String model, long nowNanos) {
        giveBackUntil(nowNanos);
        List<Entry> found = new ArrayList<>();
        EmulatedOrganization known = organizations.get(organization);
        for (ServiceLimit limit : known == null ? List.<ServiceLimit>of() : known.limits()) {
            if (limit.model().map(model::equals).orElse(true)) {
                Optional<String> own = limit.perModel() ? Optional.of(model) : Optional.empty();
                found.add(entries.computeIfAbsent(new Owner(organization, own, limit), owner -> open(owner, nowNanos)));
            }
        }
        return found;
    }

    private record Owner(String organization, Optional<String> model, ServiceLimit limit) {}

    /** One limit of one owner. */
    private static final class Entry {

        private final Owner owner;
        private final Meter meter;
        /** Finds the fullest window, which ends with a use, however the service counts. */
        private final SlidingMeter sliding;

        private long fullest;
        private ServiceLimit reported;
        private long refused;

        Entry(Owner owner, long startNanos) {
            Limit limit = owner.limit.limit();
            this.owner = owner;
            this.reported = owner.limit;
            this.meter = owner.limit.counting().meter(limit, startNanos);
            this.sliding = new SlidingMeter(limit);
        }

        Optional<LimitHit> hit(TokenCount tokens, long nowNanos) {
            long requested = amount(tokens);
            long waitNanos = meter.waitNanos(requested, nowNanos);
            LimitHit hit = new LimitHit(state(nowNanos), requested, waitNanos);
            return waitNanos > 0 || hit.neverFits() ? Optional.of(hit) : Optional.empty();
        }

        void take(TokenCount tokens, long nowNanos) {
            meter.take(amount(tokens), nowNanos);
            sliding.take(amount(tokens), nowNanos);
            fullest = Math.max(fullest, sliding.used(nowNanos));
        }

        void giveBack(long amount, long takenNanos, long nowNanos) {
            meter.giveBack(amount, takenNanos, nowNanos);
            sliding.giveBack(amount, takenNanos, nowNanos);
        }

        void change(double factor, boolean announced, long nowNanos) {
            Limit limit = owner.limit.limit();
            long amount = Math.max(1, Math.round(limit.amount() * factor));
            meter.change(amount, nowNanos);
            reported = announced
                    ? new ServiceLimit(
                            new Limit(limit.unit(), amount, limit.window()),
                            owner.limit.counting(),
                            owner.limit.perModel(),
                            owner.limit.model())
                    : owner.limit;
        }

        LimitState state(long nowNanos) {
            return new LimitState(
                    reported, owner.organization, owner.model, meter.used(nowNanos), meter.resetNanos(nowNanos));
        }

        LimitStats stats() {
            Limit limit = owner.limit.limit();
            return new LimitStats(
                    owner.organization,
                    owner.model.orElse(""),
                    limit.toString(),
                    owner.limit.counting(),
                    limit.amount(),
                    fullest,
                    refused);
        }

        private long amount(TokenCount tokens) {
            return switch (owner.limit.limit().unit()) {
                case REQUESTS -> 1;
                case TOKENS -> tokens.prompt() + tokens.completion();
                case INPUT_TOKENS -> tokens.prompt();
                case OUTPUT_TOKENS -> tokens.completion();
            };
        }
    }
}
