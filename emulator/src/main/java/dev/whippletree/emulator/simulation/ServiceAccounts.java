package dev.whippletree.emulator.simulation;

import dev.whippletree.emulator.model.EmulatedOrganization;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.emulator.model.ServiceSettingsBuilder;
import dev.whippletree.model.Reach;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.AccountSettings.DeclaredLimit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** A simulated account as its service knows it, and as the engine is configured with it. Stateless. */
final class ServiceAccounts {

    private ServiceAccounts() {}

    /** Returns a service's settings with all of the accounts that are of it. */
    static ServiceSettingsBuilder of(ServiceKind kind, List<SimulatedAccount> accounts) {
        List<SimulatedAccount> own =
                accounts.stream().filter(account -> account.service() == kind).toList();
        Map<String, Set<ServiceLimit>> limits = new LinkedHashMap<>();
        for (SimulatedAccount account : own) {
            limits.computeIfAbsent(account.organization(), organization -> new LinkedHashSet<>())
                    .addAll(account.limits());
        }
        ServiceSettingsBuilder settings = ServiceSettings.builder(kind);
        limits.forEach((organization, ofIt) ->
                settings.organization(new EmulatedOrganization(organization, List.copyOf(ofIt), OptionalLong.empty())));
        own.forEach(account -> settings.member(account.id(), account.token(), account.organization()));
        return settings;
    }

    static AccountSettings settings(SimulatedAccount account) {
        AccountSettings.Builder builder = AccountSettings.builder(
                        account.id(), account.service().provider())
                .token(account.token())
                .organization(account.organization())
                .weight(account.weight())
                .limits(account.declared() ? declared(account) : List.of());
        account.maxConcurrency().ifPresent(builder::maxConcurrency);
        account.transit().ifPresent(builder::transit);
        if (account.scoped()) {
            boolean perModel = account.limits().stream().allMatch(ServiceLimit::perModel);
            builder.limitScope(perModel ? Reach.MODEL : Reach.ORGANIZATION);
        }
        return builder.build();
    }

    private static List<DeclaredLimit> declared(SimulatedAccount account) {
        List<DeclaredLimit> declared = new ArrayList<>();
        for (ServiceLimit limit : account.limits()) {
            if (limit.perModel() && limit.model().isEmpty()) {
                account.models().forEach(model -> declared.add(new DeclaredLimit(limit.limit(), Optional.of(model))));
            } else {
                declared.add(new DeclaredLimit(limit.limit(), limit.model()));
            }
        }
        return declared;
    }
}
