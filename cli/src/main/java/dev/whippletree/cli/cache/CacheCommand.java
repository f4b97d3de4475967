package dev.whippletree.cli.cache;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.base.ExitCode;
import dev.whippletree.cli.base.Opening;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.base.UserMistake;
import dev.whippletree.model.ShownText;
import dev.whippletree.terminal.board.Words;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What can be done with stored answers. */
@Command(name = "cache", description = "Removes stored answers: cache clear.", synopsisSubcommandLabel = "clear")
public final class CacheCommand implements Callable<Integer> {

    @Override
    public Integer call() {
        throw new UserMistake("no subcommand; try: whippletree cache clear [--tenant NAME]");
    }

    /** Removes stored answers from every cache tier that outlives a process. */
    @Command(
            name = "clear",
            description = {
                "Removes stored answers from every cache tier.",
                "A process loses the answers in its own memory when it ends."
            },
            footer = {"  whippletree cache clear", "  whippletree cache clear --tenant acme"})
    public static final class Clear implements Callable<Integer> {

        private final Surroundings surroundings;

        @Option(names = "--tenant", paramLabel = "NAME", description = "Only this tenant's answers.")
        private @Nullable String tenant;

        @Mixin
        private final Opening opening = new Opening();

        public Clear(Surroundings surroundings) {
            this.surroundings = surroundings;
        }

        @Override
        public Integer call() {
            try (Whippletree whippletree = opening.open(surroundings)) {
                if (whippletree.configuration().caches().isEmpty()) {
                    surroundings.out().println("no cache is configured; nothing to remove");
                    return ExitCode.ANSWERED;
                }
                long removed;
                try {
                    removed = Whippletree.await(
                            tenant == null ? whippletree.clearCaches() : whippletree.clearCaches(tenant));
                } catch (RuntimeException e) {
                    surroundings.say(
                            "not all answers were removed: " + ShownText.lines(String.valueOf(e.getMessage())));
                    return ExitCode.FAILED;
                }
                surroundings.out().println(removed < 0 ? "removed all" : "removed " + Words.count(removed, "answer"));
                return ExitCode.ANSWERED;
            }
        }
    }
}
