package dev.whippletree.cli.stress;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.base.UserMistake;
import dev.whippletree.cli.board.ProcessTable;
import dev.whippletree.cli.board.Screen;
import dev.whippletree.cli.board.Words;
import dev.whippletree.cli.stress.processes.Assignment;
import dev.whippletree.cli.stress.processes.Children;
import dev.whippletree.cli.stress.processes.SharedRedis;
import dev.whippletree.model.Secret;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.planner.interviews.Check;
import dev.whippletree.planner.interviews.InterviewResults;
import dev.whippletree.planner.interviews.Part;
import dev.whippletree.planner.interviews.Processes;
import dev.whippletree.planner.interviews.Progress;
import dev.whippletree.planner.interviews.StressEmulation;
import dev.whippletree.planner.interviews.StressReport;
import dev.whippletree.planner.interviews.StressSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A stress run over emulated accounts by several processes, which may share state through Redis. Confined to one
 * thread.
 */
final class ProcessesStress {

    /** With more of them the lines that are drawn anew might not fit on a terminal. */
    private static final int MOST_LIVE_ROWS = 8;

    private final Surroundings surroundings;
    private final StressCommand command;
    private final StressSettings settings;
    private final Processes processes;
    private final Optional<SharedRedis> redis;

    /**
     * Prepares a run.
     *
     * @param surroundings where to print
     * @param command what to run, as it was typed
     * @throws UserMistake if a value can't be used
     */
    ProcessesStress(Surroundings surroundings, StressCommand command) {
        this.surroundings = surroundings;
        this.command = command;
        this.settings = TypedStress.emulated(command);
        this.processes = TypedStress.processes(command, settings);
        this.redis = command.redis
                .map(Secret::of)
                .map(uri -> SharedRedis.of(uri, surroundings.timeline().random().nextLong()));
    }

    /**
     * Runs it. Blocks until every interview has ended and everything is printed.
     *
     * @return 0 if every check held, else 1; 130 after Ctrl-C
     * @throws UserMistake if Redis can't be reached
     */
    int run() {
        new Announcement(surroundings).of(settings, processes, true);
        try (StressEmulation emulation = StressEmulation.start(settings, surroundings.timeline())) {
            Assignment assignment = assignment(emulation);
            Supplier<Whippletree.Builder> builders = () -> {
                Whippletree.Builder builder = surroundings.builders().get();
                assignment.accountSettings().forEach(builder::account);
                return builder;
            };
            redis.ifPresent(shared -> shared.check(builders, this::say));
            try {
                return run(emulation, assignment);
            } finally {
                redis.ifPresent(shared -> clear(shared, builders));
            }
        }
    }

    private Assignment assignment(StressEmulation emulation) {
        return new Assignment(
                Part.WHOLE,
                settings.interviews(),
                settings.accounts(),
                processes.declared(settings.limit()),
                emulation.baseUrl(),
                TypedStress.cache(command),
                redis.map(SharedRedis::keyPrefix));
    }

    private int run(StressEmulation emulation, Assignment assignment) {
        try (Children children =
                Children.start(assignment, processes.parts(), redis, surroundings.timeline(), this::say)) {
            say("Starting " + Words.count(processes.number())
                    + (processes.number() == 1 ? " process …" : " processes …"));
            Optional<String> problem = children.awaitReady();
            if (problem.isPresent()) {
                say("whippletree: " + problem.get());
                return 1;
            }
            AllOfThem all = new AllOfThem(emulation, children);
            Duration least = StressReport.lowerBound(settings, processes);
            Optional<InterviewResults> results = new Watch(surroundings, Optional.of(least)).until(all);
            Findings findings = new Findings(surroundings);
            findings.board(children.status());
            findings.lines(table(children, surroundings.terminal().screen()));
            if (results.isEmpty()) {
                findings.interrupted(children.progress());
                return EmulatedStress.INTERRUPTED;
            }
            StressReport report = StressReport.of(
                            settings, processes, results.get(), children.status(), emulation.stats())
                    .with(Check.exactly(
                            "processes that finished", processes.number(), processes.number() - children.lost()));
            findings.of(report, least);
            return report.held() ? 0 : 1;
        }
    }

    private static List<String> table(Children children, Screen screen) {
        return new ProcessTable(screen).lines(children.rows());
    }

    private void clear(SharedRedis shared, Supplier<Whippletree.Builder> builders) {
        shared.clear(builders, this::say)
                .ifPresent(failure -> say("This run's data in Redis couldn't be removed (" + failure
                        + "); the keys start with " + shared.keyPrefix() + " and expire by themselves."));
    }

    private void say(String line) {
        surroundings.err().println(line);
        surroundings.err().flush();
    }

    /** The interviews of all processes, as they are watched. */
    private final class AllOfThem implements Watched {

        private final StressEmulation emulation;
        private final Children children;

        AllOfThem(StressEmulation emulation, Children children) {
            this.emulation = emulation;
            this.children = children;
        }

        @Override
        public CompletableFuture<InterviewResults> start(Consumer<String> log) {
            emulation.begin();
            return children.go(log);
        }

        @Override
        public Progress progress() {
            return children.progress();
        }

        @Override
        public StatusSnapshot status() {
            return children.status();
        }

        @Override
        public List<String> lines() {
            List<ProcessTable.Row> rows = children.rows();
            List<String> lines = new ArrayList<>();
            lines.add("");
            if (rows.size() <= MOST_LIVE_ROWS) {
                lines.addAll(table(children, surroundings.terminal().errScreen()));
            } else {
                lines.add(Words.count(rows.size(), "process") + "es");
            }
            return lines;
        }
    }
}
