package dev.whippletree.comparison;

import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Where results are measured. Immutable.
 *
 * @param machine what it is
 * @param commit what is measured
 */
record Here(String machine, String commit) {

    /** Returns the origin of what begins now. */
    Results.Origin now() {
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        return new Results.Origin(
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                machine,
                commit,
                Double.parseDouble(Figures.rounded(load, 2)));
    }
}
