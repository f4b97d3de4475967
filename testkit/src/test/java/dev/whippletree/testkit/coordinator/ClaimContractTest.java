package dev.whippletree.testkit.coordinator;

import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.Claim;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
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
                        "everybody gets the claim",
                        claims(claim -> new Claim.Ours(() -> {})),
                        "oneOfManyAtOnce_getsTheClaim",
                        "others_waitUntilTheClaimIsEnded",
                        "keys_areClaimedApart",
                        "claim_isKeptWhileItsProcessLives"),
                Fault.of(
                        "others don't know of a claim",
                        claims(claim -> claim instanceof Claim.Ours ours ? new Claim.Ours(ours.end(), false) : claim),
                        "others_waitUntilTheClaimIsEnded",
                        "claim_isKeptWhileItsProcessLives"),
                Fault.of(
                        "no claim has ended for a day",
                        claims(claim -> claim instanceof Claim.Ours ours
                                ? new Claim.Ours(ours.end(), true, Duration.ofDays(1))
                                : claim),
                        "claimAfterAnEnd_knowsOfIt"),
                Fault.of(
                        "nobody waits",
                        waits(wait -> CompletableFuture.completedFuture(null)),
                        "others_waitUntilTheClaimIsEnded"),
                Fault.of(
                        "no claim ends",
                        claims(claim -> claim instanceof Claim.Ours ? new Claim.Ours(() -> {}) : claim),
                        "others_waitUntilTheClaimIsEnded",
                        "secondEnd_isNobodyElses"),
                Fault.ofState("a claim's end ends whatever is claimed", this::endLatest, "secondEnd_isNobodyElses"),
                Fault.of(
                        "tenants are mixed",
                        it -> it.claim = key -> it.right.claim(new CacheKey(key.digest(), "", Optional.empty())),
                        "keys_areClaimedApart"),
                Fault.of("a claim is lost", claims(ClaimContractTest::lost), "claim_isKeptWhileItsProcessLives"),
                Fault.of(
                        "closing does nothing",
                        it -> it.close = () -> {},
                        "claimOfAProcessThatIsGone_goesToExactlyOneOther",
                        "closingWhileWaiting_endsTheWait"),
                Fault.of(
                        "waits fail",
                        waits(wait -> wait.thenRun(() -> {
                            throw new IllegalStateException("the other process has failed");
                        })),
                        "others_waitUntilTheClaimIsEnded",
                        "claimOfAProcessThatIsGone_goesToExactlyOneOther",
                        "closingWhileWaiting_endsTheWait"));
    }

    private static Consumer<Changed> claims(UnaryOperator<Claim> change) {
        return it -> it.claim = key -> it.right.claim(key).thenApply(change);
    }

    private static Consumer<Changed> waits(UnaryOperator<CompletionStage<Void>> change) {
        return claims(
                claim -> claim instanceof Claim.Others others ? new Claim.Others(change.apply(others.ended())) : claim);
    }

    private static Claim lost(Claim claim) {
        if (claim instanceof Claim.Ours ours) {
            ours.end().run();
        }
        return claim;
    }

    private Consumer<Changed> endLatest() {
        Map<CacheKey, Runnable> latest = new ConcurrentHashMap<>();
        return it -> it.claim = key -> it.right.claim(key).thenApply(claim -> {
            if (claim instanceof Claim.Ours ours) {
                latest.put(key, ours.end());
                return new Claim.Ours(() -> latest.get(key).run());
            }
            return claim;
        });
    }
}
