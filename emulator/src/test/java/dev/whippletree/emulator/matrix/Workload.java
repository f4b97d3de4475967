package dev.whippletree.emulator.matrix;

import dev.whippletree.emulator.model.AnswerLength;
import dev.whippletree.emulator.model.ChatMessage;
import dev.whippletree.emulator.model.ChatRequest;
import dev.whippletree.emulator.model.Counting;
import dev.whippletree.emulator.model.Dice;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.Outcome;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.emulator.simulation.SimulatedAccount;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Prompt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is asked in a cell, of limits of which amount, for how long; all follows from the cell. Confined to one thread.
 *
 * <p>The limits allow between 0.4 and 0.6 of what the callers could ask in a window if nothing were limited, so that
 * they bind, but no more than 100 calls a window altogether, so that a cell costs little. A limit of tokens allows 20
 * calls at least; where the callers can't ask as much, they are the limit, of the bound as well.
 *
 * <p>The same call of a cell takes as long whoever schedules it, which follows from its number. All calls have equally
 * many tokens: nobody can know for certain how long an answer will be, and what that costs isn't a matter of how limits
 * are counted.
 */
final class Workload {

    /** A little more than an answer has. */
    private static final int MOST_ANSWER_TOKENS = 70;

    private static final AnswerLength ANSWERS = AnswerLength.about(60);
    private static final int PROMPT_CHARACTERS = 240;

    private static final int MOST_CALLS_PER_WINDOW = 100;
    private static final int LEAST_CALLS_OF_TOKENS = 20;
    private static final double LEAST_SHARE = 0.4;
    private static final double SHARE_SPAN = 0.2;

    private static final int LEAST_WINDOWS = 8;
    private static final int LEAST_CALLS = 300;
    private static final int WARM_UP_WINDOWS = 2;
    private static final int WARM_UP_WINDOWS_UNTOLD = 16;
    private static final int WARM_UP_LATENCIES = 10;

    /** After so many answers the engine knows how many tokens prompts and answers have. */
    private static final int WARM_UP_ANSWERS = 100;

    /** How long a request is on its way to the service. */
    private static final long LEAST_TRANSIT_NANOS = 1_000_000;

    private static final long TRANSIT_SPAN_NANOS = 9_000_000;

    private static final long CALLS_APART = 1_000_003;

    private final Cell cell;
    private final long seed;
    private final long amount;
    private final double phase;
    private final long tokensOfOne;
    private final List<Call> calls = new ArrayList<>();
    private final EmulatedService twin;

    /**
     * One call.
     *
     * @param number which, from 0
     * @param text what is asked; starts with the number
     * @param transitNanos from sending to arriving
     * @param latencyNanos from arriving to the answer
     * @param tokens what the service counts; 0 where no tokens are limited
     */
    record Call(int number, String text, long transitNanos, long latencyNanos, long tokens) {

        /** Returns the number of the call that asks a text. */
        static int numberOf(String text) {
            return Integer.parseInt(text.substring(0, text.indexOf(' ')));
        }
    }

    Workload(Cell cell) {
        this.cell = cell;
        this.seed = cell.toString().hashCode();
        Dice dice = new Dice(seed);
        double share = LEAST_SHARE + SHARE_SPAN * dice.nextDouble();
        this.phase = dice.nextDouble();
        double possible = cell.width()
                * (double) cell.window().toNanos()
                / cell.delay().mean().toNanos();
        long all = (long) Math.min(MOST_CALLS_PER_WINDOW, possible * share);
        this.amount = Math.max(cell.unit().tokens() ? LEAST_CALLS_OF_TOKENS : 1, all / cell.accounts());
        this.twin = new EmulatedService(
                ServiceSettings.builder(ServiceKind.OPENAI)
                        .answerLength(ANSWERS)
                        .account("twin", "twin")
                        .build(),
                0);
        this.tokensOfOne = cell.unit().tokens() ? tokens(text(0)) : 0;
    }

    Cell cell() {
        return cell;
    }

