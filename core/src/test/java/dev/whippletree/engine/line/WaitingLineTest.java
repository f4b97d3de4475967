package dev.whippletree.engine.line;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.whippletree.model.Priority;
import dev.whippletree.model.Prompt;
import dev.whippletree.settings.TenantWeights;
import dev.whippletree.spi.TenantTurn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The bounds are those of start-time fair queueing: backlogged sessions are served alike, to within a turn of each. */
final class WaitingLineTest {

    private String route = "default";
    private final WaitingLine line = LineFixture.line(new TenantWeights(Map.of("heavy", 3)), 0.05);
    private int tickets;

    private Ticket enter(String session, Priority priority) {
        return enter("", session, priority);
    }

    private Ticket enter(String tenant, String session, Priority priority) {
        Prompt prompt = Prompt.builder()
                .user("ticket " + tickets++)
                .tenant(tenant)
                .session(session)
                .priority(priority)
                .build();
        Ticket ticket = LineFixture.ticket(prompt, route);
        line.add(ticket);
        return ticket;
    }

    private Ticket enter(String session) {
        return enter(session, Priority.INTERACTIVE);
    }

    private Ticket serve() {
        List<Lane> due = line.batchDue();
        Ticket ticket = due.isEmpty() ? line.next(null) : due.get(0).first();
        if (ticket == null) {
            throw new AssertionError("the line is empty");
        }
        serve(ticket, !due.isEmpty());
        return ticket;
    }

    private void serve(Ticket ticket, boolean beforePeople) {
        LineFixture.serve(line, ticket, beforePeople);
    }

    private long ahead(Ticket ticket) {
        return line.lanes().stream()
                .mapToLong(lane -> line.ahead(ticket).of(lane).tickets())
                .sum();
    }

    @Test
    void oneInTwentyIsABatchPrompt_whoseverItIs() {
        for (int index = 0; index < 200; index++) {
            enter("batch", "batch " + index, Priority.BATCH);
            enter("people", "interactive", Priority.INTERACTIVE);
        }
        Map<String, Integer> served = servedByTenant(200);
        assertThat(served.get("batch")).isBetween(9, 10);
        for (int index = 0; index < 19; index++) {
            assertThat(servedByTenant(10).getOrDefault("batch", 0)).isLessThanOrEqualTo(1);
            enter("people", "interactive", 10);
        }
    }

    /** The batch didn't fit anywhere, for example. */
    @Test
    void shareThatBatchDidNotUse_isNotSaved() {
        enter("people", "interactive ", 200);
        for (int index = 0; index < 20; index++) {
            enter("batch", "batch", Priority.BATCH);
        }
        for (int index = 0; index < 100; index++) {
            serve(Objects.requireNonNull(line.next(null)), false);
        }
        assertThat(servedByTenant(20).get("batch")).isBetween(1, 2);
    }

    @Test
    void tenantThatUsesBothPriorities_getsNoSecondTurn() {
        for (int index = 0; index < 400; index++) {
            enter("both", "batch " + index, Priority.BATCH);
            enter("both", "interactive " + index, Priority.INTERACTIVE);
            enter("people", "interactive " + index, Priority.INTERACTIVE);
        }
        Map<String, Integer> served = servedByTenant(400);
        assertThat(served.get("both")).isBetween(199, 201);
    }

    /** Its batch has had 30 turns, people's of each other tenant 15: it doesn't wait until they have caught up. */
    @Test
    void tenantWhoseBatchWentFirst_fallsBehindByTwoTurnsAtMost() {
        int tenants = 40;
        for (int tenant = 0; tenant < tenants; tenant++) {
            enter("people " + tenant, "interactive", 30);
        }
        for (int index = 0; index < 100; index++) {
            enter("both", "batch", Priority.BATCH);
        }
        assertThat(servedByTenant(15 * tenants).get("both")).isBetween(29, 31);
        Ticket urgent = enter("both", "interactive", Priority.INTERACTIVE);
        assertThat(turnsUntil(urgent)).isLessThan(3 * tenants);
    }

