package dev.whippletree.examples.spark;

import dev.whippletree.Whippletree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The one Whippletree of an executor, for all its tasks: the first of them opens it, the end of the JVM closes it. */
final class ExecutorWhippletree {

    private static Whippletree opened;

    private ExecutorWhippletree() {}

    /**
     * Returns it. Thread-safe.
     *
     * @param configuration the text of the configuration file. It comes with the task: a file that the driver adds to
     *     Spark while it runs isn't there on an executor that starts later, in place of one that died
     * @throws dev.whippletree.model.ConfigurationException if it can't be used on this machine, for example because a
     *     token isn't there
     */
    static synchronized Whippletree open(String configuration) throws IOException {
        if (opened == null) {
            Path file = Files.createTempFile("whippletree-", ".yaml");
            try {
                Whippletree whippletree = Whippletree.open(Files.writeString(file, configuration));
                Runtime.getRuntime().addShutdownHook(new Thread(whippletree::close, "whippletree-close"));
                opened = whippletree;
            } finally {
                Files.delete(file);
            }
        }
        return opened;
    }
}
