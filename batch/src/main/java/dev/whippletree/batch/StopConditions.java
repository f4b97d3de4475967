package dev.whippletree.batch;

import dev.whippletree.Whippletree;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.status.Bill;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;

/** Applies the {@link StopRules} to the run so far. Confined to the run. */
final class StopConditions {

    private final Whippletree whippletree;
    private final StopRules rules;
    private long callsBefore;
    private Optional<BigDecimal> costBefore = Optional.of(BigDecimal.ZERO);
    private StatusSnapshot status;
    private String lastKind = "";
    private String lastMessage = "";
    private int failuresInARow;
    private long unfinished;
    private long withoutCall;
    private long endedThen;

    StopConditions(Whippletree whippletree, StopRules rules) {
        this.whippletree = whippletree;
        this.rules = rules;
        this.status = whippletree.status();
    }

    /** Counts calls, and what they cost, from now on. */
    void begin() {
        status = whippletree.status();
        callsBefore = status.calls();
        costBefore = cost();
    }

    void ended(BatchResult result) {
        if (result instanceof BatchResult.Failed failed) {
            if (failed.kind().equals(BatchResult.Failed.BEFORE_FAILED)) {
                return;
            }
            failuresInARow = failed.kind().equals(lastKind) ? failuresInARow + 1 : 1;
            lastKind = failed.kind();
            lastMessage = failed.message();
        } else {
            failuresInARow = 0;
            lastKind = "";
        }
    }

    /**
     * Reads the engine's status. Until the next look, every call of an item under way counts as one that may still be
     * made and cost something.
     *
     * @param underWay how many calls the items need at most that are being asked
     * @param ended how many those needed at most that have ended
     */
    void look(long underWay, long ended) {
        status = whippletree.status();
        unfinished = underWay;
        withoutCall = Math.max(0, underWay - status.inFlight());
        endedThen = ended;
    }

    StatusSnapshot status() {
        return status;
    }

    /** An item that needs so many calls is being asked, and wasn't when the engine was looked at. */
    void begun(int calls) {
        unfinished += calls;
        withoutCall += calls;
    }

    long calls() {
        return status.calls() - callsBefore;
    }

    /** Returns what this run has cost; empty if that isn't known. */
    Optional<BigDecimal> cost() {
        if (status.calls() == 0) {
            return Optional.of(BigDecimal.ZERO);
        }
        return bill(status).cost().flatMap(now -> costBefore.map(now::subtract));
    }

    private Bill bill(StatusSnapshot at) {
        return Bill.of(
                at,
                whippletree.configuration().accounts(),
                rules.prices(),
                LocalDate.ofInstant(at.at(), ZoneOffset.UTC));
    }

    /** Returns why no further item may begin, if that is for good. */
    Optional<String> reason() {
        if (failuresInARow >= rules.failuresInARow()) {
            return Optional.of(
                    failuresInARow + " prompts in a row failed in the same way; the last one: " + lastMessage);
        }
        if (rules.maxCalls().isPresent() && calls() >= rules.maxCalls().getAsLong()) {
            return Optional.of("it has made as many calls as it may make: "
                    + rules.maxCalls().getAsLong());
        }
        if (rules.maxCost().isPresent() && calls() > 0) {
            Optional<BigDecimal> cost = cost();
            if (cost.isEmpty() && status.tokens().total() > 0) {
                return Optional.of("its cost isn't known: the price list lacks "
                        + bill(status).items().stream()
                                .filter(item -> item.cost().isEmpty())
                                .map(item -> item.model() + " (account " + item.account() + ")")
                                .findFirst()
                                .orElse("a price"));
            }
            if (cost.filter(spent -> spent.compareTo(rules.maxCost().get()) >= 0)
                    .isPresent()) {
                return Optional.of("it has reached its cost limit of "
                        + rules.maxCost().get().toPlainString());
            }
        }
        return Optional.empty();
    }

    /** Returns whether an item that needs so many calls may begin now. */
    boolean allow(int calls) {
        return calls <= callsLeft()
                && (rules.maxCost().isEmpty() || fits(calls, rules.maxCost().get()));
    }

    /** Returns how many calls may be made besides those of the items under way. */
    private long callsLeft() {
        return rules.maxCalls().orElse(Long.MAX_VALUE) - calls() - withoutCall;
    }

    /** Returns why an item that needs so many calls may not begin, if nothing is under way. */
    String refusal(int calls) {
        return reason().orElseGet(() -> {
            if (calls <= callsLeft()) {
                return "another prompt might exceed the cost limit";
            }
            long most = rules.maxCalls().orElseThrow();
            return "the next prompt may need " + calls + " calls, and it may make only "
                    + (calls > most ? most + ": allow " + calls + " or more" : callsLeft() + " more");
        });
    }

    /** Until the first answers tell what a call costs, a few are made. */
    private boolean fits(int calls, BigDecimal most) {
        BigDecimal spent = cost().orElse(BigDecimal.ZERO);
        if (endedThen == 0 || spent.signum() == 0) {
            return unfinished < rules.failuresInARow();
        }
        BigDecimal each = spent.divide(BigDecimal.valueOf(endedThen), MathContext.DECIMAL32);
        return spent.add(each.multiply(BigDecimal.valueOf(unfinished + calls))).compareTo(most) <= 0;
    }
}
