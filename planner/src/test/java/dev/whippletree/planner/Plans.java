package dev.whippletree.planner;

import dev.whippletree.config.PriceList;
import dev.whippletree.model.TokenPrice;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.planner.CapacityPlan.Advice;
import dev.whippletree.planner.CapacityPlan.Change;
import dev.whippletree.planner.CapacityPlan.Fewest;
import dev.whippletree.planner.CapacityPlan.SizePlan;
import dev.whippletree.planner.Outcome.AccountUse;
import dev.whippletree.planner.Outcome.Binding;
import dev.whippletree.planner.Outcome.Cause;
import dev.whippletree.planner.Outcome.CreditUse;
import dev.whippletree.planner.Outcome.LimitUse;
import dev.whippletree.planner.Outcome.Minute;
import dev.whippletree.planner.Outcome.Times;
import dev.whippletree.planner.Outcome.Tokens;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Plans written by hand, to be printed: the numbers are made up. */
public final class Plans {

    public static final String MODEL = "openai/gpt-oss-20b";
    public static final LocalDate AS_OF = LocalDate.of(2026, 11, 1);

    private Plans() {}

    /** One size that holds, on two accounts, the first of this name. */
    public static CapacityPlan holding(String account) {
        AccountPool pool = AccountPool.parse("huggingface:2x1000/h+0.10usd/month");
        PlanRequest request = PlanRequest.of(List.of(500), pool);
        Outcome outcome = holds(account);
        Outcome lost = doesNotHold(account);
        return new CapacityPlan(
                request,
                List.of("80 % of the prompts repeat another one, at every size.", "All interviews start at once."),
                List.of(new SizePlan(
                        500,
                        outcome,
                        List.of(fewest(2, Verdict.HOLDS, 0.85)),
                        List.of(
                                new Advice(Change.AS_IS, "as it is", "", outcome),
                                new Advice(
                                        Change.ONE_MORE,
                                        "one more account of huggingface",
                                        "one like the others",
                                        outcome),
                                new Advice(Change.ONE_LOST, "any one account lost", "", lost)))));
    }

    /** A size that holds and one that doesn't. */
    public static CapacityPlan several() {
        CapacityPlan one = holding("huggingface-1");
        SizePlan large = new SizePlan(
                1000, doesNotHold("huggingface-1"), List.of(fewest(4, Verdict.TIGHT, 0.927), none()), List.of());
        return new CapacityPlan(
                PlanRequest.of(List.of(500, 1000), one.request().pool()),
                one.assumptions(),
                List.of(one.sizes().get(0), large));
    }

    /** Prices of the model that is asked. */
    public static PriceList prices() {
        return new PriceList(
                "prices.yaml",
                AS_OF,
                90,
                "usd",
                List.of(new TokenPrice(
                        "huggingface", MODEL, new BigDecimal("0.10"), new BigDecimal("0.50"), "usd", AS_OF)));
    }

    static Outcome holds(String account) {
        return outcome(account, Verdict.HOLDS, 0.85, 8500, 850);
    }

    static Outcome doesNotHold(String account) {
        return outcome(account, Verdict.DOES_NOT_HOLD, 1.7, 5000, 1000);
    }

    private static Outcome outcome(String account, Verdict verdict, double load, long answered, long calls) {
        List<AccountUse> accounts = List.of(
                new AccountUse(account, "huggingface", "huggingface-1", calls, calls / 1000.0),
                new AccountUse("huggingface-2", "huggingface", "huggingface-2", calls, calls / 1000.0));
        List<LimitUse> limits = List.of(
                new LimitUse("huggingface-1", "1000 requests / 1h", calls, 1000, calls / 1000.0),
                new LimitUse("huggingface-2", "1000 requests / 1h", calls, 1000, calls / 1000.0));
        return new Outcome(
                verdict,
                true,
                "85.0 % of what the accounts allow is used.",
                load,
                8500,
                answered,
                0,
                1700,
                2 * calls,
                answered - 2 * calls - 300,
                300,
                0,
                Optional.of(times(1)),
                Optional.of(times(0)),
                Optional.of(Duration.ofSeconds(372)),
                accounts,
                limits,
                new Binding(Cause.LIMIT, "1000 requests / 1h of each account"),
                List.of(new Tokens("huggingface", MODEL, TokenUsage.of(2 * calls * 300, 2 * calls * 200))),
                List.of(
                        new CreditUse("huggingface-1", "0.10 usd / month", Optional.of(1.0), OptionalInt.of(6)),
                        new CreditUse("huggingface-2", "0.10 usd / month", Optional.of(1.0), OptionalInt.of(6)),
                        new CreditUse("huggingface-3", "5 usd / month", Optional.of(0.25), OptionalInt.empty()),
                        new CreditUse("huggingface-4", "5 eur / month", Optional.empty(), OptionalInt.empty())),
                timeline(calls),
                List.of(),
                Optional.empty());
    }

    private static Times times(int plusSeconds) {
        return new Times(
                Duration.ofMillis(1200L * plusSeconds),
                Duration.ofSeconds(2L + plusSeconds),
                Duration.ofSeconds(64L + plusSeconds));
    }

    private static List<Minute> timeline(long calls) {
        List<Minute> minutes = new ArrayList<>();
        long left = calls;
        for (int number = 1; number <= 17; number++) {
            long made = number == 17 ? left : left / 3;
            left -= made;
            minutes.add(new Minute(
                    number,
                    500,
                    490,
                    Math.max(0, 470 - 2 * made),
                    20,
                    2 * made,
                    List.of(made, made),
                    List.of((calls - left) / 1000.0, (calls - left) / 1000.0),
                    10L * (18 - number),
                    Duration.ofMillis(100L * (18 - number)),
                    Duration.ofSeconds(4L * (18 - number))));
        }
        return minutes;
    }

    private static Fewest fewest(int count, Verdict verdict, double load) {
        return new Fewest(
                "huggingface (1000 requests / 1h)",
                "huggingface",
                2,
                OptionalInt.of(count),
                Optional.of(verdict),
                load,
                OptionalInt.of(verdict == Verdict.TIGHT ? count + 1 : count),
                true,
                "");
    }

    private static Fewest none() {
        return new Fewest(
                "groq (30 requests / 1m)",
                "groq",
                0,
                OptionalInt.empty(),
                Optional.empty(),
                0,
                OptionalInt.empty(),
                false,
                "no number of them would do");
    }
}