    /** One turn is its own, as for everybody; two are its batch's, which has a turn for each twenty starts. */
    @Test
    void tenantThatComesWithBothPriorities_waitsForTwoTurnsMore() {
        int tenants = 40;
        for (int tenant = 0; tenant < tenants; tenant++) {
            enter("people " + tenant, "interactive", 30);
        }
        servedByTenant(5 * tenants + 1);
        Ticket urgent = enter("both", "interactive", Priority.INTERACTIVE);
        for (int index = 0; index < 100; index++) {
            enter("both", "batch", Priority.BATCH);
        }
        assertThat(turnsUntil(urgent)).isBetween(3 * tenants, 3 * tenants + 8);
    }

    private int turnsUntil(Ticket ticket) {
        int turns = 1;
        while (serve() != ticket) {
            turns++;
        }
        return turns;
    }

    /** A tenant that three processes ask for gets a third of its part in each, and all of it once it is alone again. */
    @Test
    void tenantThatAsksInSeveralProcesses_getsAPartOfItsTurnsInEach() {
        enter("far", "early", 1);
        line.spread("far", Priority.INTERACTIVE, 3);
        line.spread("near", Priority.BATCH, 5);
        enter("far", "interactive ", 400);
        enter("near", "interactive ", 400);
        assertThat(servedByTenant(200).get("far")).isBetween(49, 52);
        line.spread("far", Priority.INTERACTIVE, 1);

        assertThat(servedByTenant(100).get("far")).isBetween(48, 52);
    }

    @Test
    void tenantThatIsForgotten_isStillSpread_whenItComesBack() {
        line.spread("far", Priority.INTERACTIVE, 3);
        enter("far", "interactive ", 100);
        enter("near", "interactive ", 100);

        assertThat(servedByTenant(80).get("far")).isBetween(19, 21);
    }

    @Test
    void tenantThatAsksHereAloneAgain_hasAllItsTurns_alsoIfItComesLater() {
        line.spread("far", Priority.INTERACTIVE, 3);
        line.spread("far", Priority.INTERACTIVE, 1);
        enter("far", "interactive ", 100);
        enter("near", "interactive ", 100);

        assertThat(servedByTenant(80).get("far")).isBetween(39, 41);
    }

    @Test
    void turnsOfBatch_weighAsMuchAsTheirShare() {
        assertThat(line.turnOf(enter("heavy", "", Priority.INTERACTIVE)))
                .isEqualTo(new TenantTurn("heavy", Priority.INTERACTIVE, 3));
        assertThat(line.turnOf(enter("heavy", "", Priority.BATCH)).weight()).isCloseTo(0.15, within(1e-9));
        WaitingLine never = LineFixture.line(TenantWeights.EQUAL, 0);
        Ticket batch = LineFixture.ticket(
                Prompt.builder().user("last").priority(Priority.BATCH).build(), route);
        assertThat(never.turnOf(batch).weight()).as("not zero").isCloseTo(0.001, within(1e-9));
    }

    @Test
    void weights_shareTheTurnsOfBatchToo() {
        enter("heavy", "batch", 0);
        for (int index = 0; index < 100; index++) {
            enter("heavy", "batch " + index, Priority.BATCH);
            enter("light", "batch " + index, Priority.BATCH);
        }
        enter("people", "interactive ", 2_000);
        Map<String, Integer> served = servedByTenant(1_600);
        assertThat(served.get("heavy")).isBetween(58, 62);
        assertThat(served.get("light")).isBetween(18, 22);
    }

    @Test
    void inTurn_isTheOrderInWhichTheyAreServed() {
        List<Ticket> tickets = new ArrayList<>();
        for (int index = 0; index < 9; index++) {
            tickets.add(enter("light", "session", Priority.INTERACTIVE));
            tickets.add(enter("heavy", "session", Priority.INTERACTIVE));
        }
        serve();
        List<Ticket> inTurn = line.inTurn(tickets);
        List<Ticket> served = new ArrayList<>();
        while (line.next(null) != null) {
            served.add(serve());
        }
        assertThat(inTurn).hasSize(17).isEqualTo(served);
    }

    @Test
    void onlyFlightIsHurried_theTurnsThatSessionsHaveHadAreRemembered() {
        enter("served", Priority.INTERACTIVE);
        enter("served", Priority.INTERACTIVE);
        Ticket only = enter("batch", Priority.BATCH);
        serve();
        serve();
        line.hurry(only);
        enter("served");
        Ticket other = enter("other");
        assertThat(List.of(serve(), serve())).containsExactly(only, other);
    }

