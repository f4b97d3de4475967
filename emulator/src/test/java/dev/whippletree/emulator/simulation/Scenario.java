package dev.whippletree.emulator.simulation;

import dev.whippletree.emulator.fault.FaultKind;
import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.emulator.model.AnswerLength;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.ServiceCapacity;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.Timeouts;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Everything that makes one simulated run. Immutable: the same scenario is the same run.
 *
 * @param seed what it was drawn from
 * @param accounts who may be asked
 * @param services what each service is like
 * @param link the way to all of them
 * @param route the only route
 * @param engine what holds for the whole engine
 * @param cached whether there is a cache
 * @param asks what is asked
 * @param closing whether the engine is closed while prompts are under way
 * @param reloads when it goes on with what else
 */
record Scenario(
        long seed,
        List<SimulatedAccount> accounts,
        Map<ServiceKind, Service> services,
        Link link,
        RouteSettings route,
        EngineSettings engine,
        boolean cached,
        List<Ask> asks,
        Optional<Closing> closing,
        List<Reload> reloads) {

    /** Faults that are no fault of the account's, and must not count against it. */
    private static final Set<FaultKind> CALLERS_OWN =
            EnumSet.of(FaultKind.BAD_REQUEST, FaultKind.FILTERED, FaultKind.TOO_LONG);

    /** Faults that close something for a time that is told or guessed, without a limit being hit. */
    private static final Set<FaultKind> CLOSING_FAULTS = EnumSet.of(
            FaultKind.RATE_LIMITED,
            FaultKind.RATE_LIMITED_SILENTLY,
            FaultKind.NO_CREDIT,
            FaultKind.UNAUTHORIZED,
            FaultKind.FORBIDDEN);

    /**
     * What a service is like beyond its accounts.
     *
     * @param latency how long its answers take
     * @param capacity how many it works on at once
     * @param answerLength how long they are
     * @param faults what goes wrong
     * @param clockAhead how wrong its clock is
     */
    record Service(
            Latency latency,
            ServiceCapacity capacity,
            AnswerLength answerLength,
            FaultScript faults,
            Duration clockAhead) {}

    /**
     * The end of the engine.
     *
     * @param at when it is closed
     * @param grace how long prompts under way may still take
     */
    record Closing(Duration at, Duration grace) {}

    /** Whether every request that reaches a service is answered whole and in time or refused for its limit. */
    boolean isCalm() {
        return isPunctual() && hasOnly(kind -> false);
    }

    /** Whether nothing but callers' own mistakes goes wrong. */
    boolean isHarmless() {
        return isPunctual() && hasOnly(CALLERS_OWN::contains);
    }

    /** Whether every response arrives, and none so late that it isn't waited for. */
    private boolean isPunctual() {
        return link.loss() == 0
                && link.silence() == 0
                && link.stale() == 0
                && route.timeouts().equals(Timeouts.DEFAULT)
                && services.values().stream()
                        .allMatch(service -> service.capacity().equals(ServiceCapacity.UNLIMITED));
    }

    /**
     * Whether services of OpenAI's kind refuse some prompts without naming anything, and nothing else is refused for
     * long.
     */
    boolean poisonsSome() {
        return services.keySet().equals(Set.of(ServiceKind.OPENAI))
                && accounts.stream().allMatch(account -> account.models().size() == 1)
                && services.values().stream()
                        .flatMap(service -> service.faults().rules().stream())
                        .filter(rule -> CLOSING_FAULTS.contains(rule.kind()))
                        .allMatch(rule -> rule.kind() == FaultKind.FORBIDDEN && rule.share() < 1);
    }

    /** Whether services close what they close because of limits alone. */
    boolean closesByLimitsAlone() {
        return hasOnly(kind -> !CLOSING_FAULTS.contains(kind));
    }

    /** Whether services are right in what they say of their limits. */
    boolean tellsTheTruth() {
        return hasOnly(kind -> !kind.isMisreport())
                && services.values().stream()
                        .allMatch(service -> service.clockAhead().isZero());
    }

    private boolean hasOnly(Predicate<FaultKind> kinds) {
        return services.values().stream()
                .flatMap(service -> service.faults().rules().stream())
                .map(FaultRule::kind)
                .allMatch(kinds);
    }

    /** Whether the engine knows all limits from the start, and has to go by nothing else. */
    boolean isDeclared(SimulatedAccount account) {
        return account.declared() && account.service() == ServiceKind.HUGGING_FACE;
    }

    /** Whether that holds for every account. */
    boolean isDeclared() {
        return accounts.stream().allMatch(this::isDeclared);
    }

    Scenario withReloads(List<Reload> fewer) {
        return new Scenario(seed, accounts, services, link, route, engine, cached, asks, closing, List.copyOf(fewer));
    }

    Scenario withAccounts(List<SimulatedAccount> fewer, RouteSettings smaller) {
        return new Scenario(seed, List.copyOf(fewer), services, link, smaller, engine, cached, asks, closing, reloads);
    }

    /** Returns the same, but that the engine knows all limits from the start, whatever the services report beside. */
    Scenario withLimitsDeclared() {
        List<Reload> others = reloads.stream()
                .map(reload -> new Reload(
                        reload.at(),
                        declared(reload.accounts()),
                        reload.reconnected(),
                        reload.route(),
                        reload.weights()))
                .toList();
        return withAccounts(declared(accounts), route).withReloads(others);
    }

    private static List<SimulatedAccount> declared(List<SimulatedAccount> accounts) {
        return accounts.stream()
                .map(account -> new SimulatedAccount(
                        account.id(),
                        account.service(),
                        account.organization(),
                        account.limits(),
                        true,
                        account.models(),
                        account.tier(),
                        account.weight(),
                        account.maxConcurrency(),
                        account.transit(),
                        account.scoped()))
                .toList();
    }

    /** Returns it in full, a line for each account and prompt. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("scenario of seed " + seed + ": " + accounts.size() + " accounts, "
                + asks.size() + " prompts, " + (cached ? "cached" : "no cache") + ", " + link + ", " + engine
                + closing.map(end -> ", " + end).orElse("") + "\n  " + route);
        services.forEach(
                (kind, service) -> text.append("\n  ").append(kind).append(' ').append(service));
        accounts.forEach(account -> text.append("\n  ").append(account));
        asks.forEach(ask -> text.append("\n  ").append(ask));
        reloads.forEach(reload -> text.append("\n  ").append(reload));
        return text.toString();
    }
}
