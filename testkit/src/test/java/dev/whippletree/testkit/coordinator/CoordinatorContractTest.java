package dev.whippletree.testkit.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.spi.Claim;
import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.CoordinationStatus;
import dev.whippletree.spi.Coordinator;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.Services;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.Contracts;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The contract's own part: its form, its end, and what happens to who is cut off. */
@Tag("slow")
class CoordinatorContractTest extends FaultFinding {

    private static final Grant ALONE = new Grant.Granted("alone");

    CoordinatorContractTest() {
        super(CoordinatorContract.class);
    }

    @Override
    Stream<Fault> faults() {
        return Stream.of(
                Fault.of(WithoutForm.class, "kind_hasTheFormOfAPlugin"),
                Fault.of(RefusingWithoutWords.class, "valueThatCannotBeUsed_isRefusedInWords"),
                Fault.of(
                        "a process knows only itself",
                        it -> it.status = () -> {
                            CoordinationStatus right = it.right.status();
                            return new CoordinationStatus(right.connected(), 1, right.alone(), right.problem());
                        },
                        "status_knowsTheProcesses",
                        "cutOff_nobodyUsesMoreThanItsPart"),
                Fault.of(
                        "the status says that all is well",
                        it -> it.status = () ->
                                new CoordinationStatus(true, it.right.status().processes(), 0, Optional.empty()),
                        "cutOff_isToldByTheStatus"),
                Fault.of(
                        "a process tells what it has left by its own count",
                        it -> it.left = use -> OptionalLong.of(90),
                        "left_isWhatAllHaveLeft_ifItIsKnown"),
                Fault.of(
                        "it throws when it is closed",
                        CoordinatorContractTest::throwWhenClosed,
                        "closed_failsItsStagesAndThrowsNothing"),
                Fault.of(
                        "it hangs when it is closed",
                        CoordinatorContractTest::hangWhenClosed,
                        "closed_failsItsStagesAndThrowsNothing",
                        "closeWhileInUse_endsEveryStage"),
                Fault.of(
                        "closing does nothing",
                        it -> it.close = () -> {},
                        "closed_hearsNothingAndTellsNothing",
                        "closed_failsItsStagesAndThrowsNothing"),
                Fault.of(
                        "closing releases",
                        CoordinatorContractTest::releaseWhenClosed,
                        "closedProcesssReservation_isStillUsed"),
                Fault.of(
                        "it blocks when it is cut off",
                        it -> it.reserve = (uses, turn) -> {
                            if (!it.status().connected()) {
                                awaitNothing();
                            }
                            return it.right.reserve(uses, turn);
                        },
                        "cutOff_everyCallReturnsAndEnds"),
                Fault.of(
                        "it hangs when it is cut off",
                        it -> it.reserve = (uses, turn) ->
                                it.status().connected() ? it.right.reserve(uses, turn) : new CompletableFuture<>(),
                        "cutOff_everyCallReturnsAndEnds",
                        "cutOff_isToldByTheStatus",
                        "openedWhileCutOff_answersAndMendsItself"),
                Fault.of(
                        "it grants all when it is cut off",
                        it -> it.reserve = (uses, turn) -> it.status().connected()
                                ? it.right.reserve(uses, turn)
                                : CompletableFuture.completedFuture(ALONE),
                        "cutOff_nobodyUsesMoreThanItsPart",
                        "reachedAgain_ownUsesAreCountedAgain"),
                Fault.of(
                        "what is opened while cut off never mends",
                        it -> {
                            if (!it.right.status().connected()) {
                                it.reserve = (uses, turn) -> CompletableFuture.completedFuture(ALONE);
                            }
                        },
                        "openedWhileCutOff_answersAndMendsItself"),
                Fault.of(
                        "waits never end",
                        it -> it.claim = key -> it.right
                                .claim(key)
                                .thenApply(claim -> claim instanceof Claim.Others
                                        ? new Claim.Others(new CompletableFuture<>())
                                        : claim),
                        "cutOff_endsTheWaitForAClaim"),
                Fault.of(
                        "nobody is told what was closed while cut off",
                        it -> it.closed = closing -> {
                            if (it.status().connected()) {
                                it.right.closed(closing);
                            }
                        },
                        "reachedAgain_whatWasClosedMeanwhileIsHeard"),
                showing(it -> it.probe = (scope, lease) -> CompletableFuture.failedFuture(new IllegalStateException(
                        "fake://user:" + CoordinatorContract.SECRET + "@host can't be reached"))),
                showing(it -> it.status =
                        () -> new CoordinationStatus(true, 1, 0, Optional.of("wrong: " + CoordinatorContract.SECRET))));
    }

    private static Fault showing(Consumer<Changed> change) {
        return new Fault("its secret is shown", KeepingItsSecret.class, () -> change, List.of("secret_isShownNowhere"));
    }

    @Test
    void secretThatIsNotShown_passes() {
        assertThat(Contracts.failuresOf(KeepingItsSecret.class, List.of("secret_isShownNowhere")))
                .isEmpty();
    }

    private static void throwWhenClosed(Changed it) {
        it.close = () -> {
            it.right.close();
            it.reserve = (uses, turn) -> {
                throw new IllegalStateException("closed");
            };
        };
    }

    private static void hangWhenClosed(Changed it) {
        AtomicBoolean closed = new AtomicBoolean();
        it.close = () -> {
            closed.set(true);
            it.right.close();
        };
        it.claim = key -> {
            CompletableFuture<Claim> claim = it.right.claim(key).toCompletableFuture();
            return closed.get() || claim.isCompletedExceptionally() ? new CompletableFuture<>() : claim;
        };
    }

    private static void releaseWhenClosed(Changed it) {
        Set<String> grants = ConcurrentHashMap.newKeySet();
        it.reserve = (uses, turn) -> it.right.reserve(uses, turn).whenComplete((grant, failure) -> {
            if (grant instanceof Grant.Granted granted) {
                grants.add(granted.id());
            }
        });
        it.close = () -> {
            grants.forEach(it.right::release);
            it.right.close();
        };
    }

    /** So short a time that nobody would notice once. */
    private static void awaitNothing() {
        try {
            new CountDownLatch(1).await(5, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static final class WithoutForm extends BrokenContract {
        @Override
        protected Coordinator coordinator() {
            return new Unannounced();
        }
    }

    /** Has the form of a plugin but for a line that names it. */
    public static final class Unannounced extends Passing {
        public Unannounced() {
            super(new FakeCoordinator());
        }
    }

    static final class RefusingWithoutWords extends BrokenContract {
        @Override
        protected Coordinator coordinator() {
            return new Passing(super.coordinator()) {
                @Override
                public Coordination open(Settings settings, Services services) {
                    try {
                        return super.open(settings, services);
                    } catch (IllegalArgumentException e) {
                        throw new IllegalArgumentException("bad setting", e);
                    }
                }
            };
        }
    }

    private abstract static class Passing implements Coordinator {

        private final Coordinator right;

        Passing(Coordinator right) {
            this.right = right;
        }

        @Override
        public String name() {
            return right.name();
        }

        @Override
        public Set<SettingKey> settings() {
            return right.settings();
        }

        @Override
        public Coordination open(Settings settings, Services services) {
            return right.open(settings, services);
        }
    }

    static final class KeepingItsSecret extends BrokenContract {
        @Override
        protected List<Settings> settingsWithSecret() {
            return List.of(new Settings("coordinator fake", Map.of("password", SECRET)));
        }

        @Override
        protected Duration longestWait() {
            return Duration.ofSeconds(30);
        }
    }
}
