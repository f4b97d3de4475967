package dev.whippletree.comparison;

import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Where results are measured. Immutable.
 *
 * @param machine what it is
 * @param commit what is measured
 * @param load the machine's load average before anything of this was measured, which would count too
 */
record Here(String machine, String commit, double load) {

    Here(String machine, String commit) {
        this(machine, commit, ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    /** Returns the origin of what begins now. */
    Results.Origin now() {
        return new Results.Origin(
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                machine,
                commit,
                Double.parseDouble(Figures.rounded(load, 2)));
    }
}
