package dev.whippletree.comparison.failover;

import java.nio.file.Path;

/** Where the gateways are. */
public interface Installed {

    /** The heap of each contender's process, in MB. */
    int HEAP_MB = 512;

    /** Returns the folder of the contenders, with their libraries. */
    Path contenders();

    Path whippletree();
}
