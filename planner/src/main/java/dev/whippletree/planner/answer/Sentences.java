package dev.whippletree.planner.answer;

import dev.whippletree.planner.AccountGroup;
import dev.whippletree.planner.AccountPool;
import dev.whippletree.planner.CapacityPlan;
import dev.whippletree.planner.CapacityPlan.Fewest;
import dev.whippletree.planner.CapacityPlan.SizePlan;
import dev.whippletree.planner.Outcome;
import dev.whippletree.planner.Outcome.Cause;
import dev.whippletree.planner.Outcome.CreditUse;
import dev.whippletree.planner.Outcome.Minute;
import dev.whippletree.planner.PlanRequest;
import dev.whippletree.planner.PromptList;
import dev.whippletree.planner.Verdict;
import dev.whippletree.terminal.board.Words;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The sentences that all formats of a plan share. */
public final class Sentences {

    private Sentences() {}

    /** Returns a verdict in one word: yes, tight, unknown, depends or no. */
    public static String word(Verdict verdict) {
        return switch (verdict) {
            case HOLDS -> "yes";
            case TIGHT -> "tight";
            case UNKNOWN -> "unknown";
            case DEPENDS -> "depends";
            case DOES_NOT_HOLD -> "no";
        };
    }

    public static Verdict worst(CapacityPlan plan) {
        return plan.sizes().stream()
                .map(size -> size.asIs().verdict())
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    /** Returns the answer to all that was asked, with all that it depends on. */
    public static String headline(CapacityPlan plan) {
        String within = " " + plan.conditions();
        if (plan.sizes().size() == 1) {
            SizePlan size = plan.sizes().get(0);
            String all = sizeWithPrompts(plan, size);
            Outcome outcome = size.asIs();
            return switch (outcome.verdict()) {
                case HOLDS -> "Yes, " + all + " will be answered" + within + wait(plan, outcome, "; %s") + ".";
                case TIGHT ->
                    "Tight: " + all + " will be answered" + within + ", with little to spare"
                            + wait(plan, outcome, "; %s") + ".";
                case UNKNOWN -> "Unknown: " + unknown(plan, size);
                case DEPENDS -> {
                    Outcome.Otherwise other = outcome.otherwise().orElseThrow();
                    yield "It depends: " + word(other.outcome().verdict()) + " if " + other.gradually()
                            + wait(plan, other.outcome(), " (%s)") + ", no if " + other.byWindow() + "; that is for "
                            + all + within + ".";
                }
                case DOES_NOT_HOLD ->
                    outcome.unanswered() > 0
                            ? "No, not all of " + all + " will be answered" + within + "."
                            : "No, " + all + " will be answered" + within + ", but some prompts wait too long.";
            };
        }
        List<String> parts = new ArrayList<>();
        for (Verdict verdict : Verdict.values()) {
            String answer = verdict == Verdict.DEPENDS ? "it depends" : word(verdict);
            part(plan, verdict).ifPresent(sizes -> parts.add(answer + " for " + sizes));
        }
        String text = String.join("; ", parts);
        return sentence(text + " interviews" + within);
    }

    /** Returns how long a prompt waits at worst, if nobody said how long it may. */
    private static String wait(CapacityPlan plan, Outcome outcome, String form) {
        return outcome.waited()
                .map(Outcome.Times::worst)
                .filter(worst -> plan.request().longestWait().isEmpty() && worst.toSeconds() > 0)
                .map(worst -> form.formatted("longest wait " + Words.duration(worst)))
                .orElse("");
    }

    private static String sizeWithPrompts(CapacityPlan plan, SizePlan size) {
        long prompts = size.asIs().prompts();
        String text = size(plan, size);
        return prompts == size.interviews() ? text : text + " (" + Words.count(prompts, "prompt") + ")";
    }

    /** Returns how many interviews, conversations or prompts a size is. */
    public static String size(CapacityPlan plan, SizePlan size) {
        return Words.count(size.interviews(), plan.request().workload().unit());
    }

    private static String unknown(CapacityPlan plan, SizePlan size) {
        return size.asIs().reason() + ". " + whatToTry(plan.request().pool());
    }

    /** If no account has a limit, suggest --accounts; else suggest the configuration. */
    private static String whatToTry(AccountPool pool) {
        if (pool.groups().stream().noneMatch(AccountGroup::isUnknown)) {
            return pool.groups().stream().anyMatch(group -> group.credit().isPresent())
                    ? "Name a price list with --prices."
                    : "Plan for fewer interviews, which can be simulated.";
        }
        if (!pool.groups().stream().allMatch(AccountGroup::isUnknown)) {
            return "Declare limits in the configuration, such as limits: [1000 requests / 1h].";
        }
        return pool.groups().stream()
                .map(group -> PlanRequest.GROQ_FREE.startsWith(group.service() + ":1x")
                        ? PlanRequest.GROQ_FREE.replaceFirst(":1x", ":" + group.count() + "x")
                        : group.service() + ":" + group.count() + "x1000/h")
                .collect(Collectors.joining(",", "Try --accounts ", ""));
    }

    private static Optional<String> part(CapacityPlan plan, Verdict verdict) {
        List<String> sizes = plan.sizes().stream()
                .filter(size -> size.asIs().verdict() == verdict)
                .map(SizePlan::interviews)
                .map(Words::count)
                .toList();
        if (sizes.isEmpty()) {
            return Optional.empty();
        }
        String last = sizes.get(sizes.size() - 1);
        return Optional.of(
                sizes.size() == 1 ? last : String.join(", ", sizes.subList(0, sizes.size() - 1)) + " and " + last);
    }

    /** Returns a text as a sentence: with a capital letter, and a full stop if it has none. */
    public static String sentence(String text) {
        String whole = text.endsWith(".") ? text : text + ".";
        return whole.substring(0, 1).toUpperCase(Locale.ROOT) + whole.substring(1);
    }

    /**
     * Returns why a size holds or doesn't, and what holds prompts back; or what isn't known, unless the headline says
     * it.
     */
    public static List<String> reasons(CapacityPlan plan, SizePlan size) {
        Outcome outcome = size.asIs();
        if (outcome.verdict() == Verdict.UNKNOWN) {
            return plan.sizes().size() == 1 ? List.of() : List.of(unknown(plan, size));
        }
        List<String> reasons = new ArrayList<>();
        outcome.otherwise().ifPresent(other -> {
            reasons.add(
                    sentence("If " + other.gradually() + ", " + other.outcome().reason()));
            reasons.add("If " + other.byWindow() + ", " + sentence(outcome.reason()));
        });
        if (reasons.isEmpty()) {
            reasons.add(sentence(outcome.reason()));
        }
        reasons.add(binding(outcome));
        plan.request()
                .workload()
                .prompts()
                .flatMap(PromptList::start)
                .filter(start -> outcome.simulated())
                .ifPresent(start -> reasons.add(waits(start, outcome.timeline())));
        return reasons;
    }

    /** Returns when prompts of a trace would have waited; of minutes, what was answered in them is known. */
    private static String waits(Instant start, List<Minute> minutes) {
        List<Minute> waiting = minutes.stream()
                .filter(minute -> minute.worstWaited().toSeconds() > 0)
                .toList();
        if (waiting.isEmpty()) {
            return "No prompt would have waited for a second.";
        }
        Minute worst = Collections.max(waiting, Comparator.comparing(Minute::worstWaited));
        return "Answers would have been late by a second or more in " + Words.count(waiting.size()) + " of "
                + Words.count(minutes.size(), "minute") + ", first at " + at(start, waiting.get(0)) + ", most at "
                + at(start, worst) + ", after a wait of " + Words.duration(worst.worstWaited()) + ".";
    }

    private static Instant at(Instant start, Minute minute) {
        return start.plus(minute.number() - 1L, ChronoUnit.MINUTES).truncatedTo(ChronoUnit.SECONDS);
    }

    private static String binding(Outcome outcome) {
        boolean nothing = outcome.binding().cause() == Cause.NOTHING;
        return sentence((nothing ? "Nothing binds: " : "What binds: ")
                + outcome.binding().text());
    }

    /**
     * Returns where the answers of the first minute came from, while hardly any had been cached; empty if it wasn't
     * simulated.
     */
    public static Optional<String> firstMinute(Outcome outcome) {
        return outcome.timeline().stream()
                .findFirst()
                .map(minute -> "In minute 1, "
                        + Words.count(minute.answered(), "prompt")
                        + (minute.answered() == 1 ? " was" : " were") + " answered: "
                        + Words.count(minute.answered() - minute.joined() - minute.fromCache())
                        + " by calls of their own, "
                        + Words.count(minute.joined()) + " by calls under way for equal ones, "
                        + Words.count(minute.fromCache()) + " from the cache.");
    }

    /**
     * Returns the size that is worth a closer look: the smallest that doesn't hold, else the smallest unknown one, else
     * the largest.
     */
    public static SizePlan closest(CapacityPlan plan) {
        return smallest(plan, Verdict.DOES_NOT_HOLD)
                .or(() -> smallest(plan, Verdict.DEPENDS))
                .or(() -> smallest(plan, Verdict.UNKNOWN))
                .orElseGet(() -> plan.sizes().stream()
                        .max(Comparator.comparingInt(SizePlan::interviews))
                        .orElseThrow());
    }

    private static Optional<SizePlan> smallest(CapacityPlan plan, Verdict verdict) {
        return plan.sizes().stream()
                .filter(size -> size.asIs().verdict() == verdict)
                .min(Comparator.comparingInt(SizePlan::interviews));
    }

    /**
     * Returns a share as a percentage, rounded to one decimal; only the whole is ever {@code 100.0 %}.
     *
     * @param share 0.85 for 85 %, above 1 for more than the whole; infinite, a share of nothing, is a dash
     */
    public static String percent(double share) {
        return Double.isInfinite(share) ? "–" : Words.percent(share);
    }

    /** Returns the used share of the calls that the accounts allow, or a dash if that is unknown. */
    public static String load(Outcome outcome) {
        return outcome.load() == 0 ? "–" : percent(outcome.load());
    }

    /** Returns how few accounts of each kind would do: {@code 4, at 85.0 %}, or why there is no number. */
    public static List<String> fewest(SizePlan size) {
        boolean several = size.fewest().stream().map(Fewest::kind).distinct().count() > 1;
        return size.fewest().stream()
                .map(fewest -> fewest.kind() + (several ? " beside the others: " : ": ") + number(fewest))
                .toList();
    }

    private static String number(Fewest fewest) {
        if (fewest.count().isEmpty()) {
            return fewest.reason();
        }
        String count = (fewest.simulated() ? "" : "at least ")
                + Words.count(fewest.count().getAsInt()) + ", at " + percent(fewest.load());
        boolean tight = !fewest.comfortable().equals(fewest.count());
        String more = tight && fewest.comfortable().isPresent()
                ? ", which is tight; " + Words.count(fewest.comfortable().getAsInt()) + " leave room"
                : "";
        String how = fewest.simulated() ? "" : " (by arithmetic alone)";
        String reason = fewest.reason().isEmpty() ? "" : "; " + fewest.reason();
        return count + more + how + reason;
    }

    /** Returns what becomes of each credit in a run; one sentence for all credits of which the same can be said. */
    public static List<String> credits(Outcome outcome) {
        Map<String, List<String>> whose = new LinkedHashMap<>();
        for (CreditUse use : outcome.credits()) {
            whose.computeIfAbsent(use.credit() + ": " + outlook(use), text -> new ArrayList<>())
                    .add(use.organization());
        }
        return whose.entrySet().stream()
                .map(entry -> names(entry.getValue()) + " may spend " + entry.getKey())
                .toList();
    }

    private static String outlook(CreditUse use) {
        if (use.share().isEmpty()) {
            return "when it runs out isn't known without a price in its currency.";
        }
        return use.runsOutInMinute().isPresent()
                ? "it runs out in minute " + use.runsOutInMinute().getAsInt() + "."
                : "a run takes " + percent(use.share().get()) + " of it.";
    }

    private static String names(List<String> organizations) {
        String first = organizations.get(0);
        return switch (organizations.size()) {
            case 1 -> first;
            case 2 -> "Each of " + first + " and " + organizations.get(1);
            default -> "Each of " + first + " to " + organizations.get(organizations.size() - 1);
        };
    }
}
