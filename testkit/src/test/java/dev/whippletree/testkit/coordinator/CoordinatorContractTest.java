package dev.whippletree.testkit.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Scope;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.Claim;
import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.CoordinationStatus;
import dev.whippletree.spi.Coordinator;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.spi.ScopeClosing;
import dev.whippletree.spi.Services;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.Contracts;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The contract's own part: its form, its end, and what happens to who is cut off. */
@Tag("slow")
class CoordinatorContractTest extends FaultFinding {

    CoordinatorContractTest() {
        super(CoordinatorContract.class);
    }

    @Override
    Stream<Fault> faults() {
        return Stream.of(
                Fault.of(WithoutForm.class, "kind_hasTheFormOfAPlugin"),
                Fault.of(RefusingWithoutWords.class, "valueThatCannotBeUsed_isRefusedInWords"),
                Fault.of(KnowingOnlyItself.class, "status_knowsTheProcesses", "cutOff_nobodyUsesMoreThanItsPart"),
                Fault.of(SayingThatAllIsWell.class, "cutOff_isToldByTheStatus"),
                Fault.of(ThrowingWhenClosed.class, "closed_failsItsStagesAndThrowsNothing"),
                Fault.of(
                        HangingWhenClosed.class,
                        "closed_failsItsStagesAndThrowsNothing",
                        "closeWhileInUse_endsEveryStage"),
                Fault.of(
                        NeverLeaving.class,
                        "closed_hearsNothingAndTellsNothing",
                        "closed_failsItsStagesAndThrowsNothing"),
                Fault.of(ReleasingWhenClosed.class, "closedProcesssReservation_isStillUsed"),
                Fault.of(BlockingWhenCutOff.class, "cutOff_everyCallReturnsAndEnds"),
                Fault.of(
                        HangingWhenCutOff.class,
                        "cutOff_everyCallReturnsAndEnds",
                        "cutOff_isToldByTheStatus",
                        "openedWhileCutOff_answersAndMendsItself"),
                Fault.of(
                        GreedyWhenCutOff.class,
                        "cutOff_nobodyUsesMoreThanItsPart",
                        "reachedAgain_ownUsesAreCountedAgain"),
                Fault.of(NeverMending.class, "openedWhileCutOff_answersAndMendsItself"),
                Fault.of(WaitingForEver.class, "cutOff_endsTheWaitForAClaim"),
                Fault.of(TellingNobodyWhenCutOff.class, "reachedAgain_whatWasClosedMeanwhileIsHeard"),
                Fault.of(ShowingItsSecret.class, "secret_isShownNowhere"));
    }

    @Test
    void secretThatIsNotShown_passes() {
        assertThat(Contracts.failuresOf(KeepingItsSecret.class, List.of("secret_isShownNowhere")))
                .isEmpty();
    }

    static final class WithoutForm extends Right {
        @Override
        protected Coordinator coordinator() {
            return new Unannounced();
        }
    }

    /** Has the form of a plugin but for a line that names it. */
    public static final class Unannounced implements Coordinator {

        private final Coordinator coordinator = new FakeCoordinator();

        @Override
        public String name() {
            return coordinator.name();
        }

        @Override
        public Set<SettingKey> settings() {
            return coordinator.settings();
        }

        @Override
        public Coordination open(Settings settings, Services services) {
            return coordinator.open(settings, services);
        }
    }

