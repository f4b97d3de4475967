package outside;

import dev.whippletree.Whippletree;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import java.time.Duration;
import java.util.Map;

/** Has a parrot answer one prompt, or Redis, if a parrot has answered it before. */
public final class Say {

    /**
     * A process that has just started is slow; by default a cache is given a moment only, which is right for long ones.
     */
    private static final EngineSettings PATIENT = new EngineSettings(100, 10, Duration.ofSeconds(10));

    private Say() {}

    /** Prints where the answer to the second argument comes from, and the answer; the first is the URI of Redis. */
    public static void main(String[] arguments) {
        try (Whippletree whippletree = Whippletree.builder()
                .account("polly", "parrot", "a-cracker")
                .model("grey")
                .cache("redis", Map.of("uri", arguments[0], "command-timeout", "5s"))
                .engine(PATIENT)
                .build()) {
            Completion answer = whippletree.complete(Prompt.of(arguments[1])).join();
            System.out.println(answer.origin().source() + ": " + answer.text());
        }
    }
}
