package dev.whippletree.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.engine.cache.PromptKeys;
import dev.whippletree.engine.pool.Route;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Prompt;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.TenantWeights;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The line's order against start-time fair queueing as its authors write it down, on a list that is searched each time. A tenant's
 * start is the later of the start being served and its last finish, and the least goes first; of its flights, the one with the least
 * start among its sessions, which is found in the same way.
 */
final class LineOrderTest {

    private static final Map<String, Integer> WEIGHTS = Map.of("tenant 1", 2, "tenant 2", 5);

    private final WaitingLine line = new WaitingLine(new TenantWeights(WEIGHTS));
    private final List<Route> routes = List.of(route("one"), route("other"));
    private final List<Noted> noted = new ArrayList<>();
    private final Map<String, Share> tenants = new HashMap<>();
    private final List<Noted> served = new ArrayList<>();
    private double serving;
    private double servingOfSessions;
    private int tenantsSeen;
    private long arrivals;

    /** A tenant as the list knows it. */
    private static final class Share {
        private final int number;
        private final int weight;
        private final Map<String, Double> finishes = new HashMap<>();
        private double start;
        private double serving;

        Share(int number, int weight, double start, double serving) {
            this.number = number;
            this.weight = weight;
            this.start = start;
            this.serving = serving;
        }
    }

    /** A flight as the list knows it. */
    private static final class Noted {
        private final Flight flight;
        private double start;
        private long arrival;
        private double charge;

        Noted(Flight flight) {
            this.flight = flight;
        }

        String tenant() {
            return flight.prompt().tenant();
        }

        String route() {
            return flight.route().name();
        }
    }

    private static Route route(String name) {
        RouteSettings.Tier tier = new RouteSettings.Tier(List.of(new RouteSettings.TargetSettings("a", "model")));
        return new Route(RouteSettings.of(name, List.of(tier)), List.of(), List.of(), 0);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void whoIsNext_isWhoHasTheLeastStart(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int busy = 3 + random.nextInt(4);
        for (int step = 0; step < 3_000; step++) {
            int die = random.nextInt(12);
            if (noted.isEmpty() || die < busy) {
                enter(random);
            } else if (die == 11) {
                leave(noted.get(random.nextInt(noted.size())));
            } else if (die == 10) {
                hurry(noted.get(random.nextInt(noted.size())));
            } else if (die == 9 && !served.isEmpty()) {
                comeBack(served.remove(random.nextInt(served.size())), random.nextBoolean());
            } else {
                serve();
            }
            assertThat(line.size()).as("seed %s, step %s", seed, step).isEqualTo(noted.size());
            assertThat(inOrder()).as("seed %s, step %s", seed, step).isEqualTo(firstsOfRoutes());
        }
    }

    /** The first flight of each route, as the line goes through them. */
    private List<Flight> inOrder() {
        List<Flight> flights = new ArrayList<>();
        for (Flight flight = line.next(null);
                flight != null;
                flight = line.next(line.positionOf(line.laneOf(flight)))) {
            flights.add(flight);
        }
        return flights;
    }

    private List<Flight> firstsOfRoutes() {
        Map<String, Noted> firsts = new TreeMap<>();
        Comparator<Noted> byStart = Comparator.<Noted>comparingDouble(flight -> share(flight).start)
                .thenComparingInt(flight -> share(flight).number)
                .thenComparingDouble(flight -> flight.start)
                .thenComparingLong(flight -> flight.arrival);
        for (Noted flight : noted) {
            firsts.merge(flight.route(), flight, (one, other) -> byStart.compare(one, other) < 0 ? one : other);
        }
        return firsts.values().stream()
                .sorted(byStart)
                .map(flight -> flight.flight)
                .toList();
    }

    private Share share(Noted flight) {
        return tenants.computeIfAbsent(
                flight.tenant(),
                name -> new Share(++tenantsSeen, WEIGHTS.getOrDefault(name, 1), serving, servingOfSessions));
    }

    private void enter(SplittableRandom random) {
        Prompt prompt = Prompt.builder()
                .user("flight " + arrivals)
                .tenant("tenant " + random.nextInt(4))
                .session("session " + random.nextInt(4))
                .priority(random.nextInt(3) == 0 ? Priority.BATCH : Priority.INTERACTIVE)
                .build();
        Route route = routes.get(random.nextInt(routes.size()));
        Flight flight = new Flight(PromptKeys.of(prompt, route.name(), List.of()), prompt, route, 0);
        line.add(flight);
        note(new Noted(flight), prompt.priority());
    }

    private void note(Noted entering, Priority priority) {
        Share share = share(entering);
        String queue = entering.flight.prompt().session().orElseThrow() + " " + priority;
        if (noted.stream()
                .noneMatch(flight -> flight.tenant().equals(entering.tenant())
                        && flight.route().equals(entering.route()))) {
            share.start = Math.max(serving, share.start);
        }
        entering.start = Math.max(share.serving, share.finishes.getOrDefault(queue, 0.0));
        entering.arrival = ++arrivals;
        share.finishes.put(queue, entering.start + (priority == Priority.BATCH ? 8 : 1));
        noted.add(entering);
    }

    private void serve() {
        Flight next = Objects.requireNonNull(line.next(null));
        line.serve(next);
        Noted first = noted.stream()
                .filter(flight -> flight.flight == next)
                .findFirst()
                .orElseThrow();
        Share share = share(first);
        serving = Math.max(serving, share.start);
        share.serving = Math.max(share.serving, first.start);
        servingOfSessions = Math.max(servingOfSessions, share.serving);
        first.charge = 1.0 / share.weight;
        share.start = serving + first.charge;
        served.add(first);
        strike(first);
    }

    private void leave(Noted leaving) {
        line.remove(leaving.flight);
        strike(leaving);
    }

    /** With nobody in line everybody starts anew. */
    private void strike(Noted leaving) {
        noted.remove(leaving);
        if (noted.isEmpty()) {
            tenants.clear();
        }
    }

    /** One that is tried again keeps its start, and its tenant is given back what it paid if the turn came to nothing. */
    private void comeBack(Noted again, boolean forNothing) {
        if (!forNothing) {
            again.flight.charged(0);
            again.charge = 0;
        }
        line.add(again.flight);
        share(again).start -= again.charge;
        noted.add(again);
    }

    /** It is charged as an urgent prompt would be, and keeps the start that it had if that was less. */
    private void hurry(Noted late) {
        if (late.flight.priority() == Priority.INTERACTIVE) {
            return;
        }
        double before = late.start;
        line.hurry(late.flight);
        noted.remove(late);
        note(late, Priority.INTERACTIVE);
        late.start = Math.min(before, late.start);
    }
}