    @Test
    void keptTurn_isTakenAsItWas_andMayUseNothingMeanwhile() {
        enter("a");
        Ticket left = enter("a");
        left.cost(3);
        left.hold(5);
        left.solo(true);
        assertThat(left.turn()).isPositive();
        Ticket again = enter("b");
        again.takeTurnOf(left);
        assertThat(List.of(again.turn(), again.order(), again.cost(), again.heldStart(), again.isSolo()))
                .isEqualTo(List.of(left.turn(), left.order(), 3.0, 5.0, true));
        line.keepTurn(left);
        assertThat(line.laneOf(left).eligibility()).isEqualTo(new LineFixture.Everything(true));
    }

    private void enter(String tenant, String sessions, int count) {
        for (int index = 0; index < count; index++) {
            enter(tenant, sessions + index, Priority.INTERACTIVE);
        }
    }

    private Map<String, Integer> servedByTenant(int turns) {
        Map<String, Integer> served = new HashMap<>();
        for (int turn = 0; turn < turns; turn++) {
            served.merge(serve().tenant(), 1, Integer::sum);
        }
        return served;
    }

    @Test
    void turnThatCameToNothing_isGivenBackOnce_howeverOftenItsTicketIsPutBack() {
        Ticket early = enter("early", "one", Priority.INTERACTIVE);
        Ticket failing = enter("failing", "one", Priority.INTERACTIVE);
        serve(failing, false);
        line.add(failing);
        line.takeOut(failing);
        line.add(failing);
        assertThat(List.of(serve(), serve())).containsExactly(early, failing);
    }

    @Test
    void turnOfACallThatWasMade_isUsedUp_alsoIfItIsKept() {
        Ticket made = enter("a", "one", Priority.INTERACTIVE);
        enter("a", "one", Priority.INTERACTIVE);
        Ticket other = enter("b", "one", Priority.INTERACTIVE);
        serve(made, false);
        line.keepTurn(made);
        assertThat(serve()).isSameAs(other);
    }

    @Test
    void heldFlight_keepsItsPlaceThoughItsTenantBeginsOthers() {
        Ticket large = enter("a", "large", Priority.INTERACTIVE);
        Ticket small = enter("a", "small", Priority.INTERACTIVE);
        enter("b", "session ", 5);
        route = "other";
        enter("b", "elsewhere ", 5);
        line.hold(large);
        serve(small, false);
        line.hold(large);
        assertThat(line.next(null)).isSameAs(large);
        line.takeOut(large);
        line.add(large);
        assertThat(serve()).isSameAs(large);
        assertThat(servedByTenant(10)).isEqualTo(Map.of("b", 10));
        assertThat(line.sessions()).as("nobody comes back").isZero();
    }

    @Test
    void ahead_countsThoseOfOtherTenantsByTheirTurns() {
        enter("greedy", "session ", 100);
        enter("heavy", "session ", 100);
        enter("modest", "session ", 2);
        Ticket third = enter("modest", "session 2", Priority.INTERACTIVE);
        long ahead = ahead(third);
        int turns = 0;
        while (serve() != third) {
            turns++;
        }
        // Where turns of two tenants start at the same moment, half of one counts.
        assertThat(ahead).isBetween(turns - 1L, turns + 1L);
    }

    @Test
    void ahead_followsTheWeights_andInHowManyProcessesATenantAsks() {
        enter("heavy", "session ", 30);
        enter("modest", "session ", 2);
        Ticket third = enter("modest", "session 2", Priority.INTERACTIVE);
        assertThat(ahead(third)).isBetween(8L, 9L);
        line.spread("heavy", Priority.INTERACTIVE, 3);
        assertThat(ahead(third)).isBetween(4L, 5L);
        line.spread("heavy", Priority.INTERACTIVE, 1);
        assertThat(ahead(third)).isBetween(8L, 9L);
        line.weigh(TenantWeights.EQUAL);
        assertThat(ahead(third)).isBetween(4L, 5L);
    }

