package dev.whippletree.cli.stress.processes;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.base.UserMistake;
import dev.whippletree.cli.logging.LogOutput;
import dev.whippletree.model.Secret;
import dev.whippletree.planner.interviews.InterviewDriver;
import dev.whippletree.planner.interviews.InterviewPlan;
import dev.whippletree.planner.interviews.InterviewResults;
import dev.whippletree.planner.interviews.Rehearsal;
import dev.whippletree.spi.AccountSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One of several processes: conducts its part of the interviews and reports its status. Confined to one thread. */
public final class StressPart {

    /** The hidden command that is one. */
    public static final String COMMAND = "stress-part";

    private static final long REPORT_NANOS = Duration.ofMillis(200).toNanos();

    private final Surroundings surroundings;
    private final BufferedReader in;

    /** Completes when all its interviews have ended, or its parent process is gone. */
    private final CompletableFuture<Void> over = new CompletableFuture<>();

    /**
     * Prepares it.
     *
     * @param surroundings where it is told what to do, and where it reports
     */
    public StressPart(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.in = new BufferedReader(new InputStreamReader(surroundings.in(), StandardCharsets.UTF_8));
    }

    /**
     * Runs it. Blocks until its interviews have ended, or its standard input has.
     *
     * @return 0 if its interviews have ended, else 1
     * @throws UserMistake if standard input doesn't say what to do
     */
    public int run() {
        Assignment assignment = assignment();
        rehearse(assignment);
        // A line of the log mustn't come to stand inside a report.
        LogOutput.to(surroundings.out()::println);
        Whippletree whippletree = open(assignment, assignment.accountSettings());
        try {
            new Connection(whippletree, surroundings.timeline()).await();
            return conduct(assignment, whippletree);
        } finally {
            whippletree.close(Duration.ZERO).join();
        }
    }

    private Assignment assignment() {
        String line = line();
        if (line == null || !line.startsWith("{")) {
            throw new UserMistake(COMMAND + " is started by 'whippletree stress --processes N'; use that");
        }
        return Assignment.read(line);
    }

    /** What is wrong then will be said again if it still is when it matters. */
    private void rehearse(Assignment assignment) {
        LogOutput.to(line -> {});
        Rehearsal.run(surroundings.timeline(), accounts -> open(assignment.toRehearse(), accounts));
    }

    private Whippletree open(Assignment assignment, List<AccountSettings> accounts) {
        Whippletree.Builder builder = surroundings.builders().get();
        accounts.forEach(builder::account);
        assignment.cache().ifPresent(builder::cache);
        assignment
                .keyPrefix()
                .map(this::redis)
                .ifPresent(redis -> redis.addTo(builder, assignment.part().of()));
        return builder.build();
    }

    private SharedRedis redis(String keyPrefix) {
        String uri = surroundings.environment().get(SharedRedis.VARIABLE);
        if (uri == null) {
            throw new UserMistake(SharedRedis.VARIABLE + " doesn't contain the address of Redis");
        }
        return new SharedRedis(Secret.of(uri), keyPrefix);
    }

    private int conduct(Assignment assignment, Whippletree whippletree) {
        InterviewDriver driver = new InterviewDriver(
                        InterviewPlan.of(assignment.interviews()), whippletree::complete, surroundings.timeline())
                .withPart(assignment.part());
        report(driver, whippletree, Optional.empty());
        if (line() == null) {
            return 1;
        }
        surroundings.timeline().executor().execute(this::awaitEndOfInput);
        CompletableFuture<InterviewResults> results = driver.start();
        var unused = results.thenRun(() -> over.complete(null));
        reportWhileUnderWay(driver, whippletree);
        over.join();
        if (!results.isDone()) {
            return 1;
        }
        report(driver, whippletree, Optional.of(results.join()));
        return 0;
    }

    private void awaitEndOfInput() {
        try {
            while (line() != null) {
                // Nothing more is said.
            }
        } finally {
            over.complete(null);
        }
    }

    private void reportWhileUnderWay(InterviewDriver driver, Whippletree whippletree) {
        if (!over.isDone()) {
            report(driver, whippletree, Optional.empty());
            surroundings.timeline().schedule(REPORT_NANOS, () -> reportWhileUnderWay(driver, whippletree));
        }
    }

    private void report(InterviewDriver driver, Whippletree whippletree, Optional<InterviewResults> results) {
        surroundings.out().println(new PartReport(driver.progress(), whippletree.status(), results).line());
        surroundings.out().flush();
    }

    private @Nullable String line() {
        try {
            return in.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException("standard input can't be read", e);
        }
    }
}
