package dev.whippletree.gateway.batches;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Uploads and batches that can't be read. Warns of each once, however often that is tried, until it can be read again.
 * Thread-safe.
 */
final class Unreadable {

    private static final Logger LOG = LoggerFactory.getLogger(Unreadable.class);

    private final Set<Path> warned = ConcurrentHashMap.newKeySet();

    /** A place can't be read, or changed. */
    void add(Path place, IOException why) {
        if (warned.add(place)) {
            LOG.warn(
                    "{} can't be read or changed, and lists leave out what can't be read: {}; let this process's user"
                            + " read and write it, restore it, or delete it",
                    place,
                    why.toString());
        }
    }

    void remove(Path place) {
        warned.remove(place);
    }
}
