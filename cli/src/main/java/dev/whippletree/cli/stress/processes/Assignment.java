package dev.whippletree.cli.stress.processes;

import dev.whippletree.cli.base.Json;
import dev.whippletree.model.Limit;
import dev.whippletree.planner.interviews.Interviews;
import dev.whippletree.planner.interviews.Part;
import dev.whippletree.planner.interviews.StressEmulation;
import dev.whippletree.planner.interviews.StressSettings;
import dev.whippletree.spi.AccountSettings;
import java.util.List;
import java.util.Optional;

/**
 * The settings of one process. Immutable; contains no secrets.
 *
 * @param part which of the interviews are its own
 * @param interviews all of them
 * @param accounts how many accounts there are
 * @param limit what it declares of each
 * @param baseUrl where the emulated service listens
 * @param cache the cache in the process
 * @param keyPrefix what the run's keys in Redis start with; absent: there is no Redis
 */
public record Assignment(
        Part part,
        Interviews interviews,
        int accounts,
        Limit limit,
        String baseUrl,
        Optional<String> cache,
        Optional<String> keyPrefix) {

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException if the line isn't one
     */
    static Assignment read(String line) {
        return Json.read(line, Assignment.class);
    }

    String line() {
        return Json.line(this);
    }

    /** Returns the accounts, as the process declares them. */
    public List<AccountSettings> accountSettings() {
        StressSettings settings = StressSettings.STANDARD
                .withInterviews(interviews)
                .withAccounts(accounts)
                .withLimit(limit);
        return StressEmulation.accounts(settings, baseUrl);
    }

    /** Returns the same with keys of the process's own, for what comes before the run. */
    Assignment toRehearse() {
        return new Assignment(
                part,
                interviews,
                accounts,
                limit,
                baseUrl,
                cache,
                keyPrefix.map(prefix -> prefix + "-before-" + part.number()));
    }

    /** Returns the same with another part. */
    Assignment withPart(Part part) {
        return new Assignment(part, interviews, accounts, limit, baseUrl, cache, keyPrefix);
    }
}
