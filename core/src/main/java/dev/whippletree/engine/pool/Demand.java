package dev.whippletree.engine.pool;

import dev.whippletree.engine.run.PluginFaults;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.TokenCount;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.Admission.Counting;
import dev.whippletree.spi.ProviderClient;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A prompt's demand on each target of its route, estimated by the providers and from earlier answers. Immutable: a
 * flight's demand determines its place in the waiting line, so a flight gets a new one only while it isn't in the
 * line.
 *
 * <p>On most routes, the accounts are of one kind and all ask the same. So demands are kept by kind; single targets
 * have one of their own only if a limit is too small for what others of their kind have reserved.
 */
public final class Demand {

    public static final Demand NONE = new Demand(List.of(), Map.of(), Totals.NOTHING, false);

    /** No model takes or makes a thousandth of that. */
    private static final long MOST_TOKENS = 1_000_000_000_000L;

    private final List<Ask> asks;
    private final Map<Target, TokenCount> reservedLess;
    private final Totals totals;

    /** Whether to reserve the most that the prompt can use. */
    private final boolean atMost;

    /**
     * What the prompt needs on targets of one kind.
     *
     * @param like one of them
     * @param admission the provider's estimate of what the service counts
     * @param refusal why they can't take the prompt at all, if they can't
     * @param needed the least tokens that a limit must allow
     * @param tokens what is reserved where limits allow it, {@code needed} or more
     * @param mean what is counted in the end, on average
     */
    private record Ask(
            Target like,
            Admission admission,
            Optional<String> refusal,
            TokenCount needed,
            TokenCount tokens,
            TokenCount mean) {

        boolean isFor(Target target) {
            return like.kind().equals(target.kind());
        }

        /** A prompt whose completion may exceed a limit is still tried, alone. */
        TokenCount tokensOn(Target target) {
            return target.canEverFit(tokens)
                    ? tokens
                    : target.mostTokensAtOnce().most(tokens, needed);
        }
    }

    /**
     * What the prompt needs on all targets that can take it.
     *
     * @param most the most tokens to reserve on any
     * @param mean what is finally counted on average, on the target where that is most
     * @param alike whether the same is reserved on each
     * @param fewestNeeded the least tokens without which no target can take the prompt
     */
    private record Totals(TokenCount most, TokenCount mean, boolean alike, TokenCount fewestNeeded) {

        private static final Totals NOTHING = new Totals(TokenCount.NONE, TokenCount.NONE, true, TokenCount.NONE);

        Totals with(TokenCount tokens, Ask ask) {
            TokenCount needed = ask.needed();
            return new Totals(
                    larger(most, tokens),
                    larger(mean, ask.mean()),
                    alike && most.equals(tokens),
                    needed.total() < fewestNeeded.total() ? needed : fewestNeeded);
        }

        private static TokenCount larger(TokenCount one, TokenCount other) {
            return one.equals(other)
                    ? one
                    : new TokenCount(
                            Math.max(one.prompt(), other.prompt()), Math.max(one.completion(), other.completion()));
        }
    }

    private Demand(List<Ask> asks, Map<Target, TokenCount> reservedLess, Totals totals, boolean atMost) {
        this.asks = asks;
        this.reservedLess = reservedLess;
        this.totals = totals;
        this.atMost = atMost;
    }

    /**
     * Returns the demand of a prompt that a limit has refused. The usual amount may be too little for it; unless it
     * reserves the most that it can use, it could be refused again and again.
     */
    public Demand atMost() {
        return new Demand(asks, reservedLess, totals, true);
    }

    /**
     * Asks the providers for their estimates; one that throws or gives none refuses the prompt. Calls plugins, so never
     * call it under the lock. Reserves nothing yet.
     *
     * @param fault gets what a provider throws, with its account
     */
    public static Demand of(Prompt prompt, Route route, BiConsumer<Account, Throwable> fault) {
        List<Ask> asks = new ArrayList<>(1);
        for (Target like : route.oneOfEachKind()) {
            Admission admission = Admission.NONE;
            Optional<String> refusal;
            try {
                admission = Objects.requireNonNull(
                        like.account().client().admission(prompt, like.model()), "it gave no admission");
                refusal = refusal(like.account().client(), prompt, like.model());
            } catch (Throwable e) {
                fault.accept(like.account(), e);
                refusal = Optional.of("its provider failed: " + PluginFaults.typed(e));
            }
            asks.add(new Ask(like, admission, refusal, TokenCount.NONE, TokenCount.NONE, TokenCount.NONE));
        }
        return new Demand(asks, Map.of(), Totals.NOTHING, false);
    }

