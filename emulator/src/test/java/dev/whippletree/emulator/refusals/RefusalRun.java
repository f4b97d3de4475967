package dev.whippletree.emulator.refusals;

import dev.whippletree.emulator.model.ChatMessage;
import dev.whippletree.emulator.model.ChatRequest;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.Outcome;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.emulator.refusals.RefusingService.Known;
import dev.whippletree.emulator.simulation.Link;
import dev.whippletree.emulator.simulation.SimulatedAccount;
import dev.whippletree.emulator.simulation.SimulatedPool;
import dev.whippletree.emulator.simulation.SimulatedPoolBuilder;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;

/** One account of a service, with more to ask than it allows, in virtual time. Confined to one thread. */
final class RefusalRun {

    static final String ACCOUNT = "ours";
    private static final String FOREIGN = "foreign";
    private static final ChatRequest FOREIGN_REQUEST = new ChatRequest(
            SimulatedAccount.MODEL,
            ChatMessage.of(Prompt.of("Somebody else's question").messages()),
            OptionalLong.empty(),
            false,
            false,
            Map.of());

    private final RefusingService given;
    private final SimulatedPool pool;
    private final VirtualTimeline timeline;
    private final EmulatedService service;
    private final SplittableRandom random;
    private long asked;
    private long lost;
    private long open;
    private long foreignAdmitted;

    RefusalRun(RefusingService given, long seed) {
        this.given = given;
        this.random = new SplittableRandom(seed);
        ServiceKind kind = given.known() == Known.REPORTED ? ServiceKind.OPENAI : ServiceKind.HUGGING_FACE;
        SimulatedAccount account = SimulatedAccount.of(
                        ACCOUNT, kind, given.limit().stream().toArray(ServiceLimit[]::new))
                .withMaxConcurrency(given.width());
        SimulatedPoolBuilder builder = SimulatedPool.builder(seed)
                .account(given.known() == Known.DECLARED ? account : account.undeclared())
                .link(new Link(Duration.ofMillis(20), Duration.ofMillis(60), 0))
                .service(kind, settings -> {
                    settings.latency(Latency.uniform(given.latency(), 0.5))
                            .refusalLatency(Duration.ofMillis(20))
                            .faults(given.faults())
                            .member(FOREIGN, FOREIGN, ACCOUNT);
                    given.mostUnderWay().ifPresent(settings::mostUnderWay);
                    return given.told() ? settings : settings.keepsWaitsToItself();
                });
        this.pool = builder.build();
        this.timeline = pool.timeline();
        this.service = pool.service(kind);
        useElsewhere();
    }

    private void useElsewhere() {
        switch (given.foreign()) {
            case NONE -> {}
            case STEADY -> steadily();
            case BURSTS -> inBursts();
        }
    }

    /** At random moments, half of the limit on average. */
    private void steadily() {
        double seconds = -Math.log(1 - random.nextDouble()) / (given.perSecond() / 2);
        timeline.schedule((long) (seconds * 1e9), () -> {
            useElsewhereOnce();
            steadily();
        });
    }

    private void inBursts() {
        long window = given.window().toNanos();
        long at = (long) (random.nextDouble() * window);
        timeline.schedule(at, () -> {
            long amount = given.limit().orElseThrow().limit().amount() / 2;
            for (long number = 0; number < amount; number++) {
                useElsewhereOnce();
            }
        });
        timeline.schedule(window, this::inBursts);
    }

    private void useElsewhereOnce() {
        Outcome outcome = service.receive(Optional.of(FOREIGN), FOREIGN_REQUEST, timeline.nanoTime());
        foreignAdmitted += outcome instanceof Outcome.Answered ? 1 : 0;
    }

    /** Lets so many prompts wait at any time, from now on. */
    RefusalRun ask(int waiting) {
        for (int number = 0; number < waiting; number++) {
            askAgain();
        }
        return this;
    }

    private void askAgain() {
        pool.complete(Prompt.of("question " + asked++)).whenComplete((completion, failure) -> {
            lost += failure == null ? 0 : 1;
            timeline.schedule(0, this::askAgain);
        });
    }

    /** Asks so many prompts at once; returns the seconds until all have ended, at most those given. */
    double secondsFor(int prompts, Duration most) {
        open = prompts;
        for (int number = 0; number < prompts; number++) {
            pool.complete(Prompt.of("question " + number)).whenComplete((completion, failure) -> {
                lost += failure == null ? 0 : 1;
                open--;
            });
        }
        while (open > 0 && timeline.nanoTime() < most.toNanos()) {
            timeline.runNext();
        }
        return timeline.nanoTime() / 1e9;
    }

    /** What happened in a time. */
    record Share(double seconds, long calls, long refused, long answered, long foreign, long lost) {

        double refusedShare() {
            return calls == 0 ? 0 : (double) refused / calls;
        }

        /** Returns the answers as a share of what others left of a limit. */
        double use(double perSecond) {
            return answered / Math.max(1, perSecond * seconds - foreign);
        }

        @Override
        public String toString() {
            return calls + " calls, " + refused + " refused, " + answered + " answered, " + lost + " lost in " + seconds
                    + " s";
        }
    }

    /** Lets some time go by. */
    Share run(Duration time) {
        StatusSnapshot.AccountStatus before = account();
        long foreignBefore = foreignAdmitted;
        long lostBefore = lost;
        timeline.advance(time);
        StatusSnapshot.AccountStatus after = account();
        return new Share(
                time.toNanos() / 1e9,
                after.calls() - before.calls(),
                after.rateLimited() - before.rateLimited(),
                after.answered() - before.answered(),
                foreignAdmitted - foreignBefore,
                lost - lostBefore);
    }

    /** Returns how many of the prompts asked at once haven't ended. */
    long openPrompts() {
        return open;
    }

    long lost() {
        return lost;
    }

    void changeLimits(double factor) {
        service.changeLimits(factor, timeline.nanoTime());
    }

    StatusSnapshot.AccountStatus account() {
        return pool.status().accounts().get(0);
    }
}
