package dev.whippletree.embedder.minilm;

import dev.whippletree.cache.similar.SimilarCache;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.FakeServices;
import java.util.Map;

/** Opens the cache twice in a JVM of its own and prints what it says. A program. */
final class OpenedElsewhere {

    private OpenedElsewhere() {}

    public static void main(String[] arguments) {
        try (FakeServices services = FakeServices.real()) {
            for (int i = 0; i < 2; i++) {
                System.out.println(open(services));
            }
        }
    }

    private static String open(FakeServices services) {
        try {
            new SimilarCache()
                    .open(new Settings("cache similar", Map.of("mode", "shadow")), services)
                    .close();
            return "opened";
        } catch (IllegalArgumentException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
