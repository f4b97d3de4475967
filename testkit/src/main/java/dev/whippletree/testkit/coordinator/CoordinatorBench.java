package dev.whippletree.testkit.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whippletree.model.Limit;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Scope;
import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.Coordinator;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.spi.Settings;
import dev.whippletree.spi.TenantTurn;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.Stages;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * The settings that an author of a coordinator can override, and the processes that each test opens over one shared
 * place.
 */
abstract class CoordinatorBench {

    static final Duration HOUR = Duration.ofHours(1);
    static final Scope ORGANIZATION = Scope.of("groq/acme");
    static final Scope MODEL = Scope.of("groq/acme", "llama-3.3-70b-versatile");
    static final TenantTurn TURN = new TenantTurn("", Priority.INTERACTIVE, 1);

    /** Processes on several machines don't agree about the time of day. */
    private static final Duration CLOCKS_APART = Duration.ofMinutes(7);

    private final List<FakeServices> services = new ArrayList<>();
    private final List<Coordination> processes = new ArrayList<>();

    /** Both are replaced before each test. */
    private Stages stages = new Stages();

    private Settings place = Settings.none("coordinator contract");

    private boolean cutOff;
    private int markers;

    CoordinatorBench() {}

    /** Returns the coordinator, a new one or the same each time. */
    protected abstract Coordinator coordinator();

    /**
     * Returns settings of a shared place that nobody has used yet, and that works; asked for once in each test, all of
     * whose processes are opened with them. On a server, give each place a namespace of its own. Let processes that
     * have died be missed soon, within {@link #claimLease()}. None unless overridden.
     */
    protected Settings settings() {
        return Settings.none("coordinator contract");
    }

    /**
     * Returns for how long, with these settings, the claims of a process are kept after it has died: 5 seconds unless
     * overridden. Tests wait for a few times as long, so make it short.
     */
    protected Duration claimLease() {
        return Duration.ofSeconds(5);
    }

    /**
     * Makes at least this much time pass for the coordinator. Waits unless overridden.
     *
     * @param time a few seconds at most, or a few of {@link #claimLease()}
     */
    protected void passTime(Duration time) {
        CompletableFuture<Void> passed = new CompletableFuture<>();
        try (FakeServices real = FakeServices.real()) {
            real.schedule(time, () -> passed.complete(null));
            passed.join();
        }
    }

    /**
     * Cuts all processes off from the shared place, those too that are opened later, or lets them reach it again.
     *
     * @return whether that was done; where it can't be, as here, tests of what happens then are skipped
     */
    protected boolean setReachable(boolean reachable) {
        return false;
    }

    /**
     * Returns settings in which {@link CoordinatorContract#SECRET} stands wherever something secret can: a password, an
     * address with one in it; of a place that can't be reached, or that can't be used. Without any, as here, the test
     * is skipped.
     */
    protected List<Settings> settingsWithSecret() {
        return List.of();
    }

    /**
     * Returns how long a test waits before it fails: half a minute unless overridden. The contract sets no other time.
     */
    protected Duration longestWait() {
        return Duration.ofSeconds(30);
    }

    @BeforeEach
    final void choosePlace() {
        stages = new Stages(longestWait());
        place = settings();
        cutOff = false;
    }

    @AfterEach
    final void closeAll() {
        processes.forEach(Coordination::close);
        services.forEach(FakeServices::close);
        processes.clear();
        services.clear();
        if (cutOff) {
            setReachable(true);
        }
    }

    final Stages stages() {
        return stages;
    }

    /** Returns the settings of this test's shared place. */
    final Settings place() {
        return place;
    }

    /** Opens another process, whose clock differs from the others'. */
    final Coordination open() {
        return open(place);
    }

    @SuppressWarnings("ReferenceEquality")
    final Coordination open(Settings settings) {
        FakeServices own = FakeServices.real();
        int number = services.size();
        own.putClockForward(CLOCKS_APART.multipliedBy(number % 2 == 0 ? number : -number));
        services.add(own);
        Coordination process = coordinator().open(settings, own);
        processes.add(process);
        if (settings == place && !cutOff) {
            stages.eventually(
                    () -> process.status().connected(), "a process that is opened says that it is connected (status)");
        }
        return process;
    }

