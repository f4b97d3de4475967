package dev.whippletree.testkit.coordinator;

import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.Claim;
import dev.whippletree.spi.Coordination;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** The contract's part about claims. */
class ClaimContractTest extends FaultFinding {

    ClaimContractTest() {
        super(ClaimContract.class);
    }

    @Override
    Stream<Fault> faults() {
        return Stream.of(
                Fault.of(
                        GivingItToAll.class,
                        "oneOfManyAtOnce_getsTheClaim",
                        "others_waitUntilTheClaimIsEnded",
                        "keys_areClaimedApart",
                        "claim_isKeptWhileItsProcessLives"),
                Fault.of(AskingNobody.class, "others_waitUntilTheClaimIsEnded", "claim_isKeptWhileItsProcessLives"),
                Fault.of(NeverWaiting.class, "others_waitUntilTheClaimIsEnded"),
                Fault.of(NeverEnding.class, "others_waitUntilTheClaimIsEnded", "secondEnd_isNobodyElses"),
                Fault.of(EndingWhateverIsClaimed.class, "secondEnd_isNobodyElses"),
                Fault.of(MixingTenants.class, "keys_areClaimedApart"),
                Fault.of(LosingClaims.class, "claim_isKeptWhileItsProcessLives"),
                Fault.of(
                        NeverLeaving.class,
                        "claimOfAProcessThatIsGone_goesToExactlyOneOther",
                        "closingWhileWaiting_endsTheWait"),
                Fault.of(
                        FailingWaits.class,
                        "others_waitUntilTheClaimIsEnded",
                        "claimOfAProcessThatIsGone_goesToExactlyOneOther",
                        "closingWhileWaiting_endsTheWait"));
    }

    static final class GivingItToAll extends ChangingClaims {
        @Override
        Claim change(CacheKey key, Claim claim) {
            return new Claim.Ours(() -> {});
        }
    }

    /** Claims, but says that the others can't know. */
    static final class AskingNobody extends ChangingClaims {
        @Override
        Claim change(CacheKey key, Claim claim) {
            return claim instanceof Claim.Ours ours ? new Claim.Ours(ours.end(), false) : claim;
        }
    }

    static final class NeverWaiting extends ChangingClaims {
        @Override
        @SuppressWarnings("NullAway") // a stage of Void ends with null
        Claim change(CacheKey key, Claim claim) {
            return changingWaits(claim, wait -> CompletableFuture.completedFuture(null));
        }
    }

    static final class FailingWaits extends ChangingClaims {
        @Override
        Claim change(CacheKey key, Claim claim) {
            return changingWaits(
                    claim,
                    wait -> wait.thenRun(() -> {
                        throw new IllegalStateException("the other process has failed");
                    }));
        }
    }

    private static Claim changingWaits(Claim claim, UnaryOperator<CompletionStage<Void>> change) {
        return claim instanceof Claim.Others others ? new Claim.Others(change.apply(others.ended())) : claim;
    }

    static final class NeverEnding extends ChangingClaims {
        @Override
        Claim change(CacheKey key, Claim claim) {
            return claim instanceof Claim.Ours ? new Claim.Ours(() -> {}) : claim;
        }
    }

    static final class EndingWhateverIsClaimed extends ChangingClaims {

        private final Map<CacheKey, Runnable> latest = new ConcurrentHashMap<>();

        @Override
        Claim change(CacheKey key, Claim claim) {
            if (claim instanceof Claim.Ours ours) {
                latest.put(key, ours.end());
                return new Claim.Ours(() -> latest.get(key).run());
            }
            return claim;
        }
    }

    static final class LosingClaims extends ChangingClaims {
        @Override
        Claim change(CacheKey key, Claim claim) {
            if (claim instanceof Claim.Ours ours) {
                ours.end().run();
            }
            return claim;
        }
    }

    static final class MixingTenants extends BrokenContract {
        @Override
        Coordination breaking(Coordination coordination) {
            return new Changed(coordination) {
                @Override
                public CompletionStage<Claim> claim(CacheKey key) {
                    return super.claim(new CacheKey(key.digest(), "", Optional.empty()));
                }
            };
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

    /** Answers otherwise than is right. */
    private abstract static class ChangingClaims extends BrokenContract {

        abstract Claim change(CacheKey key, Claim claim);

        @Override
        final Coordination breaking(Coordination coordination) {
            return new Changed(coordination) {
                @Override
                public CompletionStage<Claim> claim(CacheKey key) {
                    return super.claim(key).thenApply(claim -> change(key, claim));
                }
            };
        }
    }
}
