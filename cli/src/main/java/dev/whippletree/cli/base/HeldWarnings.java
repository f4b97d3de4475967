package dev.whippletree.cli.base;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.logging.LogOutput;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.PromptException.Reason;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Holds warnings about accounts back for up to a second while a prompt is asked, and drops them if the prompt's error
 * says the same. Thread-safe: guarded by itself.
 */
public final class HeldWarnings {

    private static final String OF_ACCOUNTS = "warn: account ";
    private static final long LONGEST_NANOS = Duration.ofSeconds(1).toNanos();

    private final Timeline timeline;
    private final Consumer<String> printed;
    private final List<String> held = new ArrayList<>();
    private Treatment treatment = Treatment.HOLD;

    private enum Treatment {
        HOLD,
        DROP,
        PRINT
    }

    private HeldWarnings(Timeline timeline, Consumer<String> printed) {
        this.timeline = timeline;
        this.printed = printed;
    }

    /**
     * Asks prompts of a command; an error also says which variable to check if a token is refused. With
     * {@code --verbose} or {@code --debug}, nothing is held back. Blocks meanwhile.
     */
    public static <T> T during(
            Surroundings surroundings, Whippletree whippletree, Consumer<String> printed, Supplier<T> asking) {
        try {
            return during(surroundings.timeline(), printed, asking);
        } catch (PromptException e) {
            throw TokenAdvice.on(e, whippletree.configuration().accounts(), surroundings.environment());
        }
    }

    static <T> T during(Timeline timeline, Consumer<String> printed, Supplier<T> asking) {
        if (!LogOutput.isQuiet()) {
            return asking.get();
        }
        HeldWarnings warnings = new HeldWarnings(timeline, printed);
        LogOutput.to(warnings::take);
        try {
            return asking.get();
        } catch (PromptException e) {
            if (e.reason() == Reason.NO_ACCOUNT || e.reason() == Reason.ATTEMPTS_EXHAUSTED) {
                warnings.drop();
            }
            throw e;
        } finally {
            warnings.end();
        }
    }

    private synchronized void take(String line) {
        if (treatment == Treatment.PRINT || !line.startsWith(OF_ACCOUNTS)) {
            printed.accept(line);
        } else if (treatment == Treatment.HOLD) {
            if (held.isEmpty()) {
                timeline.schedule(LONGEST_NANOS, this::print);
            }
            held.add(line);
        }
    }

    /** The error says of each account why it can't answer; a warning may still come just after it. */
    private synchronized void drop() {
        treatment = Treatment.DROP;
        held.clear();
        timeline.schedule(LONGEST_NANOS, this::print);
    }

    private synchronized void end() {
        if (treatment == Treatment.HOLD) {
            print();
        }
    }

    private synchronized void print() {
        treatment = Treatment.PRINT;
        held.forEach(printed);
        held.clear();
    }
}
