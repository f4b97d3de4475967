package dev.whippletree.engine;

import dev.whippletree.engine.pool.Topology;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.spi.Settings;
import dev.whippletree.strategy.RoundRobin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * The production engine over scripted services, and all that can be done to it, as operations of which each takes
 * effect at one moment.
 *
 * <p>The engine decides under its lock and acts after it, so a caller who asks may be overtaken between the two. What
 * an operation returns tells therefore only of what was decided; {@link #report} tells what has come of everything,
 * when nobody is left who could do something more.
 */
public abstract class EngineDoor {

    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final SharedTimeline timeline = new SharedTimeline();

    /** Held for writing while time passes. */
    private final ReadWriteLock overlapping = new ReentrantReadWriteLock();

    private final Services services = new Services();
    private final Map<String, CompletableFuture<Completion>> answers = new TreeMap<>();
    private final List<List<CompletableFuture<Completion>>> cancellable =
            List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    private final int questions;
    private final Engine engine;

    /** How a service ends the calls for a question. */
    public enum End {
        /** By an answer. */
        ANSWER,
        /** By finding fault with the prompt. */
        REFUSAL,
        /** The first account by a fault of the service, others by an answer. */
        FAULT_OF_FIRST
    }

    EngineDoor(int questions, int accounts, int concurrency) {
        this.questions = questions;
        List<Topology.OpenAccount> open = new ArrayList<>();
        List<TargetSettings> targets = new ArrayList<>();
        for (int account = 0; account < accounts; account++) {
            String id = "account-" + account;
            open.add(new Topology.OpenAccount(account(id, concurrency), new Client(account == 0)));
            targets.add(new TargetSettings(id, "model"));
        }
        RouteSettings route = RouteSettings.of("default", List.of(new Tier(targets)));
        this.engine = new Engine(
                timeline,
                new Topology(
                        open,
                        Map.of(
                                "default",
                                new Topology.OpenRoute(
                                        route,
                                        List.of(new RoundRobin().open(Settings.none("test"), timeline.random())))),
                        "default",
                        List.of(),
                        List.of()),
                EngineSettings.DEFAULT,
                List.of());
    }

    private static AccountSettings account(String id, int concurrency) {
        return AccountSettings.builder(id, "scripted")
                .maxConcurrency(concurrency)
                .build();
    }

    /** Returns whether a question's prompt has a deadline. */
    abstract boolean hasDeadline(int question);

    /** Returns whether callers withdraw a question's prompts. */
    abstract boolean isWithdrawn(int question);

    /** Returns whether how many calls a question takes depends on nothing but what operations come before which. */
    abstract boolean isCounted(int question);

    private static String text(int question) {
        return "question " + question;
    }

    /** Submits a prompt, or joins an equal one. Returns whether it was taken. */
    public String ask(int thread, int question) {
        Prompt.Builder prompt = Prompt.builder().user(text(question)).session("session " + thread);
        if (hasDeadline(question)) {
            prompt.deadline(DEADLINE);
        }
        CompletableFuture<Completion> answer = submit(prompt.build(), question);
        synchronized (answers) {
            long asked = answers.keySet().stream()
                    .filter(name -> name.startsWith(thread + "."))
                    .count();
            answers.put(thread + "." + asked, answer);
            if (isWithdrawn(question)) {
                cancellable.get(thread).add(answer);
            }
        }
        return outcome(answer).equals("CLOSED") ? "closed" : "taken";
    }

    /** A prompt's time mustn't run out while it is being asked: as one thing after the other it couldn't. */
    private CompletableFuture<Completion> submit(Prompt prompt, int question) {
        if (!hasDeadline(question)) {
            return submitNow(prompt, question);
        }
        overlapping.readLock().lock();
        try {
            return submitNow(prompt, question);
        } finally {
            overlapping.readLock().unlock();
        }
    }

    private CompletableFuture<Completion> submitNow(Prompt prompt, int question) {
        return question % 2 == 1 ? ReadingCaller.of(engine, prompt).whole() : engine.complete(prompt);
    }

    /** A thread withdraws the first of its prompts that it hasn't withdrawn. */
    public void cancel(int thread) {
        CompletableFuture<Completion> answer = null;
        synchronized (answers) {
            List<CompletableFuture<Completion>> own = cancellable.get(thread);
            if (!own.isEmpty()) {
                answer = own.remove(0);
            }
        }
        if (answer == null) {
            return;
        }
        // Nor while it is being withdrawn: its timer would have run for nothing, and another in its place otherwise.
        overlapping.readLock().lock();
        try {
            answer.cancel(true);
        } finally {
            overlapping.readLock().unlock();
        }
    }

    /**
     * The services end the calls for a question, those under way and those to come; once, and in the way first said.
     */
    public void end(int question, End how) {
        services.end(text(question), how);
    }

    /** Time passes to the next event, if one is near. */
    public void pass() {
        overlapping.writeLock().lock();
        try {
            timeline.runNextWithin(DEADLINE.toNanos());
        } finally {
            overlapping.writeLock().unlock();
        }
    }

    /** Returns whether a snapshot of the engine agrees with itself. */
    public boolean status() {
        return addsUp(engine.status());
    }

    /** Every prompt has ended or is under way, and no more calls are under way than prompts. */
    private static boolean addsUp(StatusSnapshot status) {
        StatusSnapshot.Prompts prompts = status.prompts();
        return prompts.underWay() >= 0
                && prompts.submitted()
                        == prompts.answered() + prompts.failed() + prompts.cancelled() + prompts.underWay()
                && status.inFlight() + status.waiting() <= prompts.underWay()
                && (status.sessionsActive() == 0) == (prompts.underWay() == 0);
    }

    /** The engine takes no more prompts. */
    public void close() {
        engine.close(Duration.ofHours(1));
    }

    /**
     * Lets everything end. Returns what has come of each prompt, and all that is not as it should be when nothing is
     * under way.
     */
    public String report() {
        for (int question = 0; question < questions; question++) {
            end(question, End.ANSWER);
        }
        Collection<CompletableFuture<Completion>> all = List.copyOf(answers.values());
        while (all.stream().anyMatch(answer -> !answer.isDone()) && timeline.runNextWithin(Long.MAX_VALUE)) {}
        StringBuilder report = new StringBuilder();
        answers.forEach((name, answer) ->
                report.append(name).append(' ').append(outcome(answer)).append(", "));
        StatusSnapshot status = engine.status();
        StatusSnapshot.Prompts prompts = status.prompts();
        boolean quiet = addsUp(status)
                && prompts.submitted() == all.size()
                && prompts.underWay() == 0
                && status.inFlight() == 0
                && status.waiting() == 0
                && engine.close(Duration.ZERO).isDone();
        report.append(quiet ? "and all is quiet" : "but " + status);
        for (int question = 0; question < questions; question++) {
            if (isCounted(question)) {
                report.append(", calls ").append(services.calls(text(question)));
            }
        }
        return report.toString();
    }

    private static String outcome(CompletableFuture<Completion> answer) {
        if (!answer.isDone()) {
            return "nothing";
        }
        try {
            return answer.join().text();
        } catch (CancellationException e) {
            return "cancelled";
        } catch (CompletionException e) {
            return e.getCause() instanceof PromptException failure
                    ? failure.reason().name()
                    : e.toString();
        }
    }

    /** An account's client. */
    private final class Client implements ProviderClient {

        private final boolean first;

        Client(boolean first) {
            this.first = first;
        }

        @Override
        public Admission admission(Prompt prompt, String model) {
            return Admission.NONE;
        }

        @Override
        public Cancellable send(Prompt prompt, String model, AttemptSink sink) {
            Call call = new Call(prompt.messages().get(0).text(), first, sink);
            End how = services.begin(call);
            if (how != null) {
                call.end(how);
            }
            return () -> {};
        }

        @Override
        public void close() {}
    }

    /** A call under way; two threads may end it, and both find it ended when they have. */
    private static final class Call {

        private final String text;
        private final boolean onFirst;
        private final AttemptSink sink;
        private boolean ended;

        Call(String text, boolean onFirst, AttemptSink sink) {
            this.text = text;
            this.onFirst = onFirst;
            this.sink = sink;
        }

        synchronized void end(End how) {
            if (ended) {
                return;
            }
            ended = true;
            if (how == End.REFUSAL) {
                sink.failed(Failure.of(FailureKind.REJECTED, "scripted"));
            } else if (how == End.FAULT_OF_FIRST && onFirst) {
                sink.failed(Failure.of(FailureKind.UNAVAILABLE, "scripted"));
            } else {
                sink.delta(new Delta.Text(text));
                sink.done(new AnswerEnd(FinishReason.STOP, Optional.empty(), "model"));
            }
        }
    }

    /** What the services know of the calls. */
    private static final class Services {

        private final Map<String, End> ends = new HashMap<>();
        private final List<Call> calls = new ArrayList<>();

        synchronized @Nullable End begin(Call call) {
            calls.add(call);
            return ends.get(call.text);
        }

        void end(String text, End how) {
            List<Call> underWay;
            End first;
            synchronized (this) {
                ends.putIfAbsent(text, how);
                first = ends.getOrDefault(text, how);
                underWay = calls.stream().filter(call -> call.text.equals(text)).toList();
            }
            underWay.forEach(call -> call.end(first));
        }

        synchronized long calls(String text) {
            return calls.stream().filter(call -> call.text.equals(text)).count();
        }
    }
}
