package dev.whippletree.engine.line;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.engine.line.Lane.TenantQueue;
import dev.whippletree.engine.line.WaitingTenant.Serving;
import dev.whippletree.engine.line.WaitingTenant.Session;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.TokenCount;
import dev.whippletree.settings.TenantWeights;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What goes before a prompt by the sums, against turns that are followed tenant by tenant, and against the line being
 * served.
 */
final class TurnCountsTest {

    private String route = "default";
    private final Map<String, Integer> weights = new HashMap<>();
    private final List<Ticket> waiting = new ArrayList<>();
    private int entered;

    private Ticket enter(WaitingLine line, String tenant, String session, int letters) {
        Prompt prompt = Prompt.builder()
                .user(entered++ + "q".repeat(letters))
                .tenant(tenant)
                .session(session)
                .maxTokens(1_000)
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

    @Test
    void tenantOneOfWhosePromptsLeaves_orIsServedByAnotherRoute_hasFewerAhead() {
        WaitingLine line = LineFixture.line(TenantWeights.EQUAL, 0);
        enter(line, "busy", "", 1);
        Ticket leaving = enter(line, "busy", "", 1);
        enter(line, "asking", "", 1);
        enter(line, "asking", "", 1);
        Ticket asking = enter(line, "asking", "", 1);
        assertThat(ahead(line, asking).tickets()).isEqualTo(4);
        line.remove(leaving);
        assertThat(ahead(line, asking).tickets()).isEqualTo(3);
        route = "other";
        for (int served = 0; served < 5; served++) {
            LineFixture.serve(line, enter(line, "busy", "", 1), false);
        }
        assertThat(ahead(line, asking).tickets()).isEqualTo(2);
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
        assertThat(ahead.completion())
                .as("seed %s", seed)
                .isBetween(1_000 * ahead.tickets() - 1_000, 1_000 * ahead.tickets() + 1_000);
        long served = servedBefore(line, asking);
        assertThat(ahead.tickets()).as("seed %s", seed).isBetween(served - tenants, served + tenants);
    }

    private final TurnTree<Ticket> tree = new TurnTree<>();
    private final List<Ticket> tickets = new ArrayList<>();
    private long order;

    private Ticket ticket(double turn, int letters, int tokens) {
        Prompt prompt =
                Prompt.builder().user("q".repeat(letters)).maxTokens(tokens).build();
        Ticket ticket = LineFixture.ticket(prompt, route);
        WaitingTenant tenant = new WaitingTenant(1, 1, Serving.FIRST, Serving.FIRST);
        Lane lane = new Lane(Lane.LaneKey.of(ticket), new LineFixture.Everything(false));
        ticket.enter(new TenantQueue(tenant, lane), new Session(), turn, ++order);
        return ticket;
    }

    private void add(Ticket ticket) {
        tree.add(ticket, ticket.turn(), ticket.order());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void whatItKnows_isWhatTheSortedListSays(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int step = 0; step < 1_000; step++) {
            if (tickets.isEmpty() || random.nextInt(5) < 3) {
                Ticket entering = ticket(random.nextInt(50), 1 + random.nextInt(20), 1 + random.nextInt(20));
                tickets.add(entering);
                add(entering);
            } else {
                Ticket leaving = tickets.remove(random.nextInt(tickets.size()));
                tree.remove(leaving);
                assertThat(leaving.smallest(Limit.Unit.TOKENS))
                        .as("it keeps no other ticket alive")
                        .isNull();
            }
            if (random.nextInt(4) == 0) {
                check(seed, ticket(random.nextInt(50), 1, 1));
            }
        }
    }

    private void check(long seed, Ticket asking) {
        assertThat(tree.all().tickets()).as("seed %s", seed).isEqualTo(tickets.size());
        assertThat(tree.isEmpty()).as("seed %s", seed).isEqualTo(tickets.isEmpty());
        assertThat(Optional.ofNullable(tree.first()))
                .as("seed %s", seed)
                .isEqualTo(tickets.stream().min(Ticket.IN_TURN));
        for (Limit.Unit unit : List.of(Limit.Unit.TOKENS, Limit.Unit.INPUT_TOKENS, Limit.Unit.OUTPUT_TOKENS)) {
            assertThat(tree.smallest(unit))
                    .as("seed %s, by %s", seed, unit)
                    .isEqualTo(tickets.stream()
                            .min(Comparator.comparingLong((Ticket ticket) ->
                                            unit.amountOf(ticket.waiter().mostTokens()))
                                    .thenComparing(Ticket.IN_TURN))
                            .orElse(null));
        }
        assertThat(tree.largest())
                .as("seed %s", seed)
                .isEqualTo(new TokenCount(
                        tickets.stream()
                                .mapToLong(
                                        ticket -> ticket.waiter().mostTokens().prompt())
                                .max()
                                .orElse(0),
                        tickets.stream()
                                .mapToLong(
                                        ticket -> ticket.waiter().mostTokens().completion())
                                .max()
                                .orElse(0)));
        List<Ticket> before = tickets.stream()
                .filter(ticket -> Ticket.IN_TURN.compare(ticket, asking) < 0)
                .toList();
        assertThat(tree.before(asking.turn(), asking.order()))
                .as("seed %s", seed)
                .isEqualTo(new TurnSums(
                        before.size(),
                        before.stream()
                                .mapToLong(
                                        ticket -> ticket.waiter().mostTokens().prompt())
                                .sum(),
                        before.stream()
                                .mapToLong(
                                        ticket -> ticket.waiter().mostTokens().completion())
                                .sum()));
    }
}
