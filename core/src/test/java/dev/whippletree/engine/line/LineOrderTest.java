package dev.whippletree.engine.line;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Priority;
import dev.whippletree.model.Prompt;
import dev.whippletree.settings.TenantWeights;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The line's order against start-time fair queueing as its authors write it down, on a list that is searched each time.
 * A tenant's start is the later of the start being served and its last finish, and the least goes first; of its
 * tickets, the one with the least start among its sessions, which is found in the same way. Interactive tickets go
 * before batch tickets, and each priority has its own starts.
 */
final class LineOrderTest {

    private static final Map<String, Integer> WEIGHTS = Map.of("tenant 1", 2, "tenant 2", 5);

    private final WaitingLine line = LineFixture.line(new TenantWeights(WEIGHTS), 0);
    private final List<String> routes = List.of("one", "other");
    private final List<Noted> noted = new ArrayList<>();
    private final Map<String, Share> tenants = new HashMap<>();
    private final List<Noted> served = new ArrayList<>();
    private final Map<Priority, Double> serving = new EnumMap<>(Priority.class);
    private final Map<Priority, Double> servingOfSessions = new EnumMap<>(Priority.class);
    private int tenantsSeen;
    private long arrivals;

    /** A tenant as the list knows it. */
    private static final class Share {
        private final int number;
        private final int weight;
        private final Map<String, Double> finishes = new HashMap<>();
        private final Map<Priority, Double> starts;
        private final Map<Priority, Double> serving;

        Share(int number, int weight, Map<Priority, Double> starts, Map<Priority, Double> serving) {
            this.number = number;
            this.weight = weight;
            this.starts = new HashMap<>(starts);
            this.serving = new HashMap<>(serving);
        }

        double start(Priority priority) {
            return starts.getOrDefault(priority, 0.0);
        }
    }

    /** A ticket as the list knows it. */
    private static final class Noted {
        private final Ticket ticket;
        private double start;
        private long arrival;
        private double charge;

        Noted(Ticket ticket) {
            this.ticket = ticket;
        }

        String tenant() {
            return ticket.tenant();
        }

        String lane() {
            return LineFixture.route(ticket) + ticket.priority();
        }

        Priority priority() {
            return ticket.priority();
        }
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

    /** The first ticket of each route, as the line goes through them. */
    private List<Ticket> inOrder() {
        List<Ticket> tickets = new ArrayList<>();
        for (Ticket ticket = line.next(null);
                ticket != null;
                ticket = line.next(line.laneOf(ticket).position())) {
            tickets.add(ticket);
        }
        return tickets;
    }

    private List<Ticket> firstsOfRoutes() {
        Map<String, Noted> firsts = new TreeMap<>();
        Comparator<Noted> byStart = Comparator.comparing(Noted::priority)
                .thenComparingDouble(ticket -> share(ticket).start(ticket.priority()))
                .thenComparingInt(ticket -> share(ticket).number)
                .thenComparingDouble(ticket -> ticket.start)
                .thenComparingLong(ticket -> ticket.arrival);
        for (Noted ticket : noted) {
            firsts.merge(ticket.lane(), ticket, (one, other) -> byStart.compare(one, other) < 0 ? one : other);
        }
        return firsts.values().stream()
                .sorted(byStart)
                .map(ticket -> ticket.ticket)
                .toList();
    }

    private Share share(Noted ticket) {
        return tenants.computeIfAbsent(
                ticket.tenant(),
                name -> new Share(++tenantsSeen, WEIGHTS.getOrDefault(name, 1), serving, servingOfSessions));
    }

    private void enter(SplittableRandom random) {
        Prompt prompt = Prompt.builder()
                .user("ticket " + arrivals)
                .tenant("tenant " + random.nextInt(4))
                .session("session " + random.nextInt(4))
                .priority(random.nextInt(3) == 0 ? Priority.BATCH : Priority.INTERACTIVE)
                .build();
        String route = routes.get(random.nextInt(routes.size()));
        Ticket ticket = LineFixture.ticket(prompt, route);
        line.add(ticket);
        note(new Noted(ticket));
    }

    private void note(Noted entering) {
        Share share = share(entering);
        Priority priority = entering.priority();
        String queue = entering.ticket.session() + " " + priority;
        if (noted.stream()
                .noneMatch(ticket -> ticket.tenant().equals(entering.tenant())
                        && ticket.lane().equals(entering.lane()))) {
            share.starts.put(priority, Math.max(serving.getOrDefault(priority, 0.0), share.start(priority)));
        }
        entering.charge = 0;
        entering.start = Math.max(share.serving.getOrDefault(priority, 0.0), share.finishes.getOrDefault(queue, 0.0));
        entering.arrival = ++arrivals;
        share.finishes.put(queue, entering.start + 1);
        noted.add(entering);
    }

    private void serve() {
        Ticket next = Objects.requireNonNull(line.next(null));
        LineFixture.serve(line, next, false);
        Noted first = noted.stream()
                .filter(ticket -> ticket.ticket == next)
                .findFirst()
                .orElseThrow();
        Share share = share(first);
        Priority priority = first.priority();
        double now = serving.merge(priority, share.start(priority), Math::max);
        share.serving.merge(priority, first.start, Math::max);
        servingOfSessions.merge(priority, first.start, Math::max);
        first.charge = 1.0 / share.weight;
        share.starts.put(priority, now + first.charge);
        served.add(first);
        strike(first);
    }

    private void leave(Noted leaving) {
        line.remove(leaving.ticket);
        strike(leaving);
    }

    /** With nobody in line everybody starts anew. */
    private void strike(Noted leaving) {
        noted.remove(leaving);
        if (noted.isEmpty()) {
            tenants.clear();
        }
    }

    /**
     * One that is tried again keeps its start, and its tenant is given back what it paid if the turn came to nothing.
     */
    private void comeBack(Noted again, boolean forNothing) {
        if (!forNothing) {
            again.ticket.keepCharge();
            again.charge = 0;
        }
        line.add(again.ticket);
        share(again).starts.merge(again.priority(), -again.charge, Double::sum);
        noted.add(again);
    }

    /** It is charged as an urgent prompt would be. */
    private void hurry(Noted late) {
        if (late.ticket.priority() == Priority.INTERACTIVE) {
            return;
        }
        line.hurry(late.ticket);
        noted.remove(late);
        note(late);
    }
}
