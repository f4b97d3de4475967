package dev.whippletree.testkit.coordinator;

import dev.whippletree.model.Limit;
import dev.whippletree.model.Scope;
import dev.whippletree.model.TokenCount;
import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.Coordinator;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;

/** The contract's part about limits. */
@Tag("slow")
class ReservationContractTest extends FaultFinding {

    ReservationContractTest() {
        super(ReservationContract.class);
    }

    @Override
    Stream<Fault> faults() {
        return Stream.of(
                Fault.of(CountingAlone.class, "grants_addUpOverProcesses", "manyAtOnce_useAllThereIs_andNoMore"),
                Fault.of(GrantingPieces.class, "severalLimits_areReservedTogetherOrNotAtAll"),
                Fault.of(MixingNames.class, "scopesAndNames_areKeptApart"),
                Fault.of(MixingModels.class, "scopesAndNames_areKeptApart"),
                Fault.of(TellingAmountsApart.class, "processesThatDifferAboutTheAmount_shareTheCount"),
                Fault.of(BlamingTheFirst.class, "refusal_namesTheUseThatHasToWaitLongest"),
                Fault.of(WaitingTooLong.class, "grants_addUpOverProcesses", "usedInTheWindow_isUsedUntilItLeavesIt"),
                Fault.of(
                        IgnoringTokens.class,
                        "settledByFewerTokens_givesTheRestBack",
                        "settledByMoreTokens_usesMore",
                        "inputAndOutputTokens_areSettledApart"),
                Fault.of(SettlingTheSum.class, "inputAndOutputTokens_areSettledApart"),
                Fault.of(
                        FreeingWhatIsSettled.class,
                        "settledWithoutTokens_keepsWhatWasReserved",
                        "usedInTheWindow_isUsedUntilItLeavesIt"),
                Fault.of(NeverReleasing.class, "released_isFreeAgainAltogether", "manyAtOnce_useAllThereIs_andNoMore"),
                Fault.of(KnowingItsGrants.class, "unknownGrant_endsNothing"),
                Fault.of(EndingTwice.class, "endedGrant_isEndedOnce"),
                Fault.of(CountingNothingAsOne.class, "nothing_fitsAlways"),
                Fault.of(DatingByNow.class, "usedInTheWindow_isUsedUntilItLeavesIt"),
                Fault.of(DatingBack.class, "stillOnItsWay_isUsedAndNotOver"),
                Fault.of(NeverForgetting.class, "window_passes"),
                Fault.of(CountingHalf.class, "grants_addUpOverProcesses", "manyAtOnce_useAllThereIs_andNoMore"));
    }

    static final class CountingAlone extends BrokenContract {
        @Override
        Coordination breaking(Coordination coordination) {
            return coordination;
        }

        @Override
        protected Coordinator coordinator() {
            return new FakeCoordinator();
        }
    }

    static final class GrantingPieces extends BrokenContract {
        @Override
        Coordination breaking(Coordination coordination) {
            return new Changed(coordination) {
                @Override
                public CompletionStage<Grant> reserve(List<LimitUse> uses) {
                    return uses.stream()
                            .map(use -> super.reserve(List.of(use)))
                            .reduce((first, second) -> first.thenCombine(
                                    second, (one, other) -> one instanceof Grant.Refused ? one : other))
                            .orElseThrow();
                }
            };
        }
    }

    static final class MixingNames extends ChangingUses {
        @Override
        LimitUse change(LimitUse use) {
            return new LimitUse(use.scope(), "limit", use.limit(), use.amount());
        }
    }

    static final class MixingModels extends ChangingUses {
        @Override
        LimitUse change(LimitUse use) {
            return new LimitUse(Scope.of(use.scope().organization()), use.name(), use.limit(), use.amount());
        }
    }

    static final class TellingAmountsApart extends ChangingUses {
        @Override
        LimitUse change(LimitUse use) {
            return new LimitUse(use.scope(), use.name() + use.limit(), use.limit(), use.amount());
        }
    }

    static final class CountingNothingAsOne extends ChangingUses {
        @Override
        LimitUse change(LimitUse use) {
            return new LimitUse(use.scope(), use.name(), use.limit(), Math.max(1, use.amount()));
        }
    }

    static final class CountingHalf extends ChangingUses {
        @Override
        LimitUse change(LimitUse use) {
            return new LimitUse(use.scope(), use.name(), use.limit(), use.amount() / 2);
        }
    }

    static final class NeverForgetting extends ChangingUses {
        @Override
        LimitUse change(LimitUse use) {
            Limit limit = new Limit(
                    use.limit().unit(),
                    use.limit().amount(),
                    use.limit().window().multipliedBy(1_000));
            return new LimitUse(use.scope(), use.name(), limit, use.amount());
        }
    }

