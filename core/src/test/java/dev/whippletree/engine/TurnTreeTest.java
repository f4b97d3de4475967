package dev.whippletree.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.engine.Tenant.Serving;
import dev.whippletree.engine.TurnTree.Before;
import dev.whippletree.engine.pool.Route;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.TokenCount;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a list that is sorted and added up anew each time. */
final class TurnTreeTest {

    private final TurnTree<Place> tree = new TurnTree<>();
    private final List<Flight> flights = new ArrayList<>();
    private final LineFixture fixture = new LineFixture();
    private final Route route = fixture.route("default");
    private long order;

    private Flight flight(double turn, int letters, int tokens) {
        Prompt prompt =
                Prompt.builder().user("q".repeat(letters)).maxTokens(tokens).build();
        Flight flight = fixture.flight(prompt, route);
        Tenant tenant = new Tenant(1, 1, Serving.FIRST, Serving.FIRST);
        Lane lane = new Lane(Lane.Key.of(flight), flight.options());
        flight.enter(new Place(flight, new TenantQueue(tenant, lane), new Session()), turn, ++order);
        return flight;
    }

    private void add(Flight flight) {
        tree.add(Place.of(flight), flight.turn(), flight.order());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void whatItKnows_isWhatTheSortedListSays(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int step = 0; step < 1_000; step++) {
            if (flights.isEmpty() || random.nextInt(5) < 3) {
                Flight entering = flight(random.nextInt(50), 1 + random.nextInt(20), 1 + random.nextInt(20));
                flights.add(entering);
                add(entering);
            } else {
                tree.remove(Place.of(flights.remove(random.nextInt(flights.size()))));
            }
            if (random.nextInt(4) == 0) {
                check(seed, flight(random.nextInt(50), 1, 1));
            }
        }
    }

    private void check(long seed, Flight asking) {
        assertThat(tree.all().flights()).as("seed %s", seed).isEqualTo(flights.size());
        assertThat(tree.isEmpty()).as("seed %s", seed).isEqualTo(flights.isEmpty());
        assertThat(Optional.ofNullable(tree.first()).map(Place::flight))
                .as("seed %s", seed)
                .isEqualTo(flights.stream().min(Flight.IN_TURN));
        for (Limit.Unit unit : List.of(Limit.Unit.TOKENS, Limit.Unit.INPUT_TOKENS, Limit.Unit.OUTPUT_TOKENS)) {
            assertThat(tree.smallest(unit))
                    .as("seed %s, by %s", seed, unit)
                    .isEqualTo(flights.stream()
                            .min(Comparator.comparingLong((Flight flight) -> unit.amountOf(flight.mostTokens()))
                                    .thenComparing(Flight.IN_TURN))
                            .orElse(null));
        }
        assertThat(tree.largest())
                .as("seed %s", seed)
                .isEqualTo(new TokenCount(
                        flights.stream()
                                .mapToLong(flight -> flight.mostTokens().prompt())
                                .max()
                                .orElse(0),
                        flights.stream()
                                .mapToLong(flight -> flight.mostTokens().completion())
                                .max()
                                .orElse(0)));
        List<Flight> before =
                flights.stream().filter(flight -> flight.isBefore(asking)).toList();
        assertThat(tree.before(asking.turn(), asking.order()))
                .as("seed %s", seed)
                .isEqualTo(new Before(
                        before.size(),
                        before.stream()
                                .mapToLong(flight -> flight.mostTokens().prompt())
                                .sum(),
                        before.stream()
                                .mapToLong(flight -> flight.mostTokens().completion())
                                .sum()));
    }

    @Test
    void manyInOrder_makeNoDeepTree() {
        for (int index = 0; index < 100_000; index++) {
            add(flight(index, 2, 1));
        }
        assertThat(tree.all()).isEqualTo(new Before(100_000, 200_000, 100_000));
        Flight asking = flight(70_000, 2, 1);
        assertThat(tree.before(asking.turn(), asking.order())).isEqualTo(new Before(70_001, 140_002, 70_001));
    }
}
