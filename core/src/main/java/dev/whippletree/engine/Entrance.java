package dev.whippletree.engine;

import dev.whippletree.engine.flight.Flight;
import dev.whippletree.engine.flight.PromptErrors;
import dev.whippletree.engine.flight.TargetOptions;
import dev.whippletree.engine.pool.Target;
import dev.whippletree.engine.run.Waits;
import dev.whippletree.model.PromptException;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** Says which targets can't take a flight at all, before it waits for one. Guarded by the engine's lock. */
final class Entrance {

    private Entrance() {}

    /**
     * Bars the targets whose providers refuse the flight's prompt or whose limits it can never fit.
     *
     * @return why no target is left, if none is
     */
    static Optional<PromptException> barWhatCannotTakeIt(Flight flight) {
        TargetOptions options = flight.options();
        Set<Target> refusing = flight.demand().refusals(flight.route()).keySet();
        refusing.forEach(options::bar);
        if (options.ever().isEmpty()) {
            return Optional.of(
                    refusing.isEmpty() ? PromptErrors.nothingLeft(flight) : PromptErrors.refusedByAll(flight));
        }
        for (Target target : flight.route().targets()) {
            if (!target.canEverFit(flight.demand().neededTokens(target))) {
                options.bar(target);
            }
        }
        return options.ever().isEmpty() ? Optional.of(PromptErrors.largerThanLimits(flight)) : Optional.empty();
    }

    /** Returns why a flight gets no answer, at a moment of the clock, that no target will ever take, or nobody knows when; empty if one may by now. */
    static Optional<PromptException> hopelessness(Flight flight, long now, Instant at) {
        if (flight.options().eligible().stream()
                .anyMatch(target -> target.waitNanos(flight.demand().tokens(target), now) != Waits.UNKNOWN)) {
            // Only a limit learned while it waited was too small for what it asked for then.
            return Optional.empty();
        }
        boolean fitsSomewhere = flight.options().ever().isEmpty()
                || flight.options().ever().stream()
                        .anyMatch(target -> target.canEverFit(flight.demand().neededTokens(target)));
        return Optional.of(
                fitsSomewhere ? PromptErrors.noAccount(flight, now, at) : PromptErrors.largerThanLimits(flight));
    }
}
