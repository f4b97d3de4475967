package dev.whippletree.testkit.coordinator;

import dev.whippletree.model.Scope;
import dev.whippletree.spi.CoordinationListener;
import dev.whippletree.spi.ScopeClosing;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;

/** The contract's part about closed scopes. */
@Tag("slow")
class NoticeContractTest extends FaultFinding {

    NoticeContractTest() {
        super(NoticeContract.class);
    }

    @Override
    Stream<Fault> faults() {
        return Stream.of(
                Fault.of(
                        "everybody probes",
                        it -> it.probe = (scope, lease) -> CompletableFuture.completedFuture(true),
                        "oneOfManyAtOnce_isToProbe",
                        "scopes_areProbedApart",
                        "probe_goesToOneAgainAfterItsLease"),
                Fault.ofState(
                        "a scope is probed once",
                        NoticeContractTest::probeOnce,
                        "oneOfManyAtOnce_isToProbe",
                        "probe_goesToOneAgainAfterItsLease",
                        "probe_goesToOneAgainAfterItsResultIsTold"),
                Fault.of(
                        "organizations are probed",
                        it -> it.probe = (scope, lease) -> it.right.claimProbe(Scope.of(scope.organization()), lease),
                        "scopes_areProbedApart"),
                Fault.of(
                        "nobody is told",
                        it -> {
                            it.closed = closing -> {};
                            it.reopened = scope -> {};
                        },
                        "closing_isHeardByAllOthersAndWhole",
                        "organizationsClosing_isNotItsModels",
                        "reopening_isHeardByAllOthers",
                        "lateStarter_hearsWhatStillHolds"),
                Fault.of(
                        "a process hears itself",
                        NoticeContractTest::hearItself,
                        "closing_isHeardByAllOthersAndWhole",
                        "reopening_isHeardByAllOthers"),
                Fault.of(
                        "the reason is left out",
                        it -> it.closed = closing -> it.right.closed(
                                new ScopeClosing(closing.scope(), closing.remaining(), closing.endKnown(), "")),
                        "closing_isHeardByAllOthersAndWhole"),
                Fault.of(
                        "models are closed too",
                        it -> it.closed = closing -> {
                            it.right.closed(new ScopeClosing(
                                    CoordinatorBench.MODEL, closing.remaining(), closing.endKnown(), closing.reason()));
                            it.right.closed(closing);
                        },
                        "organizationsClosing_isNotItsModels"),
                Fault.ofState(
                        "it is told once",
                        NoticeContractTest::tellOnce,
                        "lateStarter_hearsWhatStillHolds",
                        "laterEnd_counts"),
                Fault.of(
                        "it is remembered too long",
                        it -> {
                            it.closed = closing -> it.right.closed(new ScopeClosing(
                                    closing.scope(), Duration.ofHours(1), closing.endKnown(), closing.reason()));
                            it.reopened = scope -> {};
                        },
                        "lateStarter_doesNotHearWhatWasReopenedOrIsOver"),
                Fault.ofState("the last closing is kept", NoticeContractTest::keepLast, "laterEnd_counts"),
                Fault.of(
                        "a listener that failed is given up",
                        NoticeContractTest::giveUp,
                        "listenerThatThrows_harmsNobody"),
                Fault.of(
                        "all is told at once",
                        hearing((listener, closing) -> new Thread(() -> listener.closed(closing)).start()),
                        "notices_comeOneAtATime"));
    }

    private static Consumer<Changed> probeOnce() {
        Set<Scope> probed = ConcurrentHashMap.newKeySet();
        return it -> it.probe = (scope, lease) -> CompletableFuture.completedFuture(probed.add(scope));
    }

    private static void hearItself(Changed it) {
        AtomicReference<CoordinationListener> own = new AtomicReference<>(new RecordingListener());
        it.listen = listener -> {
            own.set(listener);
            it.right.listen(listener);
        };
        it.closed = closing -> {
            own.get().closed(closing);
            it.right.closed(closing);
        };
        it.reopened = scope -> {
            own.get().reopened(scope);
            it.right.reopened(scope);
        };
    }

    private static Consumer<Changed> tellOnce() {
        List<CoordinationListener> listeners = new CopyOnWriteArrayList<>();
        return it -> {
            it.listen = listeners::add;
            it.closed = closing -> listeners.forEach(listener -> listener.closed(closing));
        };
    }

    private static Consumer<Changed> keepLast() {
        Map<Scope, ScopeClosing> last = new ConcurrentHashMap<>();
        return it -> {
            it.closed = closing -> {
                last.put(closing.scope(), closing);
                it.right.closed(closing);
            };
            hearing((listener, closing) -> listener.closed(last.getOrDefault(closing.scope(), closing)))
                    .accept(it);
        };
    }

    private static void giveUp(Changed it) {
        AtomicBoolean failed = new AtomicBoolean();
        hearing((listener, closing) -> {
                    if (failed.compareAndSet(false, true)) {
                        listener.closed(closing);
                        failed.set(false);
                    }
                })
                .accept(it);
    }

    /** Returns what changes how listeners hear of closings. */
    private static Consumer<Changed> hearing(BiConsumer<CoordinationListener, ScopeClosing> closed) {
        return it -> it.listen = listener -> it.right.listen(new CoordinationListener() {
            @Override
            public void closed(ScopeClosing closing) {
                closed.accept(listener, closing);
            }

            @Override
            public void reopened(Scope scope) {
                listener.reopened(scope);
            }
        });
    }
}
