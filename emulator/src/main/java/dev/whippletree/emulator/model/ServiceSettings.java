package dev.whippletree.emulator.model;

import dev.whippletree.emulator.fault.FaultScript;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;

/**
 * The settings of an emulated service. Immutable; made by {@link #builder}.
 *
 * @param kind the emulated kind of service
 * @param accounts the accounts; ids and tokens are unique
 * @param organizations the organizations that the accounts name
 * @param models the models it knows; empty: all
 * @param unservedModels models it knows but doesn't serve
 * @param latency how long answers take
 * @param refusalLatency how long refusals take
 * @param faults the scripted faults
 * @param seed the seed of all random choices
 * @param contextTokens the maximum of tokens of prompt and answer together
 * @param assumedMaxTokens the tokens Groq counts for an answer whose request has no maximum
 * @param capacity how many requests it processes at once
 * @param answerLength how long its answers are; absent: three sentences
 * @param answersDiffer whether answers to the same prompt always differ, as with most models
 * @param clockAhead how far its clock is ahead of the callers', by which fixed windows start and dates are reported;
 *     negative: behind
 * @param tellsWait whether a refusal by a limit says how long to wait
 * @param mostUnderWay the maximum of concurrent requests of an organization, 1 or more; absent: any number
 * @param promptCache how long it keeps the beginnings of prompts, whose tokens it then reports as cached; absent: it
 *     has no such cache. Groq counts those tokens until the answer is there, then gives them back
 * @param script returns the assistant's message, as on the wire, for requests that it answers itself
 */
public record ServiceSettings(
        ServiceKind kind,
        List<EmulatedAccount> accounts,
        List<EmulatedOrganization> organizations,
        Set<String> models,
        Set<String> unservedModels,
        Latency latency,
        Duration refusalLatency,
        FaultScript faults,
        long seed,
        long contextTokens,
        long assumedMaxTokens,
        ServiceCapacity capacity,
        Optional<AnswerLength> answerLength,
        boolean answersDiffer,
        Duration clockAhead,
        boolean tellsWait,
        OptionalInt mostUnderWay,
        Optional<Duration> promptCache,
        Function<ChatRequest, Optional<Map<String, Object>>> script) {

    public ServiceSettings {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(latency, "latency");
        Objects.requireNonNull(refusalLatency, "refusalLatency");
        Objects.requireNonNull(faults, "faults");
        Objects.requireNonNull(capacity, "capacity");
        Objects.requireNonNull(answerLength, "answerLength");
        Objects.requireNonNull(clockAhead, "clockAhead");
        Objects.requireNonNull(mostUnderWay, "mostUnderWay");
        Objects.requireNonNull(promptCache, "promptCache");
        Objects.requireNonNull(script, "script");
        accounts = List.copyOf(accounts);
        organizations = List.copyOf(organizations);
        models = Set.copyOf(models);
        unservedModels = Set.copyOf(unservedModels);
        checkDistinct("account id", accounts.stream().map(EmulatedAccount::id).toList());
        checkDistinct("token", accounts.stream().map(EmulatedAccount::token).toList());
        List<String> known =
                organizations.stream().map(EmulatedOrganization::id).toList();
        checkDistinct("organization", known);
        for (EmulatedAccount account : accounts) {
            if (!known.contains(account.organization())) {
                throw new IllegalArgumentException("emulated account " + account.id() + ": there is no organization "
                        + account.organization() + "; declare it");
            }
        }
    }

    public static ServiceSettingsBuilder builder(ServiceKind kind) {
        return new ServiceSettingsBuilder(kind);
    }

    private static void checkDistinct(String what, List<String> names) {
        if (new HashSet<>(names).size() != names.size()) {
            throw new IllegalArgumentException("an emulated service can't have the same " + what + " twice");
        }
    }
}
