package dev.whippletree.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.engine.cache.PromptKeys;
import dev.whippletree.engine.pool.Route;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Prompt;
import dev.whippletree.settings.RouteSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The bounds are those of start-time fair queueing: backlogged sessions are served alike, to within a turn of each. */
final class WaitingLineTest {

    private static final RouteSettings SETTINGS = RouteSettings.of(
            "default", List.of(new RouteSettings.Tier(List.of(new RouteSettings.TargetSettings("a", "model")))));

    private final Route route = new Route(SETTINGS, List.of(), List.of(), 0);
    private final WaitingLine line = new WaitingLine();
    private int flights;

    private Flight enter(String session, Priority priority) {
        Prompt prompt = Prompt.builder()
                .user("flight " + flights++)
                .session(session)
                .priority(priority)
                .build();
        Flight flight = new Flight(PromptKeys.of(prompt, "default", List.of()), prompt, route, 0);
        line.add(flight);
        return flight;
    }

    private Flight enter(String session) {
        return enter(session, Priority.INTERACTIVE);
    }

    private Flight serve() {
        Flight flight = line.next(null);
        if (flight == null) {
            throw new AssertionError("the line is empty");
        }
        line.serve(flight);
        return flight;
    }

    private long ahead(Flight flight) {
        return line.lanes().stream()
                .mapToLong(lane -> lane.before(flight).flights())
                .sum();
    }

    private Map<String, Integer> servedBySession(int turns) {
        Map<String, Integer> served = new HashMap<>();
        for (int turn = 0; turn < turns; turn++) {
            served.merge(serve().prompt().session().orElseThrow(), 1, Integer::sum);
        }
        return served;
    }

    @Test
    void oneSession_goesInOrder() {
        List<Flight> entered = List.of(enter("a"), enter("a"), enter("a"));
        assertThat(List.of(serve(), serve(), serve())).isEqualTo(entered);
        assertThat(line.size()).isZero();
    }

    @Test
    void backloggedSessions_areServedAlike() {
        for (int index = 0; index < 1_000; index++) {
            enter("greedy");
        }
        for (int index = 0; index < 50; index++) {
            enter("modest");
        }
        Map<String, Integer> served = servedBySession(60);
        assertThat(served.get("greedy")).isBetween(29, 31);
        assertThat(served.get("modest")).isBetween(29, 31);
    }

    @Test
    void lateComer_goesBeforeTheBacklog() {
        for (int index = 0; index < 1_000; index++) {
            enter("greedy");
        }
        servedBySession(100);
        Flight late = enter("modest");
        assertThat(List.of(serve(), serve())).contains(late);
    }

    @Test
    void sessionThatAsksOneByOne_getsNoMoreThanItsShare() {
        for (int index = 0; index < 100; index++) {
            enter("backlog");
        }
        int oneByOne = 0;
        enter("one by one");
        for (int turn = 0; turn < 60; turn++) {
            if (serve().prompt().session().orElseThrow().equals("one by one")) {
                oneByOne++;
                enter("one by one");
            }
        }
        assertThat(oneByOne).isBetween(29, 31);
    }

    @Test
    void severalInteractiveOnesGoForEachBatchOne_butBatchIsNotStarved() {
        for (int index = 0; index < 200; index++) {
            enter("batch", Priority.BATCH);
            enter("interactive");
        }
        Map<String, Integer> served = servedBySession(90);
        assertThat(served.get("batch")).isBetween(9, 11);
    }

    @Test
    void urgentOneOfASessionWithABatch_waitsForNoneOfIt() {
        for (int index = 0; index < 200; index++) {
            enter("both", Priority.BATCH);
        }
        servedBySession(3);
        Flight urgent = enter("both");
        assertThat(List.of(serve(), serve())).contains(urgent);
    }

    @Test
    void onlyFlightIsHurried_theTurnsThatSessionsHaveHadAreRemembered() {
        enter("served", Priority.INTERACTIVE);
        enter("served", Priority.INTERACTIVE);
        enter("batch", Priority.BATCH);
        Flight only = enter("batch", Priority.BATCH);
        servedBySession(3);

        line.hurry(only);
        enter("served");
        Flight other = enter("other");

        assertThat(List.of(serve(), serve())).containsExactly(only, other);
    }

    @Test
    void retried_goesBackToItsTurn() {
        Flight first = enter("a");
        enter("a");
        enter("b");
        assertThat(serve()).isSameAs(first);
        line.add(first);
        assertThat(serve()).isSameAs(first);
    }

    @Test
    void removed_isNoLongerServedAndCountsNoMore() {
        Flight first = enter("a");
        Flight second = enter("b");
        line.remove(first);
        assertThat(line.size()).isEqualTo(1);
        assertThat(serve()).isSameAs(second);
        assertThat(line.next(null)).isNull();
        assertThat(line.lanes()).isEmpty();
    }

    @Test
    void ahead_countsThoseWhoGoBefore() {
        List<Flight> greedy = new ArrayList<>();
        for (int index = 0; index < 10; index++) {
            greedy.add(enter("greedy"));
        }
        Flight modest = enter("modest");
        assertThat(ahead(modest)).isEqualTo(1);
        assertThat(ahead(greedy.get(9))).isEqualTo(10);
    }

    @Test
    void manySessionsOfOnePromptEach_areForgotten() {
        enter("backlog");
        for (int index = 0; index < 100_000; index++) {
            line.remove(enter("session " + index));
        }
        assertThat(line.sessions()).isLessThan(5_000);
    }
}