    static final class BlamingTheFirst extends ChangingRefusals {
        @Override
        Grant.Refused change(List<LimitUse> uses, Grant.Refused refused) {
            return new Grant.Refused(uses.get(0), refused.retryAfter());
        }
    }

    static final class WaitingTooLong extends ChangingRefusals {
        @Override
        Grant.Refused change(List<LimitUse> uses, Grant.Refused refused) {
            return new Grant.Refused(refused.by(), refused.retryAfter().plus(HOUR));
        }
    }

    static final class IgnoringTokens extends ChangingEnds {
        @Override
        void settle(Coordination right, String grant, Optional<TokenCount> tokens, Duration sinceArrival) {
            right.settle(grant, Optional.empty(), sinceArrival);
        }
    }

    static final class SettlingTheSum extends ChangingEnds {
        @Override
        void settle(Coordination right, String grant, Optional<TokenCount> tokens, Duration sinceArrival) {
            right.settle(grant, tokens.map(counted -> new TokenCount(counted.total(), 0)), sinceArrival);
        }
    }

    static final class FreeingWhatIsSettled extends ChangingEnds {
        @Override
        void settle(Coordination right, String grant, Optional<TokenCount> tokens, Duration sinceArrival) {
            right.release(grant);
        }
    }

    static final class NeverReleasing extends BrokenContract {
        @Override
        Coordination breaking(Coordination coordination) {
            return new Changed(coordination) {
                @Override
                public void release(String grant) {}
            };
        }
    }

    static final class KnowingItsGrants extends BrokenContract {
        @Override
        Coordination breaking(Coordination coordination) {
            return new Changed(coordination) {
                private final Set<String> known = new HashSet<>();

                @Override
                public CompletionStage<Grant> reserve(List<LimitUse> uses) {
                    return super.reserve(uses).whenComplete((grant, failure) -> {
                        if (grant instanceof Grant.Granted granted) {
                            known.add(granted.id());
                        }
                    });
                }

                @Override
                public void release(String grant) {
                    if (!known.contains(grant)) {
                        throw new IllegalArgumentException("unknown: " + grant);
                    }
                    super.release(grant);
                }
            };
        }
    }

    /** What is settled as reserved is left as it is, and so can be released later. */
    static final class EndingTwice extends ChangingEnds {
        @Override
        void settle(Coordination right, String grant, Optional<TokenCount> tokens, Duration sinceArrival) {
            if (tokens.isPresent()) {
                right.settle(grant, tokens, sinceArrival);
            }
        }
    }

    static final class DatingByNow extends ChangingEnds {
        @Override
        void settle(Coordination right, String grant, Optional<TokenCount> tokens, Duration sinceArrival) {
            right.settle(grant, tokens, Duration.ZERO);
        }
    }

    static final class DatingBack extends ChangingEnds {
        @Override
        void settle(Coordination right, String grant, Optional<TokenCount> tokens, Duration sinceArrival) {
            right.settle(grant, tokens, sinceArrival.abs());
        }
    }

    /** Refuses otherwise than is right. */
    private abstract static class ChangingRefusals extends BrokenContract {

        abstract Grant.Refused change(List<LimitUse> uses, Grant.Refused refused);

        @Override
        final Coordination breaking(Coordination coordination) {
            return new Changed(coordination) {
                @Override
                public CompletionStage<Grant> reserve(List<LimitUse> uses) {
                    return super.reserve(uses)
                            .thenApply(grant -> grant instanceof Grant.Refused refused ? change(uses, refused) : grant);
                }
            };
        }
    }

    /** Takes the end of what was used for another. */
    private abstract static class ChangingEnds extends BrokenContract {

        abstract void settle(Coordination right, String grant, Optional<TokenCount> tokens, Duration sinceArrival);

        @Override
        final Coordination breaking(Coordination coordination) {
            return new Changed(coordination) {
                @Override
                public void settle(String grant, Optional<TokenCount> tokens, Duration sinceArrival) {
                    ChangingEnds.this.settle(coordination, grant, tokens, sinceArrival);
                }
            };
        }
    }

    /** Takes the uses for others than they are. */
    private abstract static class ChangingUses extends BrokenContract {

        abstract LimitUse change(LimitUse use);

        @Override
        final Coordination breaking(Coordination coordination) {
            return new Changed(coordination) {
                @Override
                public CompletionStage<Grant> reserve(List<LimitUse> uses) {
                    return super.reserve(uses.stream().map(use -> change(use)).toList());
                }
            };
        }
    }
}