    /** Returns the limits of each account. */
    List<Limit> limits() {
        List<Limit> limits = new ArrayList<>();
        if (cell.unit().requests()) {
            limits.add(Limit.requests(amount, cell.window()));
        }
        if (cell.unit().tokens()) {
            // Half a call more, lest an estimate that is wrong by one token decides about a whole call.
            limits.add(Limit.tokens(amount * tokensOfOne + tokensOfOne / 2, cell.window()));
        }
        return limits;
    }

    /** Returns the limits as the service has them. */
    ServiceLimit[] serviceLimits() {
        Counting counting = cell.service().counting();
        return limits().stream()
                .map(limit -> new ServiceLimit(limit, counting, false))
                .toArray(ServiceLimit[]::new);
    }

    /** Returns how many calls the accounts allow in a window. */
    long callsPerWindow() {
        return amount * cell.accounts();
    }

    AnswerLength answers() {
        return ANSWERS;
    }

    /** Returns when the first call is asked: somewhere in a window by the clock. */
    Duration start() {
        return Duration.ofNanos((long) (cell.window().toNanos() * phase));
    }

    /** Returns the time after the start in which uses are measured. */
    Span span() {
        long windowNanos = cell.window().toNanos();
        boolean told = cell.knowledge() != Cell.Knowledge.NEITHER;
        long counted = cell.unit().tokens() ? WARM_UP_ANSWERS / (amount * cell.accounts()) : 0;
        long settled = Math.max(
                windowNanos * (counted + (told ? WARM_UP_WINDOWS : WARM_UP_WINDOWS_UNTOLD)),
                cell.delay().mean().toNanos() * WARM_UP_LATENCIES);
        long windows = Math.max(LEAST_WINDOWS, LEAST_CALLS / (amount * cell.accounts()));
        long from = start().toNanos() + settled;
        return new Span(from, from + windows * windowNanos);
    }

    /**
     * Returns as when a use counts. By the clock it doesn't matter where in its window a use is: windows that are used
     * late, followed by windows that are used early, would else seem to hold more than they can. Who holds uses goes by
     * no windows.
     */
    private long countedAs(long atNanos) {
        long windowNanos = cell.window().toNanos();
        return cell.service() == Cell.Service.CLOCK && !cell.isHeld()
                ? atNanos / windowNanos * windowNanos + windowNanos / 2
                : atNanos;
    }

    /** Returns a sum of which nothing is used. */
    Used unused() {
        return new Used(span(), this::countedAs);
    }

    /** Returns what the clairvoyant has to schedule. */
    Clairvoyant.Task task() {
        return new Clairvoyant.Task(
                limits(), cell.accounts(), cell.width(), start().toNanos(), span().toNanos(), this::call);
    }

    /** Returns a call; the same each time. */
    Call call(int number) {
        while (calls.size() <= number) {
            calls.add(draw(calls.size()));
        }
        return calls.get(number);
    }

    private Call draw(int number) {
        Dice dice = new Dice(seed * CALLS_APART + number);
        long transit = LEAST_TRANSIT_NANOS + dice.nextLong(TRANSIT_SPAN_NANOS);
        long latency = cell.delay().drawNanos(dice);
        return new Call(number, text(number), transit, latency, tokensOfOne);
    }

    /** All are of one length. */
    private static String text(int number) {
        String start = number + " ";
        return start + "?".repeat(PROMPT_CHARACTERS - start.length());
    }

    /** Returns the prompt that asks a call. */
    static Prompt prompt(Call call) {
        return Prompt.builder().user(call.text()).maxTokens(MOST_ANSWER_TOKENS).build();
    }

    /** Asks a service without limits: how many tokens an answer has is no secret to who knows everything. */
    private long tokens(String text) {
        ChatRequest request = new ChatRequest(
                SimulatedAccount.MODEL,
                ChatMessage.of(Prompt.of(text).messages()),
                OptionalLong.of(MOST_ANSWER_TOKENS),
                false,
                false,
                Map.of());
        if (twin.receive(Optional.of("twin"), request, 0) instanceof Outcome.Answered answered) {
            return answered.answer().promptTokens() + answered.answer().completionTokens();
        }
        throw new IllegalStateException("a service without limits refuses");
    }
}
