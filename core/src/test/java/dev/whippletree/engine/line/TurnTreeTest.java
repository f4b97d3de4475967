package dev.whippletree.engine.line;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.engine.line.Lane.TenantQueue;
import dev.whippletree.engine.line.Lane.TicketPlace;
import dev.whippletree.engine.line.WaitingTenant.Serving;
import dev.whippletree.engine.line.WaitingTenant.Session;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.TokenCount;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a list that is sorted and added up anew each time. */
final class TurnTreeTest {

    private final TurnTree<TicketPlace> tree = new TurnTree<>();
    private final List<Ticket> tickets = new ArrayList<>();
    private final String route = "default";
    private long order;

    private Ticket ticket(double turn, int letters, int tokens) {
        Prompt prompt =
                Prompt.builder().user("q".repeat(letters)).maxTokens(tokens).build();
        Ticket ticket = LineFixture.ticket(prompt, route);
        WaitingTenant tenant = new WaitingTenant(1, 1, Serving.FIRST, Serving.FIRST);
        Lane lane = new Lane(Lane.LaneKey.of(ticket), new LineFixture.Everything(false));
        ticket.enter(new TicketPlace(ticket, new TenantQueue(tenant, lane), new Session()), turn, ++order);
        return ticket;
    }

    private void add(Ticket ticket) {
        tree.add(TicketPlace.of(ticket), ticket.turn(), ticket.order());
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
                tree.remove(TicketPlace.of(tickets.remove(random.nextInt(tickets.size()))));
            }
            if (random.nextInt(4) == 0) {
                check(seed, ticket(random.nextInt(50), 1, 1));
            }
        }
    }

    private void check(long seed, Ticket asking) {
        assertThat(tree.all().tickets()).as("seed %s", seed).isEqualTo(tickets.size());
        assertThat(tree.isEmpty()).as("seed %s", seed).isEqualTo(tickets.isEmpty());
        assertThat(Optional.ofNullable(tree.first()).map(TicketPlace::ticket))
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
        List<Ticket> before =
                tickets.stream().filter(ticket -> ticket.isBefore(asking)).toList();
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
