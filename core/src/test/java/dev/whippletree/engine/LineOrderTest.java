package dev.whippletree.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.engine.cache.PromptKeys;
import dev.whippletree.engine.pool.Route;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Prompt;
import dev.whippletree.settings.RouteSettings;
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
 * The line's order against start-time fair queueing as its authors write it down, on a list that is searched each time: a flight's
 * start is the later of the start being served and its queue's last finish, and the least start goes first.
 */
final class LineOrderTest {

    private final WaitingLine line = new WaitingLine();
    private final List<Route> routes = List.of(route("one"), route("other"));
    private final List<Noted> noted = new ArrayList<>();
    private final Map<String, Double> finishes = new HashMap<>();
    private final List<Noted> served = new ArrayList<>();
    private double serving;
    private long arrivals;

    /** A flight as the list knows it. */
    private static final class Noted {
        private final Flight flight;
        private final String session;
        private double start;
        private long arrival;

        Noted(Flight flight, String session) {
            this.flight = flight;
            this.session = session;
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
                enter("session " + random.nextInt(4), random);
            } else if (die == 11) {
                leave(noted.get(random.nextInt(noted.size())));
            } else if (die == 10) {
                hurry(noted.get(random.nextInt(noted.size())));
            } else if (die == 9 && !served.isEmpty()) {
                comeBack(served.remove(random.nextInt(served.size())));
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
        for (Flight flight = line.next(null); flight != null; flight = line.next(flight)) {
            flights.add(flight);
        }
        return flights;
    }

    private List<Flight> firstsOfRoutes() {
        Map<String, Noted> firsts = new TreeMap<>();
        Comparator<Noted> byStart =
                Comparator.<Noted>comparingDouble(flight -> flight.start).thenComparingLong(flight -> flight.arrival);
        for (Noted flight : noted) {
            firsts.merge(
                    flight.flight.route().name(),
                    flight,
                    (one, other) -> byStart.compare(one, other) < 0 ? one : other);
        }
        return firsts.values().stream()
                .sorted(byStart)
                .map(flight -> flight.flight)
                .toList();
    }

    private void enter(String session, SplittableRandom random) {
        Priority priority = random.nextInt(3) == 0 ? Priority.BATCH : Priority.INTERACTIVE;
        Prompt prompt = Prompt.builder()
                .user("flight " + arrivals)
                .session(session)
                .priority(priority)
                .build();
        Route route = routes.get(random.nextInt(routes.size()));
        Flight flight = new Flight(PromptKeys.of(prompt, route.name(), List.of()), prompt, route, 0);
        line.add(flight);
        Noted entering = new Noted(flight, session);
        note(entering, priority);
    }

    private void note(Noted entering, Priority priority) {
        String queue = entering.session + " " + priority;
        entering.start = Math.max(serving, finishes.getOrDefault(queue, 0.0));
        entering.arrival = ++arrivals;
        finishes.put(queue, entering.start + (priority == Priority.BATCH ? 8 : 1));
        noted.add(entering);
    }

    private void serve() {
        Flight next = Objects.requireNonNull(line.next(null));
        line.serve(next);
        Noted first = noted.stream()
                .filter(flight -> flight.flight == next)
                .findFirst()
                .orElseThrow();
        serving = Math.max(serving, first.start);
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
            finishes.clear();
        }
    }

    /** One that is tried again keeps its start, and is charged nothing. */
    private void comeBack(Noted again) {
        line.add(again.flight);
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