    final List<Coordination> open(int count) {
        return IntStream.range(0, count).mapToObj(number -> open()).toList();
    }

    /** Returns the time by which intervals are measured. */
    final long nanoTime() {
        return services.get(0).nanoTime();
    }

    /** Starts a call in a thread of its own. */
    final <T> CompletableFuture<T> start(Supplier<T> call) {
        return CompletableFuture.supplyAsync(call, services.get(0).executor());
    }

    final void cutOff() {
        assumeTrue(
                setReachable(false),
                "the author of this contract's test has no way to cut processes off; override setReachable");
        cutOff = true;
    }

    final void reconnect() {
        setReachable(true);
        cutOff = false;
        for (Coordination process : processes) {
            stages.eventually(
                    () -> process.status().connected(),
                    "a process says that it is connected (status) after the shared place can be reached again");
        }
    }

    /** Returns a use of 10 requests an hour of the organization. */
    static LimitUse requests(long amount) {
        return new LimitUse(ORGANIZATION, "requests-per-hour", Limit.requests(10, HOUR), amount);
    }

    /** Returns a use of 100 tokens an hour of the model. */
    static LimitUse tokens(long amount) {
        return new LimitUse(MODEL, "tokens-per-hour", Limit.tokens(100, HOUR), amount);
    }

    final Grant reserve(Coordination process, LimitUse... uses) {
        return stages.join(process.reserve(List.of(uses), TURN), "reserving " + List.of(uses));
    }

    /** Reserves what must fit, and returns the grant's id. */
    final String granted(String why, Coordination process, LimitUse... uses) {
        Grant grant = reserve(process, uses);
        assertThat(grant).as("a grant of %s is due: %s", List.of(uses), why).isInstanceOf(Grant.Granted.class);
        return ((Grant.Granted) grant).id();
    }

    /** Reserves what mustn't fit. */
    final Grant.Refused refused(String why, Coordination process, LimitUse... uses) {
        Grant grant = reserve(process, uses);
        assertThat(grant).as("a refusal of %s is due: %s", List.of(uses), why).isInstanceOf(Grant.Refused.class);
        Grant.Refused refused = (Grant.Refused) grant;
        assertThat(refused.by()).as("the use that doesn't fit").isIn((Object[]) uses);
        assertThat(refused.retryAfter())
                .as("the wait for room, which is no longer than the window of %s", refused.by())
                .isPositive()
                .isLessThanOrEqualTo(refused.by().limit().window());
        return refused;
    }

    /** Reserves what fits as soon as everything has arrived that was told. */
    final void grantedSoon(String why, Coordination process, LimitUse... uses) {
        awaitGrant(why, process, uses, granted -> {});
    }

    private void awaitGrant(String why, Coordination process, LimitUse[] uses, Consumer<Grant.Granted> then) {
        stages.eventually(
                () -> {
                    Grant grant = reserve(process, uses);
                    if (grant instanceof Grant.Granted granted) {
                        then.accept(granted);
                    }
                    return grant instanceof Grant.Granted;
                },
                "a grant of " + List.of(uses) + ", since " + why);
    }

    /**
     * Waits until everything that a process has sent so far has arrived: its messages about an organization keep their
     * order.
     */
    final void awaitArrival(Coordination told) {
        LimitUse all = new LimitUse(ORGANIZATION, "marker-" + markers++, Limit.requests(1, HOUR), 1);
        awaitGrant("nobody has used this limit", told, new LimitUse[] {all}, granted -> told.release(granted.id()));
        Coordination other = processes.stream()
                .filter(process -> process != told)
                .findFirst()
                .orElseThrow();
        grantedSoon("another process has released it", other, all);
    }

    final <T> T join(CompletionStage<T> stage, String what) {
        return stages.join(stage, what);
    }
}
