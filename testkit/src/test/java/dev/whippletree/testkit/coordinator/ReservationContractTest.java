package dev.whippletree.testkit.coordinator;

import dev.whippletree.model.Limit;
import dev.whippletree.model.Scope;
import dev.whippletree.model.TokenCount;
import dev.whippletree.spi.Coordinator;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.spi.TenantTurn;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
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
                Fault.of(
                        "pieces are granted",
                        it -> it.reserve = (uses, turn) -> pieces(it, uses, turn),
                        "severalLimits_areReservedTogetherOrNotAtAll"),
                Fault.of(
                        "names are mixed",
                        uses(use -> new LimitUse(use.scope(), "limit", use.limit(), use.amount())),
                        "scopesAndNames_areKeptApart"),
                Fault.of(
                        "models are mixed",
                        uses(use -> new LimitUse(
                                Scope.of(use.scope().organization()), use.name(), use.limit(), use.amount())),
                        "scopesAndNames_areKeptApart"),
                Fault.of(
                        "amounts are told apart",
                        uses(use -> new LimitUse(use.scope(), use.name() + use.limit(), use.limit(), use.amount())),
                        "processesThatDifferAboutTheAmount_shareTheCount"),
                Fault.of(
                        "the first is blamed",
                        refusals((uses, refused) -> new Grant.Refused(uses.get(0), refused.retryAfter())),
                        "refusal_namesTheUseThatHasToWaitLongest"),
                Fault.of(
                        "waits are too long",
                        refusals((uses, refused) -> new Grant.Refused(
                                refused.by(), refused.retryAfter().plusHours(1))),
                        "grants_addUpOverProcesses",
                        "usedInTheWindow_isUsedUntilItLeavesIt"),
                Fault.of(
                        "tokens are ignored",
                        it -> it.settle = (grant, tokens, since) -> it.right.settle(grant, Optional.empty(), since),
                        "settledByFewerTokens_givesTheRestBack",
                        "settledByMoreTokens_usesMore",
                        "inputAndOutputTokens_areSettledApart"),
                Fault.of(
                        "the sum of tokens counts as input",
                        it -> it.settle = (grant, tokens, since) -> it.right.settle(
                                grant, tokens.map(counted -> new TokenCount(counted.total(), 0)), since),
                        "inputAndOutputTokens_areSettledApart"),
                Fault.of(
                        "what is settled is free",
                        it -> it.settle = (grant, tokens, since) -> it.right.release(grant),
                        "settledWithoutTokens_keepsWhatWasReserved",
                        "usedInTheWindow_isUsedUntilItLeavesIt"),
                Fault.of(
                        "nothing is released",
                        it -> it.release = grant -> {},
                        "released_isFreeAgainAltogether",
                        "manyAtOnce_useAllThereIs_andNoMore"),
                Fault.of(
                        "only known grants can be released",
                        ReservationContractTest::releaseKnown,
                        "unknownGrant_endsNothing"),
                Fault.of(
                        "what is settled as reserved can still be released",
                        it -> it.settle = (grant, tokens, since) -> {
                            if (tokens.isPresent()) {
                                it.right.settle(grant, tokens, since);
                            }
                        },
                        "endedGrant_isEndedOnce"),
                Fault.of(
                        "nothing counts as one",
                        uses(use -> new LimitUse(use.scope(), use.name(), use.limit(), Math.max(1, use.amount()))),
                        "nothing_fitsAlways"),
                Fault.of(
                        "uses are dated by now",
                        it -> it.settle = (grant, tokens, since) -> it.right.settle(grant, tokens, Duration.ZERO),
                        "usedInTheWindow_isUsedUntilItLeavesIt"),
                Fault.of(
                        "uses are dated back",
                        it -> it.settle = (grant, tokens, since) -> it.right.settle(grant, tokens, since.abs()),
                        "stillOnItsWay_isUsedAndNotOver"),
                Fault.of("windows never pass", uses(ReservationContractTest::ofALongWindow), "window_passes"),
                Fault.of(
                        "half is counted",
                        uses(use -> new LimitUse(use.scope(), use.name(), use.limit(), use.amount() / 2)),
                        "grants_addUpOverProcesses",
                        "manyAtOnce_useAllThereIs_andNoMore"));
    }

    /** Its processes don't meet. */
    static final class CountingAlone extends BrokenContract {
        @Override
        protected Coordinator coordinator() {
            return new FakeCoordinator();
        }
    }

    private static Consumer<Changed> uses(UnaryOperator<LimitUse> change) {
        return it -> it.reserve =
                (uses, turn) -> it.right.reserve(uses.stream().map(change).toList(), turn);
    }

    private static Consumer<Changed> refusals(BiFunction<List<LimitUse>, Grant.Refused, Grant> change) {
        return it -> it.reserve = (uses, turn) -> it.right
                .reserve(uses, turn)
                .thenApply(grant -> grant instanceof Grant.Refused refused ? change.apply(uses, refused) : grant);
    }

    private static CompletionStage<Grant> pieces(Changed it, List<LimitUse> uses, TenantTurn turn) {
        return uses.stream()
                .map(use -> it.right.reserve(List.of(use), turn))
                .reduce((first, second) ->
                        first.thenCombine(second, (one, other) -> one instanceof Grant.Refused ? one : other))
                .orElseThrow();
    }

    private static LimitUse ofALongWindow(LimitUse use) {
        Limit limit = new Limit(
                use.limit().unit(), use.limit().amount(), use.limit().window().multipliedBy(1_000));
        return new LimitUse(use.scope(), use.name(), limit, use.amount());
    }

    private static void releaseKnown(Changed it) {
        Set<String> known = new HashSet<>();
        it.reserve = (uses, turn) -> it.right.reserve(uses, turn).whenComplete((grant, failure) -> {
            if (grant instanceof Grant.Granted granted) {
                known.add(granted.id());
            }
        });
        it.release = grant -> {
            if (!known.contains(grant)) {
                throw new IllegalArgumentException("unknown: " + grant);
            }
            it.right.release(grant);
        };
    }
}
