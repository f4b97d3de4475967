package dev.whippletree.emulator.fault;

import dev.whippletree.model.DurationText;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * One fault and when it happens: all of its conditions must hold. Immutable.
 *
 * @param kind what happens
 * @param time for kinds that have one: how long the first token is late, or what {@code Retry-After} says
 * @param window only during this time since the start; absent: always
 * @param numbers only for these requests of an account; absent: all
 * @param share for which share of the requests that meet the other conditions, above 0 and at most 1
 * @param account only for the account of this id; absent: for all
 * @param model only for requests to this model; absent: to all
 */
public record FaultRule(
        FaultKind kind,
        Optional<Duration> time,
        Optional<Window> window,
        Optional<Numbers> numbers,
        double share,
        Optional<String> account,
        Optional<String> model) {

    public FaultRule {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(time, "time");
        Objects.requireNonNull(window, "window");
        Objects.requireNonNull(numbers, "numbers");
        Objects.requireNonNull(account, "account");
        Objects.requireNonNull(model, "model");
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("a fault's share must be above 0 and at most 1, not " + share);
        }
        if (time.isPresent() && kind.time().isEmpty()) {
            throw new IllegalArgumentException("fault " + kind.text() + " takes no time; 429 and slow do");
        }
    }

    public static FaultRule always(FaultKind kind) {
        return new FaultRule(
                kind, kind.time(), Optional.empty(), Optional.empty(), 1, Optional.empty(), Optional.empty());
    }

    /**
     * Reads a rule as users write it: a kind, then any of {@code =time}, {@code @from-to} or {@code @from-to/every},
     * {@code #numbers}, {@code :share%} and {@code :account}, {@code :account/model} or {@code :/model}. Examples:
     * {@code 503@5s-40s:account-1}, {@code 503@5s-8s/20s}, {@code reset:3%}, {@code slow=20s:10%}, {@code hang#7},
     * {@code cut#1-3:hf-2}.
     *
     * @throws IllegalArgumentException if it isn't of that form, saying what is wrong, with examples
     */
    public static FaultRule parse(String text) {
        return new FaultParser(text).rule();
    }

    public FaultRule during(Duration from, Duration to) {
        return new FaultRule(kind, time, Optional.of(new Window(from, to)), numbers, share, account, model);
    }

    public FaultRule during(Duration from, Duration to, Duration every) {
        return new FaultRule(
                kind, time, Optional.of(new Window(from, to, Optional.of(every))), numbers, share, account, model);
    }

    /** Returns the same rule for some requests of each account only, counted from 1. */
    public FaultRule onRequests(long first, long last) {
        return new FaultRule(kind, time, window, Optional.of(new Numbers(first, last)), share, account, model);
    }

    public FaultRule forShare(double share) {
        return new FaultRule(kind, time, window, numbers, share, account, model);
    }

    public FaultRule forAccount(String account) {
        return new FaultRule(kind, time, window, numbers, share, Optional.of(account), model);
    }

    public FaultRule forModel(String model) {
        return new FaultRule(kind, time, window, numbers, share, account, Optional.of(model));
    }

    /** Returns the rule's time, or its kind's; zero where the kind has none. */
    public Duration effectiveTime() {
        return time.or(kind::time).orElse(Duration.ZERO);
    }

    /** Returns whether everything but chance allows it. */
    boolean allows(String account, String model, long number, long elapsedNanos) {
        return this.account.map(account::equals).orElse(true)
                && this.model.map(model::equals).orElse(true)
                && numbers.map(range -> range.contains(number)).orElse(true)
                && window.map(span -> span.contains(elapsedNanos)).orElse(true);
    }

    /**
     * A time since the start. Immutable.
     *
     * @param from the first moment, zero or more
     * @param to the first moment after it
     * @param every after what time, counted from the start of one, the next such time starts; absent: there is only one
     */
    public record Window(Duration from, Duration to, Optional<Duration> every) {

        public Window {
            Objects.requireNonNull(every, "every");
            if (from.isNegative() || to.compareTo(from) <= 0) {
                throw new IllegalArgumentException("a fault must end after it starts, not " + DurationText.of(from)
                        + " to " + DurationText.of(to));
            }
            if (every.isPresent() && every.get().compareTo(to.minus(from)) <= 0) {
                throw new IllegalArgumentException("a fault must end before it repeats, not "
                        + DurationText.of(to.minus(from)) + " every " + DurationText.of(every.get()));
            }
        }

        public Window(Duration from, Duration to) {
            this(from, to, Optional.empty());
        }

        boolean contains(long elapsedNanos) {
            long sinceFirst = elapsedNanos - from.toNanos();
            long since = every.isPresent() && sinceFirst >= 0
                    ? sinceFirst % every.get().toNanos()
                    : sinceFirst;
            return since >= 0 && since < to.minus(from).toNanos();
        }
    }

    /**
     * Some requests of an account, counted from 1. Immutable.
     *
     * @param first the first of them
     * @param last the last of them
     */
    public record Numbers(long first, long last) {

        public Numbers {
            if (first < 1 || last < first) {
                throw new IllegalArgumentException("requests are counted from 1 upwards, not " + first + "-" + last);
            }
        }

        boolean contains(long number) {
            return number >= first && number <= last;
        }
    }
}
