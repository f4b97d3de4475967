package dev.whippletree.engine.line;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Prompt;
import dev.whippletree.settings.TenantWeights;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What goes before a prompt by the sums, against turns that are followed tenant by tenant, and against the line being
 * served.
 */
final class TurnCountsTest {

    private final String route = "default";
    private final Map<String, Integer> weights = new HashMap<>();
    private final List<Ticket> waiting = new ArrayList<>();
    private int tickets;

    private Ticket enter(WaitingLine line, String tenant, String session, int letters) {
        Prompt prompt = Prompt.builder()
                .user(tickets++ + "q".repeat(letters))
                .tenant(tenant)
                .session(session)
                .maxTokens(10)
                .build();
        Ticket ticket = LineFixture.ticket(prompt, route);
        line.add(ticket);
        waiting.add(ticket);
        return ticket;
    }

    private TurnSums ahead(WaitingLine line, Ticket ticket) {
        TurnSums before = TurnSums.NONE;
        for (Lane lane : line.lanes()) {
            before = before.plus(line.ahead(ticket).of(lane));
        }
        return before;
    }

    private Ticket serve(WaitingLine line) {
        Ticket first = line.next(null);
        if (first == null) {
            throw new AssertionError("the line is empty");
        }
        LineFixture.serve(line, first, false);
        waiting.remove(first);
        return first;
    }

    private long servedBefore(WaitingLine line, Ticket ticket) {
        long served = 0;
        while (serve(line) != ticket) {
            served++;
        }
        return served;
    }

    @Test
    void otherWeights_countFromThenOn_forThoseWhoWaitAlready() {
        WaitingLine line = LineFixture.line(new TenantWeights(Map.of("even", 1, "favoured", 1)), 0);
        for (int number = 0; number < 100; number++) {
            enter(line, "even", "", 1);
            enter(line, "favoured", "", 1);
        }
        Ticket asking = waiting.get(40);
        assertThat(ahead(line, asking).tickets()).isBetween(20L + 20, 20L + 21);

        line.weigh(new TenantWeights(Map.of("even", 1, "favoured", 4)));

        assertThat(ahead(line, asking).tickets()).isBetween(20L + 4 * 20 - 4, 20L + 4 * 20 + 4);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void whatGoesBefore_isWhatIsServedBefore_toWithinATurnOfEachTenant(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int tenants = 2 + random.nextInt(30);
        for (int number = 0; number < tenants; number++) {
            weights.put("tenant " + number, 1 + random.nextInt(3));
        }
        WaitingLine line = LineFixture.line(new TenantWeights(weights), 0);
        for (int step = 0; step < 600; step++) {
            if (waiting.isEmpty() || random.nextInt(5) < 3) {
                String tenant = "tenant " + random.nextInt(1 + random.nextInt(tenants));
                enter(line, tenant, "session " + random.nextInt(3), 1 + random.nextInt(20));
            } else if (random.nextInt(4) == 0) {
                line.remove(waiting.remove(random.nextInt(waiting.size())));
            } else {
                serve(line);
            }
            if (step % 100 == 50) {
                waiting.forEach(ticket -> ahead(line, ticket));
            }
        }
        if (random.nextBoolean()) {
            weights.replaceAll((tenant, weight) -> 1 + random.nextInt(3));
            line.weigh(new TenantWeights(weights));
        }
        while (waiting.isEmpty()) {
            enter(line, "tenant 0", "session", 3);
        }
        Ticket asking = waiting.get(random.nextInt(waiting.size()));
        TurnSums all = TurnSums.NONE;
        for (Lane lane : line.lanes()) {
            all = all.plus(lane.all());
        }
        TurnSums ahead = ahead(line, asking);
        assertThat(ahead.tickets()).as("seed %s", seed).isBetween(0L, all.tickets() - 1);
        assertThat((double) ahead.prompt())
                .as("seed %s: tokens of %s ahead, of %s", seed, ahead, all)
                .isBetween(ahead.tickets() * 1.0, ahead.tickets() * 25.0);
        long served = servedBefore(line, asking);
        assertThat(ahead.tickets()).as("seed %s", seed).isBetween(served - tenants, served + tenants);
    }
}
