package dev.whippletree.testkit.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whippletree.model.Scope;
import dev.whippletree.model.TokenCount;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.Claim;
import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.CoordinationStatus;
import dev.whippletree.spi.Coordinator;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.PluginForm;
import dev.whippletree.testkit.Samples;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/**
 * The contract of a coordinator of several processes. Extend it in a test, and return the coordinator and the settings
 * of a fresh shared place; the rest has defaults.
 *
 * <p>Each test opens two to four coordinations on a place of its own, like that many processes, in real time and from
 * several threads. A notice of one process takes a moment to reach the others, so tests wait for it; they don't measure
 * the time. The processes' wall clocks differ by minutes.
 */
public abstract class CoordinatorContract extends NoticeContract {

    /** What stands for a password in {@link #settingsWithSecret()}; it must be shown nowhere. */
    protected static final String SECRET = "contract-secret-7f3a";

    private static final CacheKey KEY = Samples.key("alice", "a question");

    /** So many that one call that waits for a server, even for a short time, takes too long in all. */
    private static final int CALLS = 200;

    /** Creates the contract's test. */
    protected CoordinatorContract() {}

    @Test
    void kind_hasTheFormOfAPlugin() {
        PluginForm.check(coordinator(), coordinator().name(), coordinator().settings());
        assertThat(ServiceLoader.load(Coordinator.class))
                .as("META-INF/services/dev.whippletree.spi.Coordinator names the coordinator")
                .anyMatch(found -> found.getClass().equals(coordinator().getClass()));
    }

    @Test
    void valueThatCannotBeUsed_isRefusedInWords() {
        for (SettingKey key : coordinator().settings()) {
            Map<String, String> values = new HashMap<>(place().values());
            values.put(key.name(), "?! no such thing");
            Settings settings = new Settings(place().where(), values);

            Throwable refusal = catchThrowable(() -> open(settings));

            if (refusal != null) {
                assertThat(refusal)
                        .as(
                                "how a value of '%s' is refused: with words that say where, which setting, and why",
                                key.name())
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining(settings.where())
                        .hasMessageContaining(key.name());
            }
        }
    }

    @Test
    void status_knowsTheProcesses() {
        List<Coordination> all = open(3);

        for (Coordination process : all) {
            stages().eventually(
                            () -> process.status().connected()
                                    && List.of(0, 3).contains(process.status().processes()),
                            "a process is connected, and counts three processes, or 0 if it can't know (status)");
            granted("nothing was used", process, requests(1));
            assertThat(process.status().alone())
                    .as("reservations granted without asking the others, who could be asked")
                    .isZero();
            assertThat(process.status().problem())
                    .as("what is wrong where nothing is")
                    .isEmpty();
        }
    }

    @Test
    void left_isWhatAllHaveLeft_ifItIsKnown() {
        Coordination a = open();
        Coordination b = open();
        granted("nothing was used", a, tokens(20));
        granted("20 of 100 were used", b, tokens(10));

        stages().eventually(
                        () -> b.left(tokens(1)).orElse(70) == 70,
                        "70 of 100 tokens are left, since another process uses 20 and this one 10, unless that isn't"
                                + " known (left)");
    }

    @Test
    void closed_failsItsStagesAndThrowsNothing() {
        Coordination a = open();
        String grant = granted("nothing was used", a, requests(1));
        a.close();

        stages().assertFails(() -> a.reserve(List.of(requests(1)), TURN), "a reserve after close");
        stages().assertFails(() -> a.claim(KEY), "a claim after close");
        stages().assertFails(() -> a.claimProbe(MODEL, HOUR), "a claimProbe after close");
        assertThatCode(() -> {
                    a.settle(grant, Optional.empty(), Duration.ZERO);
                    a.release(grant);
                    a.closed(closing(MODEL, HOUR, true));
                    a.reopened(MODEL);
                    a.listen(new RecordingListener());
                    a.left(requests(1));
                    a.status();
                    a.close();
                })
                .as("what has no stage to end, after close, a second close() among it")
                .doesNotThrowAnyException();
    }

