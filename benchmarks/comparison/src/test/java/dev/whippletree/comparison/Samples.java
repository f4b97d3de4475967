package dev.whippletree.comparison;

import java.util.Map;

/** Results to make pages of. */
final class Samples {

    static final String DATE = "2026-11-28T12:00:00Z";
    static final Results.Origin ORIGIN = new Results.Origin(DATE, "a machine", "a commit", 0.5);

    private Samples() {}

    static Results.Setting setting(String name, long seed) {
        return new Results.Setting(name, "Case " + name, "Little room.", seed, 10, 5, 10, 16);
    }

    static Results.About about(String name, String title) {
        return new Results.About(name, title, "1", "its manual", "timeout(5)");
    }

    static Results.Answered answered(String contender, String name, long seed, long right, double seconds) {
        return new Results.Answered(
                contender,
                name,
                seed,
                ORIGIN,
                "",
                1,
                new Results.Took(seconds, false, 1.5, 2),
                new Results.Said(10, 5, right, 0, 10 - right),
                new Results.Seen(5, 0, 0),
                Map.of());
    }

    static Results.Answered seed(Results.Answered run, long seed) {
        return with(run, seed, run.origin());
    }

    static Results.Answered at(Results.Answered run, Results.Origin origin) {
        return with(run, run.seed(), origin);
    }

    private static Results.Answered with(Results.Answered run, long seed, Results.Origin origin) {
        return new Results.Answered(
                run.contender(),
                run.name(),
                seed,
                origin,
                run.beside(),
                run.times(),
                run.took(),
                run.said(),
                run.seen(),
                run.failures());
    }
}
