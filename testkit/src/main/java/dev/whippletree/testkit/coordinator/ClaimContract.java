package dev.whippletree.testkit.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.Claim;
import dev.whippletree.spi.Coordination;
import dev.whippletree.testkit.Samples;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** The contract's part about who makes a call. */
abstract class ClaimContract extends ReservationContract {

    private static final CacheKey KEY = Samples.key("alice", "the same question");

    ClaimContract() {}

    @Test
    void oneOfManyAtOnce_getsTheClaim() {
        List<Coordination> all = open(4);
        for (int n = 0; n < 20; n++) {
            CacheKey key = Samples.key("alice", "question " + n);
            List<CompletableFuture<CompletionStage<Claim>>> calls =
                    all.stream().map(process -> start(() -> process.claim(key))).toList();

            assertThat(calls.stream()
                            .map(call -> join(join(call, "calling claim(…)"), "a claim"))
                            .filter(Claim.Ours.class::isInstance))
                    .as("of four processes that claim question %d at once, those that are to make the call", n)
                    .hasSize(1);
        }
    }

    @Test
    void others_waitUntilTheClaimIsEnded() {
        List<Coordination> all = open(4);
        Claim.Ours ours = ours("nobody has claimed it", all.get(0), KEY);
        List<CompletionStage<Void>> waits = all.subList(1, 4).stream()
                .map(process -> others("another process has claimed it", process, KEY))
                .toList();
        all.forEach(this::awaitArrival);
        assertThat(waits)
                .as("waits for a claim that isn't ended")
                .noneMatch(wait -> wait.toCompletableFuture().isDone());

        ours.end().run();

        waits.forEach(wait -> join(wait, "waiting for a claim that has been ended"));
    }

    @Test
    void claimAfterAnEnd_knowsOfIt() {
        Coordination a = open();
        Coordination b = open();
        Claim.Ours first = ours("nobody has claimed it", a, KEY);
        CompletionStage<Void> wait = others("another process has claimed it", b, KEY);
        long start = nanoTime();
        first.end().run();
        join(wait, "waiting for a claim that has been ended");

        Claim.Ours next = ours("the claim of the other process was ended", b, KEY);

        assertThat(next.sinceEnd())
                .as("the least time since another process ended its claim (sinceEnd), if the answer may have been"
                        + " stored then; zero if that isn't known")
                .isLessThanOrEqualTo(Duration.ofNanos(nanoTime() - start));
    }

    @Test
    void secondEnd_isNobodyElses() {
        Coordination a = open();
        Coordination b = open();
        Claim.Ours first = ours("nobody has claimed it", a, KEY);
        first.end().run();
        awaitArrival(a);
        ours("the claim of the other process was ended", b, KEY);

        first.end().run();
        awaitArrival(a);

        others("its process hasn't ended it, though another has ended an earlier claim twice", a, KEY);
    }

    @Test
    void keys_areClaimedApart() {
        Coordination a = open();
        Coordination b = open();
        ours("nobody has claimed it", a, KEY);

        for (String tenant : List.of("bob", "", "ALICE", "alice2", "alic", "*")) {
            CacheKey key = new CacheKey(KEY.digest(), tenant, Optional.empty());
            ours("tenant '" + tenant + "' isn't 'alice', whatever the digest", b, key);
        }
        ours("it is another question", b, Samples.key("alice", "another question"));
        others("it is claimed", b, KEY);
    }

    @Test
    void claim_isKeptWhileItsProcessLives() {
        Coordination a = open();
        Coordination b = open();
        Claim.Ours ours = ours("nobody has claimed it", a, KEY);

        passTime(claimLease().multipliedBy(2));

        others("its process is alive, and hasn't ended it", b, KEY);
        ours.end().run();
    }

    @Test
    void claimOfAProcessThatIsGone_goesToExactlyOneOther() {
        List<Coordination> all = open(4);
        ours("nobody has claimed it", all.get(0), KEY);
        List<Coordination> left = all.subList(1, 4);
        List<CompletionStage<Void>> waits = left.stream()
                .map(process -> others("another process has claimed it", process, KEY))
                .toList();

        all.get(0).close();
        passTime(claimLease());

        waits.forEach(wait -> join(wait, "waiting for the claim of a process that is gone"));
        assertThat(left.stream()
                        .map(process -> join(process.claim(KEY), "a claim"))
                        .filter(Claim.Ours.class::isInstance))
                .as("of three processes that have waited for one that is gone, those that make the call in its place")
                .hasSize(1);
    }

    @Test
    void closingWhileWaiting_endsTheWait() {
        Coordination a = open();
        Coordination b = open();
        ours("nobody has claimed it", a, KEY);
        CompletionStage<Void> wait = others("another process has claimed it", b, KEY);

        b.close();

        join(wait, "waiting for a claim in a process that closes: nobody can tell any more");
    }

    /** Claims what must be this process's, and known to the others as such. */
    final Claim.Ours ours(String why, Coordination process, CacheKey key) {
        Claim claim = join(process.claim(key), "a claim");
        assertThat(claim)
                .as("key %s of tenant '%s' is to be ours: %s", key, key.tenant(), why)
                .isInstanceOf(Claim.Ours.class);
        Claim.Ours ours = (Claim.Ours) claim;
        assertThat(ours.agreed())
                .as("whether the others can know of the claim of key %s, since they can be asked (agreed)", key)
                .isTrue();
        return ours;
    }

    final CompletionStage<Void> others(String why, Coordination process, CacheKey key) {
        Claim claim = join(process.claim(key), "a claim");
        assertThat(claim)
                .as("key %s of tenant '%s' is to be another's: %s", key, key.tenant(), why)
                .isInstanceOf(Claim.Others.class);
        return ((Claim.Others) claim).ended();
    }
}