    @Test
    void closed_hearsNothingAndTellsNothing() {
        List<Coordination> all = open(3);
        RecordingListener closed = listen(all.get(1));
        RecordingListener other = listen(all.get(2));
        all.get(1).close();
        all.get(1).closed(closing(ORGANIZATION, HOUR, true));

        for (Scope scope : List.of(MODEL, Scope.of("hf/acme"))) {
            all.get(0).closed(closing(scope, HOUR, true));
            awaitClosed(other, scope);
        }

        assertThat(closed.closingsOf(MODEL)).as("what is heard after close()").isEmpty();
        assertThat(other.closingsOf(ORGANIZATION))
                .as("what is heard of one that is closed")
                .isEmpty();
    }

    @Test
    void closedProcesssReservation_isStillUsed() {
        Coordination a = open();
        Coordination b = open();
        granted("nothing was used", a, requests(10));
        awaitArrival(a);
        a.close();

        refused("the call may have been sent before its process was closed", b, requests(1));
    }

    @Test
    void closeWhileInUse_endsEveryStage() {
        List<Coordination> all = open(2);
        List<CompletionStage<?>> begun = new ArrayList<>();
        CompletableFuture<Boolean> closing = start(() -> {
            all.get(1).close();
            return true;
        });
        boolean isClosed;
        do {
            isClosed = closing.isDone(); // The last round comes after that.
            begun.add(all.get(1).reserve(List.of(tokens(0)), TURN));
            begun.add(all.get(1).claim(Samples.key("alice", "question " + begun.size())));
            begun.add(all.get(1).claimProbe(MODEL, HOUR));
        } while (!isClosed);

        join(closing, "closing from another thread");
        begun.forEach(stage -> stages().assertEnds(stage, "a call while another thread closes the coordination"));
    }

    @Test
    void cutOff_everyCallReturnsAndEnds() {
        List<Coordination> all = open(2);
        all.forEach(process -> granted("nothing was used", process, requests(1)));
        cutOff();

        List<CompletionStage<?>> begun = join(
                start(() -> callOften(all.get(0))),
                CALLS
                        + " times calling all there is while the shared place can't be reached; no call may block, so this");

        begun.forEach(stage -> stages().assertEnds(stage, "a call while the shared place can't be reached"));
    }

    private static List<CompletionStage<?>> callOften(Coordination process) {
        List<CompletionStage<?>> begun = new ArrayList<>();
        for (int n = 0; n < CALLS; n++) {
            begun.add(process.reserve(List.of(requests(1), tokens(1)), TURN));
            begun.add(process.claim(Samples.key("alice", "question " + n)));
            begun.add(process.claimProbe(MODEL, HOUR));
            process.settle("no such grant", Optional.of(new TokenCount(n, 0)), Duration.ZERO);
            process.release("no such grant");
            process.closed(closing(MODEL, HOUR, true));
            process.reopened(MODEL);
            process.left(tokens(1));
            process.status();
        }
        return begun;
    }

    @Test
    void cutOff_isToldByTheStatus() {
        Coordination a = open();
        reserve(a, requests(1));
        cutOff();

        stages().eventually(
                        () -> !a.status().connected() && a.status().problem().isPresent(),
                        "the status says that the shared place can't be reached, and what to do");
        assertThat(reserve(a, tokens(1)))
                .as("a process that was the only one, cut off, and asked for a hundredth of a limit")
                .isInstanceOf(Grant.Granted.class);
        assertThat(a.status().alone())
                .as("reservations granted without asking the others")
                .isPositive();

        reconnect();

        stages().eventually(() -> a.status().problem().isEmpty(), "the status says no more that something is wrong");
        assertThat(reserve(a, tokens(1)))
                .as("a reservation after the place can be reached again")
                .isInstanceOf(Grant.Granted.class);
    }

    @Test
    void cutOff_nobodyUsesMoreThanItsPart() {
        List<Coordination> all = open(4);
        assumeTrue(
                all.get(0).status().processes() > 0,
                "this coordinator doesn't know the number of processes (status), and so can't divide limits by it");
        all.forEach(process -> stages().eventually(
                        () -> process.status().processes() == 4, "a process counts all four processes (status)"));
        all.get(0).settle(granted("nothing was used", all.get(0), tokens(20)), Optional.empty(), Duration.ZERO);
        awaitArrival(all.get(0));
        cutOff();
        awaitCutOff(all);

        long used = 20;
        for (Coordination process : all) {
            for (int n = 0; n < 30; n++) {
                used += reserve(process, tokens(5)) instanceof Grant.Granted ? 5 : 0;
            }
        }

        assertThat(used)
                .as("what four processes that were cut off have used of 100 tokens together, 20 of them before")
                .isLessThanOrEqualTo(100);
    }

