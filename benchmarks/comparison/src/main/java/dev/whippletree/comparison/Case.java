package dev.whippletree.comparison;

import dev.whippletree.comparison.contender.Caller;
import dev.whippletree.emulator.model.ServiceSettings;
import java.time.Duration;
import java.util.List;

/**
 * A case: who asks what of which accounts. Immutable.
 *
 * @param name its name, which is also the one under which a gateway offers the accounts
 * @param title its title on the page
 * @param description what happens, in a sentence or two
 * @param service the emulated service
 * @param limitsAreKnown whether contenders are told the accounts' limits
 * @param streams whether answers are streamed
 * @param callers who asks
 */
record Case(
        String name,
        String title,
        String description,
        ServiceSettings service,
        boolean limitsAreKnown,
        boolean streams,
        List<Caller> callers) {

    static final String MODEL = "openai/gpt-oss-20b";

    static final int MAX_TOKENS = 300;

    /** How long a caller who knows the service would let a call take. */
    static final Duration PATIENCE = Duration.ofSeconds(5);

    Case {
        callers = List.copyOf(callers);
    }

    long prompts() {
        return callers.stream().mapToLong(caller -> caller.texts().size()).sum();
    }

    long distinct() {
        return callers.stream()
                .flatMap(caller -> caller.texts().stream())
                .distinct()
                .count();
    }

    /** Returns the time in which nobody can have all answered sooner. */
    Duration bound() {
        return new LowerBound(this).time();
    }

    /** Returns whether who asks mostly waits for the accounts' limits. */
    boolean isQuota() {
        return new LowerBound(this).isQuota();
    }

    Duration stopAfter() {
        return bound().multipliedBy(3);
    }

    /** Returns the most prompts that can be answered until then if each takes a call. */
    long withoutCache() {
        return new LowerBound(this).answeredWithoutCache(stopAfter());
    }

    long seed() {
        return service.seed();
    }

    Results.Setting setting() {
        return new Results.Setting(
                name, title, description, seed(), prompts(), distinct(), withoutCache(), Judge.seconds(bound()));
    }
}