    private static Optional<String> refusal(ProviderClient client, Prompt prompt, String model) {
        boolean embeds = prompt.operation() == Prompt.Operation.CHAT
                || client.embeddings().isPresent();
        return client.refuses(prompt, model)
                .or(() -> embeds ? Optional.empty() : Optional.of("its provider has no embeddings"));
    }

    /** Returns the demand with its reservations, by the present forecast. The lock must be held. */
    public Demand reserving(Route route, TokenForecast forecast) {
        List<Ask> reserved = new ArrayList<>(asks.size());
        for (Ask ask : asks) {
            reserved.add(ask.refusal().isPresent() ? ask : reserving(ask, route, forecast));
        }
        Map<Target, TokenCount> less = new HashMap<>(0);
        @Nullable Totals totals = null;
        for (Target target : route.targets()) {
            Ask ask = askOf(target, reserved);
            if (ask.refusal().isPresent()) {
                continue;
            }
            TokenCount tokens = ask.tokensOn(target);
            if (!tokens.equals(ask.tokens())) {
                less.put(target, tokens);
            }
            totals = totals == null ? new Totals(tokens, ask.mean(), true, ask.needed()) : totals.with(tokens, ask);
        }
        return new Demand(reserved, less, totals == null ? Totals.NOTHING : totals, atMost);
    }

    private Ask reserving(Ask ask, Route route, TokenForecast forecast) {
        Admission admission = ask.admission();
        long learned = forecast.promptTokens(ask.like(), admission.promptTokens());
        long prompt = atMost ? Math.max(learned, admission.promptTokens()) : learned;
        // A learned correction upwards may be garbage, so it is no reason to refuse a prompt.
        long least = Math.min(prompt, admission.promptTokens());
        TokenForecast.Expected completion = forecast.completion(route, ask.like(), admission);
        boolean inFull = admission.counting() == Counting.ON_ENTRY;
        return new Ask(
                ask.like(),
                admission,
                ask.refusal(),
                count(least, inFull ? admission.completionBound().orElse(0) : 0),
                count(prompt, atMost ? completion.most() : completion.usual()),
                count(forecast.meanPromptTokens(ask.like(), admission.promptTokens()), completion.mean()));
    }

    private static TokenCount count(long prompt, long completion) {
        return bounded(new TokenCount(prompt, completion));
    }

    /** Bounds the numbers, so that those of many prompts can be added up. */
    static TokenCount bounded(TokenCount tokens) {
        return Math.max(tokens.prompt(), tokens.completion()) <= MOST_TOKENS
                ? tokens
                : new TokenCount(Math.min(tokens.prompt(), MOST_TOKENS), Math.min(tokens.completion(), MOST_TOKENS));
    }

    private static Ask askOf(Target target, List<Ask> asks) {
        for (Ask ask : asks) {
            if (ask.isFor(target)) {
                return ask;
            }
        }
        throw new IllegalArgumentException(target.id() + " isn't on the prompt's route");
    }

    /** Returns whether another demand of the same flight reserves the same everywhere. */
    public boolean asksTheSameAs(Demand other) {
        return asks.equals(other.asks) && reservedLess.equals(other.reservedLess);
    }

    /** Returns whether the providers of all of a route's targets have been asked. */
    public boolean covers(Route route) {
        return route.oneOfEachKind().stream().allMatch(target -> asks.stream().anyMatch(ask -> ask.isFor(target)));
    }

    /** Returns the targets of a route whose providers refuse the prompt, and why. */
    public Map<Target, String> refusals(Route route) {
        if (asks.stream().allMatch(ask -> ask.refusal().isEmpty())) {
            return Map.of();
        }
        Map<Target, String> refusals = new LinkedHashMap<>();
        for (Target target : route.targets()) {
            askOf(target, asks).refusal().ifPresent(why -> refusals.put(target, why));
        }
        return refusals;
    }

    public Admission admission(Target target) {
        return askOf(target, asks).admission();
    }

    public TokenCount tokens(Target target) {
        if (totals.alike()) {
            return totals.most();
        }
        @Nullable TokenCount less = reservedLess.get(target);
        return less == null ? askOf(target, asks).tokens() : less;
    }

    /** Returns the least tokens that a limit must allow for the target to take the prompt. */
    public TokenCount neededTokens(Target target) {
        return askOf(target, asks).needed();
    }

    /** Returns the least tokens without which no target can take the prompt. */
    public TokenCount fewestTokens() {
        return totals.fewestNeeded();
    }

    public TokenCount mostTokens() {
        return totals.most();
    }

    /** Returns the tokens that are finally counted on average, on the target where that is most. */
    public TokenCount meanTokens() {
        return totals.mean();
    }

    /** Returns whether the same is reserved on each target that can take the prompt. */
    public boolean isAlikeEverywhere() {
        return totals.alike();
    }
}