    @Test
    void ahead_countsItsTenantsTurnsByWhatTheyCost() {
        List<Ticket> large = List.of(enter("large"), enter("large"), enter("large"));
        for (Ticket ticket : large) {
            line.takeOut(ticket);
            ticket.cost(4);
            line.add(ticket);
        }
        enter("modest", "session ", 20);
        assertThat(ahead(large.get(2)))
                .as("two of its tenant, eight of the other")
                .isBetween(9L, 11L);
    }

    @Test
    void ahead_countsOfTheOtherPriorityWhatTheShareOfBatchAllows() {
        Ticket batch = enter("batch", "one", Priority.BATCH);
        Ticket later = enter("batch", "one", Priority.BATCH);
        enter("people", "session ", 60);
        Ticket person = enter("people", "last", Priority.INTERACTIVE);
        assertThat(ahead(batch)).as("nineteen begin before each of batch").isEqualTo(19);
        assertThat(ahead(later)).isEqualTo(1 + 38);
        assertThat(ahead(person)).isEqualTo(60 + 2);
    }

    @Test
    void soloTicket_goesBeforeTheThirdOfEachOtherTenant() {
        enter("other", "session ", 9);
        servedByTenant(1);
        Ticket solo = enter("modest", "only", Priority.INTERACTIVE);
        Ticket next = enter("other", "next", Priority.INTERACTIVE);
        assertThat(line.soloBefore(next)).isEmpty();
        for (int starts = 0; line.soloBefore(next).isEmpty(); starts++) {
            assertThat(starts).isLessThan(20);
            Ticket passing = Objects.requireNonNull(line.laneOf(solo).first());
            serve(passing == solo ? next : passing, false);
            next = enter("other", "later", Priority.INTERACTIVE);
        }
        assertThat(line.soloBefore(next)).containsExactly(solo);
        for (int starts = 0; starts < 3; starts++) {
            serve(enter("heavy", "any", Priority.INTERACTIVE), false);
        }
        assertThat(line.soloBefore(enter("heavy", "any", Priority.INTERACTIVE))).isEmpty();
        enter("modest", "second", Priority.BATCH);
        assertThat(line.soloBefore(next)).isEmpty();
    }

    @Test
    void lineIsFull_theNewestOfTheLongestSessionGivesWay_ofWhoHasMostForTheirWeight() {
        enter("light", "session ", 5);
        Ticket first = enter("light", "long", Priority.INTERACTIVE);
        Ticket last = enter("light", "long", Priority.INTERACTIVE);
        enter("heavy", "session ", 20);
        assertThat(line.backlog().newestOfMost()).contains(last);
        line.remove(last);
        enter("heavy", "other ", 1);
        Ticket heaviest = enter("heavy", "session 3", Priority.INTERACTIVE);
        assertThat(line.backlog().newestOfMost()).contains(heaviest);
        assertThat(line.backlog().sizeOf("light")).isEqualTo(6);
        line.weigh(TenantWeights.EQUAL);
        line.remove(heaviest);
        assertThat(line.backlog().newestOf("light")).contains(first);
        assertThat(line.backlog().newestOf("nobody")).isEmpty();
        line.takeOut(first);
        LineFixture.begun(first);
        line.add(first);
        assertThat(line.backlog().sizeOf("light"))
                .as("what was called gives no way")
                .isEqualTo(5);
    }

    @Test
    void manySessionsOfOnePromptEach_areForgotten() {
        enter("backlog");
        enterAndRemove(100_000);
        assertThat(line.sessions()).isLessThan(5_000);
    }

    /** After a reload, prompts are taken out while their new providers are asked. */
    @Test
    void manySessions_areForgotten_alsoAfterOneHasEndedThatWasTakenOut() {
        enter("backlog");
        Ticket ticket = enter("cancelled");
        line.takeOut(ticket);
        enterAndRemove(2_000);
        assertThat(line.sessions()).as("it may come back").isGreaterThan(2_000);
        LineFixture.ended(ticket);
        enterAndRemove(1);
        assertThat(line.sessions()).isLessThan(1_000);
    }

    private void enterAndRemove(int sessions) {
        for (int index = 0; index < sessions; index++) {
            line.remove(enter("session " + index));
        }
    }
}
