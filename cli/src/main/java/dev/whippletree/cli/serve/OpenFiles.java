package dev.whippletree.cli.serve;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** The limit that the operating system sets on the files and connections this process may have open. Stateless. */
final class OpenFiles {

    /** For libraries, the state, logs and Redis; about 100 are open once it serves. */
    private static final int FILES = 200;

    private OpenFiles() {}

    /** Returns how many connections of clients fit, 1 or more; each may need a second one, to a service. */
    static int mostConnections() {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
            return mostConnections(system.getMaxFileDescriptorCount());
        }
        return Integer.MAX_VALUE;
    }

    static int mostConnections(long files) {
        return files < 0 ? Integer.MAX_VALUE : (int) Math.min(Integer.MAX_VALUE, Math.max(2, files - FILES) / 2);
    }
}
