package dev.whippletree.comparison;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** A piece of the comparison that is measured at once. Immutable. */
sealed interface Work {

    /** What starting and warming up one contender takes. */
    Duration START = Duration.ofSeconds(8);

    /** Returns the time it takes at most. */
    Duration atMost();

    /** Returns what it is, for people. */
    String text();

    /** One contender in a case, or two at a time. */
    record Ask(Case of, List<Entry> contenders) implements Work {

        public Ask {
            contenders = List.copyOf(contenders);
        }

        @Override
        public Duration atMost() {
            return of.stopAfter().plus(START.multipliedBy(contenders.size()));
        }

        @Override
        public String text() {
            return of.name() + " (seed " + of.seed() + "): "
                    + contenders.stream().map(Entry::name).collect(Collectors.joining(" beside "));
        }
    }

    /** One contender, whose first call meets a fault, each fault by itself. */
    record Faults(Entry contender, boolean streamed) implements Work {

        @Override
        public Duration atMost() {
            return Runs.FAULT_TIME.plus(START.multipliedBy(2));
        }

        @Override
        public String text() {
            return "faults" + (streamed ? ", streamed" : "") + ": " + contender.name();
        }
    }
}
