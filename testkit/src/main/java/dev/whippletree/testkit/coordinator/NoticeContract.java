package dev.whippletree.testkit.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Scope;
import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.CoordinationListener;
import dev.whippletree.spi.ScopeClosing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract's part about closed scopes: who looks whether they are open again, and who hears of them. */
abstract class NoticeContract extends ClaimContract {

    /** A scope that is closed last: once a listener has heard of it, it has heard everything before. */
    private static final Scope MARKER = Scope.of("marker");

    NoticeContract() {}

    @Test
    void oneOfManyAtOnce_isToProbe() {
        List<Coordination> all = open(4);
        List<CompletableFuture<CompletionStage<Boolean>>> calls = all.stream()
                .map(process -> start(() -> process.claimProbe(MODEL, HOUR)))
                .toList();

        List<Boolean> won = calls.stream()
                .map(call -> join(join(call, "calling claimProbe(…)"), "claiming a probe"))
                .toList();
        assertThat(won).as("of four processes at once, those that are to probe").containsOnlyOnce(true);
        for (Coordination process : all) {
            assertThat(join(process.claimProbe(MODEL, HOUR), "claiming a probe"))
                    .as("whether a process is to probe, which another does, or does it again, which has proved nothing")
                    .isEqualTo(won.get(all.indexOf(process)));
        }
    }

    @Test
    void scopes_areProbedApart() {
        List<Coordination> all = new ArrayList<>(open(4));

        for (Scope scope : List.of(ORGANIZATION, MODEL, Scope.of("groq/acme", "another"), Scope.of("hf/acme"))) {
            assertThat(join(all.get(0).claimProbe(scope, HOUR), "claiming a probe"))
                    .as("whether the first process that asks is to probe %s", scope)
                    .isTrue();
            assertThat(probers(all.subList(1, 4), scope))
                    .as("processes that are to probe %s while another does", scope)
                    .isZero();
            Collections.rotate(all, 1);
        }
    }

