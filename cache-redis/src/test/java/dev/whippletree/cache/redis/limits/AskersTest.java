package dev.whippletree.cache.redis.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cache.redis.contact.CoordinationCommands.AskerEntry;
import dev.whippletree.cache.redis.contact.RedisKeys;
import dev.whippletree.model.Priority;
import dev.whippletree.spi.TenantTurn;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class AskersTest {

    private static final long SECOND = 1_000_000_000L;

    private final Askers askers = new Askers();
    private final List<Askers.Spread> changes = new ArrayList<>();

    private void ask(String tenant, Priority priority, double weight, long nowNanos) {
        askers.ask(new TenantTurn(tenant, priority, weight), 0, nowNanos);
    }

    private List<String> told(long nowNanos) {
        return askers.tell(nowNanos, changes).stream().map(AskerEntry::turns).toList();
    }

    private static String turns(String tenant) {
        return RedisKeys.turnDigits("INTERACTIVE " + tenant);
    }

    @Test
    void interactiveAndBatchTurnsOfATenant_areTwo_andTheLatestWeightCounts() {
        ask("acme", Priority.INTERACTIVE, 2, 0);
        ask("acme", Priority.BATCH, 0.1, 0);
        ask("acme", Priority.INTERACTIVE, 3, 0);
        ask("acme", Priority.BATCH, 0.0001, 0);

        assertThat(askers.tell(SECOND, changes))
                .containsExactlyInAnyOrder(
                        new AskerEntry(turns("acme"), 3_000), new AskerEntry(RedisKeys.turnDigits("BATCH acme"), 1));
    }

    @Test
    void ofMoreThanAHundred_thoseThatAskedLastAreTold_andNobodyElseIsSpreadAnyMore() {
        for (int n = 0; n < 100; n++) {
            ask("t" + n, Priority.INTERACTIVE, 1, 0);
        }
        assertThat(told(0)).hasSize(100);
        askers.answered(Collections.nCopies(100, 2), changes);
        assertThat(changes).hasSize(100);
        changes.clear();
        ask("t0", Priority.INTERACTIVE, 1, SECOND);
        ask("late", Priority.INTERACTIVE, 1, SECOND);

        assertThat(told(SECOND)).hasSize(100).doesNotContain(turns("t1")).contains(turns("t0"), turns("late"));
        assertThat(changes).containsExactly(new Askers.Spread("t1", Priority.INTERACTIVE, 1));
    }

    /** Where the text of a block stays the same, what it asks for needn't be counted again. */
    @Test
    void sameAskers_areToldInTheSameOrder_whoeverAskedLast() {
        ask("a", Priority.INTERACTIVE, 1, 0);
        ask("b", Priority.INTERACTIVE, 1, 0);
        List<String> before = told(0);
        ask("a", Priority.INTERACTIVE, 1, SECOND);
        assertThat(told(SECOND)).isEqualTo(before);
        ask("b", Priority.INTERACTIVE, 1, SECOND);
        assertThat(told(SECOND)).isEqualTo(before);
        askers.answered(
                List.of(before.get(0).equals(turns("a")) ? 2 : 1, before.get(0).equals(turns("a")) ? 1 : 2), changes);
        assertThat(changes).containsExactly(new Askers.Spread("a", Priority.INTERACTIVE, 2));
    }

    @Test
    void listenerHearsOfChangesOnly() {
        ask("acme", Priority.INTERACTIVE, 1, 0);
        told(0);
        askers.answered(List.of(1), changes);
        assertThat(changes).isEmpty();
        askers.answered(List.of(3), changes);
        askers.answered(List.of(3), changes);
        askers.answered(List.of(), changes);
        ask("acme", Priority.INTERACTIVE, 1, 0);
        assertThat(askers.processesOf("acme", Priority.INTERACTIVE)).isEqualTo(3);
        askers.answered(List.of(3), changes);
        assertThat(changes).containsExactly(new Askers.Spread("acme", Priority.INTERACTIVE, 3));
        assertThat(askers.remarks(4 * SECOND - 1)).containsExactly("acme in 3 processes");
        assertThat(askers.remarks(4 * SECOND)).isEmpty();
        assertThat(told(4 * SECOND - 1)).hasSize(1);
        assertThat(told(4 * SECOND)).isEmpty();

        assertThat(askers.isNobody()).isTrue();
        assertThat(changes).last().isEqualTo(new Askers.Spread("acme", Priority.INTERACTIVE, 1));
    }
}
