package dev.whippletree.planner;

import dev.whippletree.emulator.model.AnswerLength;
import dev.whippletree.emulator.model.EmulatedOrganization;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.LimitStats;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.emulator.model.ServiceSettingsBuilder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The emulated services of a pool. Confined to its simulation. */
final class Imitations {

    /** A plan is about limits, so no prompt is too long for its model. */
    private static final long ANY_CONTEXT = 1_000_000_000;

    private final Map<String, EmulatedService> byName = new LinkedHashMap<>();

    Imitations(PlanRequest request, AccountPool pool) {
        Map<String, ServiceSettingsBuilder> builders = new LinkedHashMap<>();
        for (AccountGroup group : pool.groups()) {
            ServiceSettingsBuilder builder =
                    builders.computeIfAbsent(group.service(), service -> builder(service, request));
            List<ServiceLimit> limits = CountedLimit.of(group).stream()
                    .map(CountedLimit::counted)
                    .distinct()
                    .toList();
            group.organizations()
                    .forEach(organization -> builder.organization(new EmulatedOrganization(
                            organization.id(), limits, new Allowance(request).creditTokens(group))));
        }
        PlannedAccount.of(pool)
                .forEach(planned -> Objects.requireNonNull(
                                builders.get(planned.group().service()))
                        .member(planned.id(), planned.token(), planned.organization()));
        builders.forEach((service, builder) -> byName.put(service, new EmulatedService(builder.build(), 0)));
    }

    private static ServiceSettingsBuilder builder(String service, PlanRequest request) {
        return ServiceSettings.builder(CountedLimit.kind(service))
                .latency(request.latency())
                .answerLength(AnswerLength.about(request.workload().answerTokens()))
                .contextTokens(ANY_CONTEXT)
                .assumedMaxTokens(request.workload().usualBound())
                .seed(request.seed());
    }

    /** Returns each service, by its name. */
    Map<String, EmulatedService> byName() {
        return byName;
    }

    /** Returns the fullest window of a limit; 0 if it was never used. */
    long fullest(String service, String organization, ServiceLimit limit) {
        return Objects.requireNonNull(byName.get(service)).stats().limits().stream()
                .filter(stats -> stats.organization().equals(organization)
                        && stats.model().equals(limit.model().orElse(""))
                        && stats.limit().equals(limit.limit().toString()))
                .mapToLong(LimitStats::fullest)
                .max()
                .orElse(0);
    }
}
