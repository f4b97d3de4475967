package dev.whippletree.comparison;

import dev.whippletree.comparison.failover.FailoverGateway;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** A piece of the comparison that is measured at once. Immutable. */
sealed interface Work {

    /** What starting and warming up one contender takes, but for the slowest. */
    Duration START = Duration.ofSeconds(8);

    /** What it takes LiteLLM, which has much to load. */
    Duration LONGEST_START = Duration.ofSeconds(50);

    static Duration start(Entry contender) {
        return contender.library().equals("litellm") ? LONGEST_START : START;
    }

    /** Returns the names of what it measures, one for each contender. */
    default List<String> pieces() {
        return List.of(text());
    }

    static String piece(String contender, Case of) {
        return of.name() + " (seed " + of.seed() + "): " + contender;
    }

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
            return contenders.stream().map(Work::start).reduce(of.stopAfter(), Duration::plus);
        }

        @Override
        public List<String> pieces() {
            return contenders.stream().map(entry -> piece(entry.name(), of)).toList();
        }

        @Override
        public String text() {
            return of.name() + " (seed " + of.seed() + "): "
                    + contenders.stream().map(Entry::name).collect(Collectors.joining(" beside "));
        }
    }

    /** What is measured apart from cases and faults. */
    record Other(String text, Duration atMost) implements Work {

        private static final Duration WARM_UP = Duration.ofMinutes(4);
        private static final Duration ROUND = Duration.ofMinutes(2);
        private static final Duration FAILOVER = Duration.ofMinutes(7);

        /** Returns the work of finding what a contender adds to calls, in some more rounds. */
        static Other rounds(Entry contender, int number) {
            return new Other(
                    "overhead, " + number + " rounds: " + contender.name(),
                    ROUND.multipliedBy(number).plus(WARM_UP));
        }

        /** Returns the work of leading a gateway through all scenarios of Failover Bench. */
        static Other failover(FailoverGateway gateway) {
            return new Other("Failover Bench: " + gateway.label(), FAILOVER);
        }
    }

    /** One contender, whose first call meets a fault, each fault by itself. */
    record Faults(Entry contender, boolean streamed) implements Work {

        /** LiteLLM starts anew for each of 22 faults, two at a time. */
        @Override
        public Duration atMost() {
            return start(contender).equals(START)
                    ? Runs.FAULT_TIME.plus(START.multipliedBy(2))
                    : LONGEST_START.multipliedBy(11).plus(Runs.FAULT_TIME);
        }

        @Override
        public String text() {
            return "faults" + (streamed ? ", streamed" : "") + ": " + contender.name();
        }
    }
}
