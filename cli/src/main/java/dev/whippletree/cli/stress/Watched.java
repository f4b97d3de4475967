package dev.whippletree.cli.stress;

import dev.whippletree.Whippletree;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.planner.interviews.InterviewDriver;
import dev.whippletree.planner.interviews.InterviewResults;
import dev.whippletree.planner.interviews.Progress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Interviews under way, as {@link Watch} sees them. Thread-safe; never blocks. */
interface Watched {

    /**
     * Starts them.
     *
     * @param log takes lines that a user should see at once
     * @return ends when all have ended
     */
    CompletableFuture<InterviewResults> start(Consumer<String> log);

    /** Returns how far they are. */
    Progress progress();

    /** Returns how whatever answers them stands. */
    StatusSnapshot status();

    /** Returns lines to show below the board. */
    default List<String> lines() {
        return List.of();
    }

    /** Returns interviews that this process conducts. */
    static Watched here(InterviewDriver driver, Whippletree whippletree) {
        return new Watched() {
            @Override
            public CompletableFuture<InterviewResults> start(Consumer<String> log) {
                return driver.start();
            }

            @Override
            public Progress progress() {
                return driver.progress();
            }

            @Override
            public StatusSnapshot status() {
                return whippletree.status();
            }
        };
    }
}