    @Test
    void probe_goesToOneAgainAfterItsLease() {
        List<Coordination> all = open(3);
        Duration lease = Duration.ofSeconds(1);
        assertThat(join(all.get(0).claimProbe(MODEL, lease), "claiming a probe"))
                .isTrue();

        passTime(lease);

        stages().eventually(
                        () -> join(all.get(1).claimProbe(MODEL, HOUR), "claiming a probe"),
                        "another may probe when the lease of a probe that told nothing is over");
        assertThat(probers(List.of(all.get(0), all.get(2)), MODEL))
                .as("processes that are to probe while another does, which has taken over")
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void probe_goesToOneAgainAfterItsResultIsTold(boolean open) {
        List<Coordination> all = open(3);
        assertThat(join(all.get(0).claimProbe(MODEL, HOUR), "claiming a probe")).isTrue();

        if (open) {
            all.get(0).reopened(MODEL);
        } else {
            all.get(0).closed(closing(MODEL, Duration.ofMinutes(10), false));
        }

        stages().eventually(
                        () -> join(all.get(1).claimProbe(MODEL, HOUR), "claiming a probe"),
                        "another may probe when the result of the probe before has been told, open: " + open);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void closing_isHeardByAllOthersAndWhole(boolean endKnown) {
        List<Coordination> all = open(3);
        List<RecordingListener> listeners = listen(all);
        ScopeClosing told = closing(MODEL, HOUR, endKnown);
        all.get(0).closed(told);

        for (RecordingListener listener : listeners.subList(1, 3)) {
            awaitClosed(listener, MODEL);
            ScopeClosing heard = listener.closingsOf(MODEL).get(0);
            assertThat(heard.remaining())
                    .as("for how long it is still closed, which was told as an hour just now")
                    .isBetween(Duration.ofMinutes(55), HOUR);
            assertThat(heard)
                    .as("what another process told, but for the time that has passed")
                    .isEqualTo(new ScopeClosing(MODEL, heard.remaining(), endKnown, told.reason()));
        }
        all.get(1).closed(closing(MARKER, HOUR, true));
        awaitClosed(listeners.get(0), MARKER);
        assertThat(listeners.get(0).closingsOf(MODEL))
                .as("what a process hears of its own closing")
                .isEmpty();
    }

    @Test
    void organizationsClosing_isNotItsModels() {
        List<Coordination> all = open(2);
        RecordingListener listener = listen(all.get(1));

        all.get(0).closed(closing(ORGANIZATION, HOUR, true));

        awaitClosed(listener, ORGANIZATION);
        assertThat(listener.closingsOf(MODEL))
                .as("what is heard of a model when its organization is closed")
                .isEmpty();
    }

    @Test
    void reopening_isHeardByAllOthers() {
        List<Coordination> all = open(3);
        List<RecordingListener> listeners = listen(all);
        all.get(1).closed(closing(MODEL, HOUR, false));
        awaitClosed(listeners.get(0), MODEL);
        all.get(0).reopened(MODEL);

        for (RecordingListener listener : listeners.subList(1, 3)) {
            stages().eventually(() -> listener.heardReopened(MODEL), "others hear that a scope is open again");
        }
        all.get(1).closed(closing(MARKER, HOUR, true));
        awaitClosed(listeners.get(0), MARKER);
        assertThat(listeners.get(0).heardReopened(MODEL))
                .as("whether a process hears of its own reopening")
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void lateStarter_hearsWhatStillHolds(boolean tellerIsGone) {
        List<Coordination> all = open(2);
        all.get(0).closed(closing(MODEL, HOUR, true));
        all.get(0).closed(closing(ORGANIZATION, HOUR, false));
        awaitArrival(all.get(0));
        if (tellerIsGone) {
            all.get(0).close();
        }

        RecordingListener late = listen(open());

        awaitClosed(late, MODEL);
        awaitClosed(late, ORGANIZATION);
        assertThat(late.closingsOf(ORGANIZATION).get(0).endKnown())
                .as("whether the end is known of what was closed without")
                .isFalse();
    }

    @Test
    void lateStarter_doesNotHearWhatWasReopenedOrIsOver() {
        List<Coordination> all = open(2);
        all.get(0).closed(closing(MODEL, HOUR, false));
        all.get(0).reopened(MODEL);
        all.get(0).closed(closing(ORGANIZATION, Duration.ofMillis(200), true));
        all.get(0).closed(closing(MARKER, HOUR, true));
        awaitArrival(all.get(0));
        passTime(Duration.ofSeconds(1));

        RecordingListener late = listen(open());

        awaitClosed(late, MARKER);
        hearAnother(all.get(1), late);
        assertThat(late.closingsOf(MODEL))
                .as("what is heard of a scope that is open again")
                .isEmpty();
        assertThat(late.closingsOf(ORGANIZATION))
                .as("what is heard of a scope whose closing is over")
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void laterEnd_counts(boolean laterIsToldFirst) {
        List<Coordination> all = open(2);
        RecordingListener second = listen(all.get(1));
        Duration later = HOUR;
        Duration earlier = Duration.ofMinutes(10);
        all.get(0).closed(closing(MODEL, laterIsToldFirst ? later : earlier, true));
        awaitClosed(second, MODEL);
        all.get(1).closed(closing(MODEL, laterIsToldFirst ? earlier : later, true));
        awaitArrival(all.get(1));

        RecordingListener late = listen(open());

        stages().eventually(
                        () -> late.closingsOf(MODEL).stream()
                                .anyMatch(heard -> heard.remaining().compareTo(earlier) > 0),
                        "of two times until which a scope is closed, the later one is heard; it was told first: "
                                + laterIsToldFirst);
    }

    @Test
    void listenerThatThrows_harmsNobody() {
        List<Coordination> all = open(3);
        RecordingListener throwing = new RecordingListener();
        all.get(1).listen(new CoordinationListener() {
            @Override
            public void closed(ScopeClosing closing) {
                throwing.closed(closing);
                throw new IllegalStateException("a listener's fault");
            }

            @Override
            public void reopened(Scope scope) {
                throwing.reopened(scope);
                throw new IllegalStateException("a listener's fault");
            }
        });
        RecordingListener other = listen(all.get(2));

        all.get(0).closed(closing(MODEL, HOUR, false));
        all.get(0).reopened(MODEL);
        all.get(0).closed(closing(MARKER, HOUR, true));

        awaitClosed(other, MARKER);
        awaitClosed(throwing, MARKER);
        granted("a listener's fault is no reason not to", all.get(1), requests(1));
        granted("a listener's fault is no reason not to", all.get(0), requests(1));
    }

    @Test
    void notices_comeOneAtATime() {
        List<Coordination> all = open(4);
        RecordingListener listener = listen(all.get(0));
        List<CompletableFuture<Boolean>> tellers = IntStream.range(1, 4)
                .mapToObj(teller -> start(() -> tellMany(all.get(teller), "teller-" + teller)))
                .toList();
        tellers.forEach(teller -> join(teller, "telling of many closings"));

        for (int teller = 1; teller < 4; teller++) {
            awaitClosed(listener, Scope.of("teller-" + teller, "model 49"));
        }
        assertThat(listener.overlapped())
                .as("whether a listener was called while it was in an earlier call")
                .isFalse();
    }

    private static boolean tellMany(Coordination teller, String name) {
        for (int n = 0; n < 50; n++) {
            teller.closed(closing(Scope.of(name, "model " + n), HOUR, true));
        }
        return true;
    }

    /** Returns how many of the processes win a probe of a scope. */
    private long probers(List<Coordination> all, Scope scope) {
        return all.stream()
                .filter(process -> join(process.claimProbe(scope, HOUR), "claiming a probe"))
                .count();
    }

    static ScopeClosing closing(Scope scope, Duration remaining, boolean endKnown) {
        return new ScopeClosing(scope, remaining, endKnown, "Rate limit reached for model: 'größer' — try again");
    }

    static RecordingListener listen(Coordination process) {
        RecordingListener listener = new RecordingListener();
        process.listen(listener);
        return listener;
    }

    private static List<RecordingListener> listen(List<Coordination> processes) {
        return processes.stream().map(NoticeContract::listen).toList();
    }

    final void awaitClosed(RecordingListener listener, Scope scope) {
        stages().eventually(
                        () -> listener.heardClosed(scope),
                        "another process hears that " + scope + " is closed, as told");
    }

    /** Waits until something else has been heard that was told only now. */
    private void hearAnother(Coordination teller, RecordingListener listener) {
        Scope another = Scope.of("marker", "another");
        teller.closed(closing(another, HOUR, true));
        awaitClosed(listener, another);
    }
}
