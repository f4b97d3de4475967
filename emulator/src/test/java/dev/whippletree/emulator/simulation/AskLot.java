package dev.whippletree.emulator.simulation;

import dev.whippletree.emulator.model.Dice;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Prompt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Draws what is asked in a scenario: who comes when, and what they want. Confined to one thread, used once. */
final class AskLot {

    private static final int MOST = 200;
    private static final int FEWEST = 5;

    private final Dice lot;
    private final boolean rough;
    private final boolean stalling;
    private final List<SimulatedAccount> accounts;
    private final int distinct;
    private final int sessions;

    /** Whether one session asks for more than half of everything. */
    private final boolean greedy;

    private final boolean interviews;
    private final boolean batches;
    private final boolean tenants;
    private final boolean bigOnes;
    private final boolean aloof;
    private final boolean streaming;
    private final boolean pinned;
    private final Optional<Duration> deadline;
    private final int prompts;

    /**
     * Creates one.
     *
     * @param rough whether callers give up
     * @param stalling whether every other prompt ends when its route is stalled
     * @param singleFile whether all belong to one session, as urgent as each other, and some ask for much
     * @param crowd whether one session asks for most, and nobody is in a hurry
     */
    AskLot(
            Dice lot,
            boolean rough,
            boolean stalling,
            boolean singleFile,
            boolean crowd,
            List<SimulatedAccount> accounts) {
        this.lot = lot;
        this.rough = rough;
        this.stalling = stalling;
        this.accounts = accounts;
        this.prompts = FEWEST + (chance(4) ? lot.nextInt(MOST - FEWEST) : lot.nextInt(60));
        this.distinct = 1 + lot.nextInt(prompts);
        this.sessions = 1 + (singleFile || !crowd && chance(3) ? 0 : 1 + lot.nextInt(10));
        this.greedy = crowd || chance(2);
        this.batches = !singleFile && chance(3);
        this.tenants = !singleFile && chance(6);
        this.bigOnes = singleFile || chance(4);
        this.aloof = !crowd && chance(6);
        this.streaming = chance(4);
        this.pinned = !singleFile && !crowd && chance(8);
        this.interviews = !singleFile && !crowd && chance(4);
        this.deadline = !singleFile && !crowd && chance(2)
                ? Optional.of(Duration.ofMillis(200 + lot.nextInt(60_000)))
                : Optional.empty();
    }

    List<Ask> draw() {
        return interviews ? interviews() : arrivals();
    }

    /** Each begins at about the same time, and asks one question after the other, with pauses for thought. */
    private List<Ask> interviews() {
        List<Ask> asks = new ArrayList<>();
        int questions = 2 + lot.nextInt(8);
        long thinkMillis = chance(2) ? 0 : 1 + lot.nextInt(20_000);
        for (int interview = 0; asks.size() + questions <= Math.max(prompts, questions); interview++) {
            for (int question = 0; question < questions; question++) {
                int id = asks.size();
                boolean first = question == 0;
                Duration delay = Duration.ofMillis(
                        first ? lot.nextInt(1_000) : thinkMillis == 0 ? 0 : lot.nextLong(2 * thinkMillis));
                asks.add(
                        ask(id, first ? OptionalInt.empty() : OptionalInt.of(id - 1), delay, "interview-" + interview));
            }
        }
        return asks;
    }

    private List<Ask> arrivals() {
        List<Ask> asks = new ArrayList<>();
        Arrivals arrivals = Arrivals.drawn(lot);
        for (int id = 0; id < prompts; id++) {
            asks.add(ask(
                    id,
                    OptionalInt.empty(),
                    arrivals.next(),
                    "session-" + (greedy && chance(2) ? 0 : lot.nextInt(sessions))));
        }
        return asks;
    }

    private Ask ask(int id, OptionalInt after, Duration delay, String session) {
        int question = id < distinct ? id : lot.nextInt(distinct);
        Prompt.Builder prompt = Prompt.builder()
                .user(text(question))
                .maxTokens(isBig(question) ? 900 : 300)
                .session(session)
                .priority(batches && chance(2) ? Priority.BATCH : Priority.INTERACTIVE)
                .tenant(tenants ? "tenant-" + lot.nextInt(2) : "")
                .endWhenStalled(stalling && id % 2 == 0);
        if (chance(3)) {
            deadline.ifPresent(prompt::deadline);
        }
        if (aloof && chance(3)) {
            prompt.noCache();
        }
        if (aloof && chance(3)) {
            prompt.noStore();
        }
        if (pinned && chance(3)) {
            prompt.account(accounts.get(lot.nextInt(accounts.size())).id());
        }
        // Never at the moment of a deadline: what goes first is a matter of chance then.
        Optional<Duration> patience = rough && chance(5)
                ? Optional.of(Duration.ofMillis(lot.nextInt(5_000)).plusNanos(1))
                : Optional.empty();
        return new Ask(id, after, delay, prompt.build(), patience, streaming && chance(2));
    }

    private String text(int question) {
        return "question " + question + (isBig(question) ? " in detail".repeat(300) : "");
    }

    private boolean isBig(int question) {
        return bigOnes && question % 7 == 3;
    }

    private boolean chance(int of) {
        return lot.nextInt(of) == 0;
    }
}
