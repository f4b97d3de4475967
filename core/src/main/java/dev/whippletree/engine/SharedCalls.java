package dev.whippletree.engine;

import dev.whippletree.spi.Claim;
import dev.whippletree.spi.Coordination;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Sees to it that a question that several processes ask at once is called for by one of them. Thread-safe; never blocks.
 *
 * <p>A flight that no cache has an answer for claims its question. If another process has it, the flight waits until that one has
 * its answer in the shared cache, or has given up or died; then it looks again. One that gets the claim looks once more, too: the
 * answer may have been stored between its first look and its claim. Where nobody could be asked it doesn't, since the cache would
 * most likely keep it waiting as well.
 */
final class SharedCalls {

    private final Partners partners;
    private final CacheTiers caches;
    private final Monitor monitor;

    SharedCalls(Partners partners, CacheTiers caches, Monitor monitor) {
        this.partners = partners;
        this.caches = caches;
        this.monitor = monitor;
    }

    /**
     * Finds out whether a flight has to make a call.
     *
     * @param outcome is told what another process has stored meanwhile, or nothing if the call is this one's to make; not at all if
     *     the flight ends before
     */
    void settle(Flight flight, Consumer<Optional<CacheTiers.Found>> outcome) {
        Optional<Coordination> coordination = partners.coordination();
        if (coordination.isEmpty()
                || !caches.isShared()
                || !flight.prompt().cache().store()) {
            outcome.accept(Optional.empty());
            return;
        }
        claim(flight, coordination.get(), outcome);
    }

    private void claim(Flight flight, Coordination coordination, Consumer<Optional<CacheTiers.Found>> outcome) {
        if (!isWanted(flight)) {
            return;
        }
        partners.ask(
                () -> coordination.claim(flight.key()).thenApply(Optional::of), Optional.<Claim>empty(), answer -> {
                    if (answer.isEmpty()) {
                        outcome.accept(Optional.empty());
                    } else if (answer.get() instanceof Claim.Ours ours) {
                        keep(flight, ours);
                        if (ours.agreed()) {
                            partners.claimed();
                            caches.findOfOthers(flight.key(), outcome);
                        } else {
                            outcome.accept(Optional.empty());
                        }
                    } else if (answer.get() instanceof Claim.Others others) {
                        partners.leftToOthers();
                        await(flight, others, coordination, outcome);
                    }
                });
    }

    private boolean isWanted(Flight flight) {
        return monitor.decide(() -> flight.stage() == Flight.Stage.LOOKING_UP);
    }

    private void keep(Flight flight, Claim.Ours ours) {
        boolean kept = monitor.decide(() -> flight.claim(ours.end()));
        if (!kept) {
            partners.tell(unused -> ours.end().run());
        }
    }

    private void await(
            Flight flight,
            Claim.Others others,
            Coordination coordination,
            Consumer<Optional<CacheTiers.Found>> outcome) {
        others.ended()
                .whenComplete((ended, failure) -> caches.findOfOthers(flight.key(), found -> {
                    if (found.isPresent()) {
                        outcome.accept(found);
                    } else {
                        claim(flight, coordination, outcome);
                    }
                }));
    }
}