    static final class RefusingWithoutWords extends Right {
        @Override
        protected Coordinator coordinator() {
            Coordinator right = super.coordinator();
            return new Coordinator() {
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
                    try {
                        return right.open(settings, services);
                    } catch (IllegalArgumentException e) {
                        throw new IllegalArgumentException("bad setting", e);
                    }
                }
            };
        }
    }

    static final class KnowingOnlyItself extends BrokenContract {
        @Override
        Coordination breaking(Coordination coordination) {
            return new Changed(coordination) {
                @Override
                public CoordinationStatus status() {
                    CoordinationStatus right = super.status();
                    return new CoordinationStatus(right.connected(), 1, right.alone(), right.problem());
                }
            };
        }
    }

    static final class SayingThatAllIsWell extends BrokenContract {
        @Override
        Coordination breaking(Coordination coordination) {
            return new Changed(coordination) {
                @Override
                public CoordinationStatus status() {
                    return new CoordinationStatus(true, super.status().processes(), 0, Optional.empty());
                }
            };
        }
    }

    static final class ThrowingWhenClosed extends BrokenContract {
        @Override
        Coordination breaking(Coordination coordination) {
            return new Closing(coordination) {
                @Override
                public CompletionStage<Grant> reserve(List<LimitUse> uses) {
                    if (closed) {
                        throw new IllegalStateException("closed");
                    }
                    return super.reserve(uses);
                }
            };
        }
    }

    static final class HangingWhenClosed extends BrokenContract {
        @Override
        Coordination breaking(Coordination coordination) {
            return new Closing(coordination) {
                @Override
                public CompletionStage<Claim> claim(CacheKey key) {
                    CompletionStage<Claim> claim = super.claim(key);
                    return closed || claim.toCompletableFuture().isCompletedExceptionally()
                            ? new CompletableFuture<>()
                            : claim;
                }
            };
        }
    }

    /** Knows whether it is closed. */
    private abstract static class Closing extends Changed {

        volatile boolean closed;

        Closing(Coordination coordination) {
            super(coordination);
        }

        @Override
        public void close() {
            closed = true;
            super.close();
        }
    }

    static final class NeverLeaving extends BrokenContract {
        @Override
        Coordination breaking(Coordination coordination) {
            return new Changed(coordination) {
                @Override
                public void close() {}
            };
        }
    }

    static final class ReleasingWhenClosed extends BrokenContract {
        @Override
        Coordination breaking(Coordination coordination) {
            return new Changed(coordination) {
                private final Set<String> grants = ConcurrentHashMap.newKeySet();

                @Override
                public CompletionStage<Grant> reserve(List<LimitUse> uses) {
                    return super.reserve(uses).whenComplete((grant, failure) -> {
                        if (grant instanceof Grant.Granted granted) {
                            grants.add(granted.id());
                        }
                    });
                }

                @Override
                public void close() {
                    grants.forEach(super::release);
                    super.close();
                }
            };
        }
    }

    static final class BlockingWhenCutOff extends BrokenContract {
        @Override
        Coordination breaking(Coordination coordination) {
            return new Changed(coordination) {
                @Override
                public CompletionStage<Grant> reserve(List<LimitUse> uses) {
                    if (!status().connected()) {
                        awaitNothing();
                    }
                    return super.reserve(uses);
                }
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
    }

    static final class HangingWhenCutOff extends BrokenContract {
        @Override
        Coordination breaking(Coordination coordination) {
            return new Changed(coordination) {
                @Override
                public CompletionStage<Grant> reserve(List<LimitUse> uses) {
                    return status().connected() ? super.reserve(uses) : new CompletableFuture<>();
                }
            };
        }
    }

    static final class GreedyWhenCutOff extends BrokenContract {
        @Override
        Coordination breaking(Coordination coordination) {
            return new Changed(coordination) {
                @Override
                public CompletionStage<Grant> reserve(List<LimitUse> uses) {
                    return status().connected()
                            ? super.reserve(uses)
                            : CompletableFuture.completedFuture(new Grant.Granted("alone"));
                }
            };
        }
    }

    static final class NeverMending extends BrokenContract {
        @Override
        Coordination breaking(Coordination coordination) {
            boolean alone = !coordination.status().connected();
            return new Changed(coordination) {
                @Override
                public CompletionStage<Grant> reserve(List<LimitUse> uses) {
                    return alone ? CompletableFuture.completedFuture(new Grant.Granted("alone")) : super.reserve(uses);
                }
            };
        }
    }

    static final class WaitingForEver extends BrokenContract {
        @Override
        Coordination breaking(Coordination coordination) {
            return new Changed(coordination) {
                @Override
                public CompletionStage<Claim> claim(CacheKey key) {
                    return super.claim(key)
                            .thenApply(claim -> claim instanceof Claim.Others
                                    ? new Claim.Others(new CompletableFuture<>())
                                    : claim);
                }
            };
        }
    }

    static final class TellingNobodyWhenCutOff extends BrokenContract {
        @Override
        Coordination breaking(Coordination coordination) {
            return new Changed(coordination) {
                @Override
                public void closed(ScopeClosing closing) {
                    if (status().connected()) {
                        super.closed(closing);
                    }
                }
            };
        }
    }

    static final class ShowingItsSecret extends BrokenContract {
        @Override
        Coordination breaking(Coordination coordination) {
            return new Changed(coordination) {
                @Override
                public CompletionStage<Boolean> claimProbe(Scope scope, Duration lease) {
                    return CompletableFuture.failedFuture(
                            new IllegalStateException("fake://user:" + SECRET + "@host can't be reached"));
                }
            };
        }

        @Override
        protected List<Settings> settingsWithSecret() {
            return List.of(new Settings("coordinator fake", Map.of("password", SECRET)));
        }
    }

    static final class KeepingItsSecret extends Right {
        @Override
        protected List<Settings> settingsWithSecret() {
            return List.of(new Settings("coordinator fake", Map.of("password", SECRET)));
        }

        @Override
        protected Duration longestWait() {
            return Duration.ofSeconds(30);
        }
    }

    /** Breaks nothing. */
    private abstract static class Right extends BrokenContract {
        @Override
        Coordination breaking(Coordination coordination) {
            return coordination;
        }
    }
}
