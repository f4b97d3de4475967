package dev.whippletree.planner;

import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.model.Credit;
import dev.whippletree.model.Limit;
import dev.whippletree.model.TokenPrice;
import dev.whippletree.model.TokenUsage;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.ToLongFunction;

/** Computes how many calls accounts allow at most; a simulation may make fewer. Immutable. */
record Allowance(PlanRequest request) {

    static final long UNLIMITED = Long.MAX_VALUE;

    /** The rounding error of a share times an amount, at most. */
    private static final double ROUNDING = 1e-6;

    private static final BigDecimal MOST_CALLS = BigDecimal.valueOf(Integer.MAX_VALUE);

    /** Returns how much of a limit one call uses. */
    long perCall(String service, Limit.Unit unit) {
        return switch (unit) {
            case REQUESTS -> 1;
            case TOKENS -> request.workload().promptTokens() + countedOfAnswer(service);
            case INPUT_TOKENS -> request.workload().promptTokens();
            case OUTPUT_TOKENS -> countedOfAnswer(service);
        };
    }

    /** Groq counts the answer's maximum, other services its length. */
    private long countedOfAnswer(String service) {
        Workload workload = request.workload();
        boolean inAdvance = CountedLimit.kind(service) == ServiceKind.GROQ;
        return inAdvance ? workload.bound() : workload.answered();
    }

    /**
     * Returns how many tokens of whole calls an organization's credit pays for; absent if it has none, if the price
     * isn't known in its currency, or if a call costs nothing.
     */
    OptionalLong creditTokens(AccountGroup group) {
        return group.credit().flatMap(credit -> callsOf(credit, group)).stream()
                .mapToLong(calls -> saturatedProduct(calls, tokensOfACall()))
                .findFirst();
    }

    private Optional<Long> callsOf(Credit credit, AccountGroup group) {
        TokenUsage call = TokenUsage.of(
                request.workload().promptTokens(), request.workload().answered());
        return price(credit, group)
                .map(price -> price.cost(call))
                .filter(cost -> cost.signum() > 0)
                .map(cost -> credit.amount()
                        .divideToIntegralValue(cost)
                        .min(MOST_CALLS)
                        .longValue());
    }

    private Optional<TokenPrice> price(Credit credit, AccountGroup group) {
        return request.prices()
                .flatMap(list ->
                        list.of(group.service(), CountedLimit.models(group).get(0)))
                .filter(price -> price.currency().equals(credit.currency()));
    }

    /**
     * Returns the missing price without which a credit's end is unknown; empty if the price is known or there is no
     * credit.
     */
    Optional<String> missingPrice(AccountGroup group) {
        return group.credit()
                .filter(credit -> price(credit, group).isEmpty())
                .map(credit -> "a price of " + group.service() + ", model "
                        + CountedLimit.models(group).get(0) + ", in " + credit.currency());
    }

    /** Returns the calls that one organization allows within the horizon. */
    long calls(AccountGroup group) {
        boolean areEqual = request.workload().prompts().isEmpty();
        long calls = fewest(group, limit -> {
            long perCall = perCall(group.service(), limit.limit().unit());
            long left = left(limit.limit().amount(), perCall);
            return areEqual
                    ? limit.calls(request.horizon(), left, perCall)
                    : limit.allowed(request.horizon(), left) / perCall;
        });
        OptionalLong credit = creditTokens(group);
        return credit.isEmpty() ? calls : Math.min(calls, credit.getAsLong() / tokensOfACall());
    }

    /** Returns what the limits of single models allow together, or those of all models if they allow less. */
    private static long fewest(AccountGroup group, ToLongFunction<CountedLimit> calls) {
        long ofModels = 0;
        for (String model : CountedLimit.models(group)) {
            ofModels = saturatedSum(ofModels, fewest(group, Optional.of(model), calls));
        }
        return Math.min(ofModels, fewest(group, Optional.empty(), calls));
    }

    private static long fewest(AccountGroup group, Optional<String> model, ToLongFunction<CountedLimit> calls) {
        return CountedLimit.of(group).stream()
                .filter(limit -> limit.model().equals(model))
                .mapToLong(calls)
                .min()
                .orElse(UNLIMITED);
    }

    /** Returns the amount reserved for others, but never so much that not even one call fits. */
    long left(long amount, long perCall) {
        long left = (long) Math.ceil(request.pool().route().leave() * amount - ROUNDING);
        return Math.max(0, Math.min(left, amount - perCall));
    }

    /** Returns the calls that all accounts of a pool allow within the horizon. */
    long calls(AccountPool pool) {
        long calls = 0;
        for (AccountGroup group : pool.groups()) {
            calls = saturatedSum(calls, saturatedProduct(calls(group), group.count()));
        }
        return calls;
    }

    /** Returns how many calls one organization admits at once; 0 if a single call never fits. */
    long atOnce(AccountGroup group) {
        return fewest(
                group,
                limit -> limit.limit().amount()
                        / perCall(group.service(), limit.limit().unit()));
    }

    /** Returns the tokens that one call uses and its account pays for. */
    long tokensOfACall() {
        return (long) request.workload().promptTokens() + request.workload().answered();
    }

    /**
     * Returns calls that are needed by calls that are allowed: 0.85 for 85 %, 0 if nothing is limited, infinite if none
     * is allowed.
     */
    double load(long needed, AccountPool pool) {
        long allowed = calls(pool);
        return allowed == UNLIMITED ? 0 : (double) needed / allowed;
    }

    private static long saturatedSum(long left, long right) {
        return right > UNLIMITED - left ? UNLIMITED : left + right;
    }

    private static long saturatedProduct(long left, long right) {
        return Math.multiplyHigh(left, right) == 0 && left * right >= 0 ? left * right : UNLIMITED;
    }
}