    @Test
    void reachedAgain_ownUsesAreCountedAgain() {
        List<Coordination> all = open(2);
        Coordination a = all.get(0);
        a.settle(granted("nothing was used", a, tokens(10)), Optional.of(new TokenCount(30, 0)), Duration.ZERO);
        awaitArrival(a);
        cutOff();
        awaitCutOff(all);
        long alone = 0;
        for (int n = 0; n < 4; n++) {
            if (reserve(a, tokens(5)) instanceof Grant.Granted granted) {
                a.settle(granted.id(), Optional.empty(), Duration.ZERO);
                alone += 5;
            }
        }
        long left = 70 - alone;

        reconnect();

        Coordination b = all.get(1);
        String why = "30 of 100 tokens were used before the other process was cut off, and " + alone + " while it was";
        stages().eventually(() -> isRefused(b, tokens(left + 1)), "a refusal of more than is left, since " + why);
        grantedSoon("no more is used: " + why, b, tokens(left));
    }

    /** Tries whether a use fits, and gives it back if it does. */
    private boolean isRefused(Coordination process, LimitUse use) {
        Grant grant = reserve(process, use);
        if (grant instanceof Grant.Granted granted) {
            process.release(granted.id());
            awaitArrival(process);
        }
        return grant instanceof Grant.Refused;
    }

    @Test
    void openedWhileCutOff_answersAndMendsItself() {
        Coordination a = open();
        granted("nothing was used", a, requests(10));
        cutOff();

        Coordination b = open();

        stages().assertEnds(
                        b.reserve(List.of(tokens(1)), TURN), "a reserve in a process that never reached the others");
        stages().assertEnds(b.claim(KEY), "a claim in a process that never reached the others");
        RecordingListener listener = listen(b);

        reconnect();

        stages().eventually(
                        () -> isRefused(b, requests(1)),
                        "a process that was opened while it was cut off hears that all is used by another");
        a.closed(closing(MODEL, HOUR, true));
        awaitClosed(listener, MODEL);
    }

    @Test
    void cutOff_endsTheWaitForAClaim() {
        List<Coordination> all = open(2);
        ours("nobody has claimed it", all.get(0), KEY);
        CompletionStage<Void> wait = others("another process has claimed it", all.get(1), KEY);
        cutOff();
        passTime(claimLease());

        join(wait, "waiting for a claim of which nobody can tell any more");
        assertThat(join(all.get(1).claim(KEY), "a claim while the shared place can't be reached"))
                .as("a claim in a process that can't ask the others, and so makes the call itself")
                .isInstanceOf(Claim.Ours.class);
    }

    @Test
    void reachedAgain_whatWasClosedMeanwhileIsHeard() {
        List<Coordination> all = open(2);
        RecordingListener listener = listen(all.get(1));
        cutOff();
        awaitCutOff(all);
        all.get(0).closed(closing(MODEL, HOUR, true));

        reconnect();

        awaitClosed(listener, MODEL);
    }

    private void awaitCutOff(List<Coordination> all) {
        all.forEach(process -> stages().eventually(
                        () -> !process.status().connected(), "a process knows that it is cut off (status)"));
    }

    @Test
    void secret_isShownNowhere() {
        assumeFalse(
                settingsWithSecret().isEmpty(),
                "no settings of this contract's test hold a secret; override settingsWithSecret if there are such");
        for (Settings settings : settingsWithSecret()) {
            StringWriter shown = new StringWriter();
            try {
                show(open(settings), new PrintWriter(shown, true));
            } catch (IllegalArgumentException e) {
                e.printStackTrace(new PrintWriter(shown, true));
            }
            assertThat(shown.toString())
                    .as("exceptions, status and toString() of a coordination opened with a secret in %s", settings)
                    .doesNotContain(SECRET);
        }
    }

    private void show(Coordination process, PrintWriter shown) {
        List<CompletionStage<?>> begun = List.of(
                process.reserve(List.of(requests(1)), TURN), process.claim(KEY), process.claimProbe(MODEL, HOUR));
        for (CompletionStage<?> stage : begun) {
            stages().assertEnds(stage, "a call to a place that can't be reached");
            stage.whenComplete((value, failure) -> {
                shown.println(value);
                if (failure != null) {
                    failure.printStackTrace(shown);
                }
            });
        }
        CoordinationStatus status = process.status();
        shown.println(status + " " + process + " " + coordinator());
    }
}
