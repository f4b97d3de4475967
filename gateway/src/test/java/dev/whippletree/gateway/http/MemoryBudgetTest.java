package dev.whippletree.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MemoryBudgetTest {

    private static final int MB = 1 << 20;

    @Test
    void oneClient_holdsAtMostHalf_whereThereAreKeys() {
        MemoryBudget memory = new MemoryBudget(8 * MB);
        memory.open("greedy").received(MB - MB / 16);
        assertThatThrownBy(() -> memory.open("greedy").received(MB / 8))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("no memory left");
        memory.open("modest").received(MB / 2);
        assertThat(memory.used("modest")).isPositive();
    }

    @Test
    void withoutKeys_oneRequestMayHoldAll() {
        MemoryBudget memory = new MemoryBudget(8 * MB);
        MemoryBudget.Lease lease = memory.open("");
        lease.received(MB + MB / 2);
        assertThat(memory.used()).isGreaterThan(memory.amount() / 2);
        lease.end();
        lease.end();
        assertThat(memory.used()).isZero();
    }

    @Test
    void whatNeverFits_isNotAskedToComeAgain() {
        MemoryBudget memory = new MemoryBudget(MB);
        assertThat(refusal(() -> memory.open("").announced(Long.MAX_VALUE)).status())
                .isEqualTo(413);
        memory.open("").announced((MB - MemoryBudget.BYTES_PER_REQUEST) / MemoryBudget.BYTES_PER_BYTE);
        int more = (MB - MemoryBudget.BYTES_PER_REQUEST) / MemoryBudget.BYTES_PER_BYTE + 1;
        assertThat(refusal(() -> memory.open("").announced(more)).status()).isEqualTo(413);
        assertThat(refusal(() -> memory.open("").received(MB)).status()).isEqualTo(413);
        memory.open("").received(MB / 5);
        ApiError busy = refusal(() -> memory.open("").received(MB / 5));
        assertThat(busy.status()).isEqualTo(503);
        assertThat(busy.retryAfter()).isPresent();
    }

    @Test
    void endedLease_holdsNothingMore() {
        MemoryBudget memory = new MemoryBudget(MB);
        MemoryBudget.Lease lease = memory.open("");
        lease.received(100);
        lease.end();
        assertThatThrownBy(() -> lease.read(1)).isInstanceOf(RequestException.class);
        assertThat(memory.used()).isZero();
        lease.keeps(100);
        assertThat(memory.used()).isZero();
        lease.give(100);
        assertThat(memory.used()).isZero();
    }

    @Test
    void expectedAnswer_isReplacedByWhatIsKept() {
        MemoryBudget memory = new MemoryBudget(MB);
        MemoryBudget.Lease lease = memory.open("");
        lease.expects(1_000);
        lease.expects(500);
        assertThat(memory.used()).isEqualTo(MemoryBudget.BYTES_PER_REQUEST + 1_500);
        lease.keeps(30);
        assertThat(memory.used()).isEqualTo(MemoryBudget.BYTES_PER_REQUEST + 30);
    }

    @Test
    void announcedBody_takesNothing_andReceivedAtMostTwice() {
        ReceivedBody body = new ReceivedBody(new MemoryBudget(1L << 30).open(""));
        assertThat(body.capacity()).isZero();
        SplittableRandom random = new SplittableRandom(1);
        while (body.size() < MB) {
            body.add(ByteBuffer.allocate(1 + random.nextInt(random.nextBoolean() ? 10 : 16_384)));
            assertThat(body.capacity()).isLessThanOrEqualTo(2 * body.size());
        }
    }

    /** Held against a reference that keeps each lease's sum apart. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whateverHappens_nothingIsExceeded_andAllComesBack(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<String> tenants = random.nextBoolean() ? List.of("") : List.of("a", "b", "c");
        MemoryBudget memory = new MemoryBudget(1 + random.nextInt(4 * MB));
        Map<MemoryBudget.Lease, Long> held = new HashMap<>();
        Map<MemoryBudget.Lease, String> owners = new HashMap<>();
        for (int step = 0; step < 5_000; step++) {
            List<MemoryBudget.Lease> leases = new ArrayList<>(owners.keySet());
            if (leases.isEmpty() || random.nextInt(4) == 0) {
                String tenant = tenants.get(random.nextInt(tenants.size()));
                owners.put(memory.open(tenant), tenant);
                continue;
            }
            MemoryBudget.Lease lease = leases.get(random.nextInt(leases.size()));
            if (random.nextInt(3) == 0) {
                lease.end();
                held.remove(lease);
                owners.remove(lease);
            } else {
                int bytes = 1 + random.nextInt(64 * 1024);
                long cost = bytes * (long) MemoryBudget.BYTES_PER_BYTE
                        + (held.containsKey(lease) ? 0 : MemoryBudget.BYTES_PER_REQUEST);
                try {
                    lease.received(bytes);
                    held.merge(lease, cost, Long::sum);
                } catch (RequestException e) {
                    String tenant = owners.getOrDefault(lease, "");
                    boolean fits = memory.used() + cost <= memory.amount()
                            && memory.used(tenant) + cost <= memory.mostOf(tenant);
                    assertThat(fits).as("seed %d step %d", seed, step).isFalse();
                }
            }
            assertThat(memory.used())
                    .as("seed %d step %d", seed, step)
                    .isEqualTo(held.values().stream().mapToLong(Long::longValue).sum())
                    .isLessThanOrEqualTo(memory.amount());
            for (String tenant : tenants) {
                assertThat(memory.used(tenant)).isLessThanOrEqualTo(memory.mostOf(tenant));
            }
        }
        owners.keySet().forEach(MemoryBudget.Lease::end);
        assertThat(memory.used()).as("seed %d", seed).isZero();
    }

    private static ApiError refusal(Runnable asking) {
        try {
            asking.run();
        } catch (RequestException e) {
            return e.error();
        }
        throw new AssertionError("it wasn't refused");
    }
}
