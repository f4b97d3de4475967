package dev.whippletree.stress.simulation;

import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.emulator.simulation.Link;
import dev.whippletree.emulator.simulation.SimulatedAccount;
import dev.whippletree.emulator.simulation.SimulatedPool;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.settings.Timeouts;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.ProviderClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/**
 * Accounts that are alike, of a service with faults, in virtual time. Notes when each call is made and when prompts
 * end.
 */
final class FaultRun {

    static final String FIRST = "account-0";
    private static final Link LINK = new Link(Duration.ofMillis(1), Duration.ofMillis(5), 0);
    private static final Duration REFUSAL = Duration.ofMillis(20);

    private final SimulatedPool pool;
    private final Map<String, List<Long>> callNanos = new LinkedHashMap<>();
    private final List<Long> answerNanos = new ArrayList<>();
    private final List<PromptException> lost = new ArrayList<>();
    private long asked;
    private long open;

    /**
     * What is run.
     *
     * @param seed of the answers' times, the faults and the engine's chances
     * @param accounts how many accounts there are
     * @param latency how long answers take in the mean
     * @param width attempts at once on each account
     * @param limit what each account allows and declares; absent: anything
     * @param faults what goes wrong, as users write it
     * @param timeouts how long an attempt may be silent
     */
    record Settings(
            long seed,
            int accounts,
            Duration latency,
            int width,
            Optional<Limit> limit,
            List<String> faults,
            Timeouts timeouts) {

        Settings withSeed(long other) {
            return new Settings(other, accounts, latency, width, limit, faults, timeouts);
        }

        Settings withFaults(String... other) {
            return new Settings(seed, accounts, latency, width, limit, List.of(other), timeouts);
        }
    }

    FaultRun(Settings settings) {
        List<SimulatedAccount> accounts = IntStream.range(0, settings.accounts())
                .mapToObj(number -> account("account-" + number, settings))
                .toList();
        List<TargetSettings> targets = accounts.stream()
                .map(account -> new TargetSettings(account.id(), SimulatedAccount.MODEL))
                .toList();
        RouteSettings route = RouteSettings.of("default", List.of(new Tier(targets)));
        this.pool = SimulatedPool.builder(settings.seed())
                .accounts(accounts)
                .service(
                        ServiceKind.HUGGING_FACE,
                        service -> service.latency(Latency.uniform(settings.latency(), 0.2))
                                .refusalLatency(REFUSAL)
                                .faults(new FaultScript(settings.faults().stream()
                                        .map(FaultRule::parse)
                                        .toList())))
                .route(route.toBuilder().timeouts(settings.timeouts()).build())
                .link(LINK)
                .clients(this::noting)
                .build();
    }

    private static SimulatedAccount account(String id, Settings settings) {
        ServiceLimit[] limits =
                settings.limit().stream().map(ServiceLimit::sliding).toArray(ServiceLimit[]::new);
        return SimulatedAccount.of(id, ServiceKind.HUGGING_FACE, limits)
                .withMaxConcurrency(settings.width())
                .withTransit(Duration.ofMillis(100));
    }

    /** Lets so many prompts be open at any time. */
    FaultRun crowd(int prompts) {
        for (; open < prompts; open++) {
            askOn();
        }
        return this;
    }

    private void askOn() {
        ask().whenComplete((completion, failure) -> pool.timeline().schedule(0, this::askOn));
    }

    /** Asks one thing. */
    CompletableFuture<Completion> ask() {
        CompletableFuture<Completion> answer = pool.complete(Prompt.of("question " + asked++));
        answer.whenComplete((completion, failure) -> {
            if (failure == null) {
                answerNanos.add(pool.timeline().nanoTime());
            } else {
                lost.add((PromptException) (failure instanceof PromptException ? failure : failure.getCause()));
            }
        });
        return answer;
    }

    /** Asks one thing so often. */
    void askEvery(Duration pause, Duration until) {
        for (Duration at = Duration.ZERO; at.compareTo(until) < 0; at = at.plus(pause)) {
            pool.timeline().schedule(at.toNanos(), this::ask);
        }
    }

    FaultRun run(Duration time) {
        pool.timeline().advance(time);
        return this;
    }

    List<PromptException> lost() {
        return lost;
    }

    /** Returns how many answers came from a moment on. */
    long answersSince(Duration from) {
        return answerNanos.stream().filter(nanos -> nanos >= from.toNanos()).count();
    }

    /** Returns how many calls were made on an account from one moment to before another. */
    int calls(String account, Duration from, Duration until) {
        return (int) callNanos.getOrDefault(account, List.of()).stream()
                .filter(nanos -> nanos >= from.toNanos() && nanos < until.toNanos())
                .count();
    }

    /** Returns how long after a moment the next call on an account was made. */
    Optional<Duration> nextCall(String account, Duration after) {
        return callNanos.getOrDefault(account, List.of()).stream()
                .filter(nanos -> nanos >= after.toNanos())
                .findFirst()
                .map(nanos -> Duration.ofNanos(nanos).minus(after));
    }

    /** Returns how many calls at most were made on an account within a minute that begins in a time. */
    int mostInAMinute(String account, Duration from, Duration until) {
        return callNanos.getOrDefault(account, List.of()).stream()
                .map(Duration::ofNanos)
                .filter(at -> at.compareTo(from) >= 0 && at.compareTo(until) < 0)
                .mapToInt(at -> {
                    Duration end = at.plusMinutes(1);
                    return calls(account, at, end.compareTo(until) < 0 ? end : until);
                })
                .max()
                .orElse(0);
    }

    private ProviderClient noting(AccountSettings account, ProviderClient client) {
        List<Long> times = callNanos.computeIfAbsent(account.id(), id -> new ArrayList<>());
        return new ProviderClient() {

            @Override
            public Admission admission(Prompt prompt, String model) {
                return client.admission(prompt, model);
            }

            @Override
            public Cancellable send(Prompt prompt, String model, AttemptSink sink) {
                times.add(pool.timeline().nanoTime());
                return client.send(prompt, model, sink);
            }

            @Override
            public void close() {
                client.close();
            }
        };
    }
}
