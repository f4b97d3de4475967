package dev.whippletree.comparison;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** What all results have in common: one machine, one commit, 48 hours. Stateless. */
final class Conditions {

    private static final Duration AT_MOST = Duration.ofHours(48);

    private Conditions() {}

    /**
     * Checks that all was measured under the same conditions.
     *
     * @param where where the results are from
     * @throws Refused if not
     */
    static void check(List<Results.Origin> origins, String where) {
        origins.stream()
                .min(Comparator.comparing(Results.Origin::date))
                .ifPresent(first -> origins.forEach(other -> check(first, other, where)));
    }

    /**
     * Checks that what is measured now can be added to results.
     *
     * @throws Refused if not
     */
    static void check(List<Results.Origin> origins, Results.Origin now, String where) {
        check(Stream.concat(origins.stream(), Stream.of(now)).toList(), where);
    }

    private static void check(Results.Origin first, Results.Origin other, String where) {
        checkSame(first, other, "machine", Results.Origin::machine, where);
        checkSame(first, other, "commit", Results.Origin::commit, where);
        Duration apart = Duration.between(at(first), at(other));
        if (apart.compareTo(AT_MOST) > 0) {
            throw refused(
                    where,
                    first.date() + " and " + other.date() + " are " + apart.toHours() + " hours apart, and may be "
                            + AT_MOST.toHours());
        }
    }

    private static void checkSame(
            Results.Origin first,
            Results.Origin other,
            String what,
            Function<Results.Origin, String> value,
            String where) {
        if (!value.apply(first).equals(value.apply(other))) {
            throw refused(
                    where,
                    "the " + what + " of " + first.date() + " is '" + value.apply(first) + "', that of " + other.date()
                            + " is '" + value.apply(other) + "'");
        }
    }

    private static Refused refused(String where, String what) {
        return new Refused(where + ": results can't be mixed: " + what
                + "; go on where the first were measured, or start afresh with --new");
    }

    static Instant at(Results.Origin origin) {
        return Instant.parse(origin.date());
    }
}
