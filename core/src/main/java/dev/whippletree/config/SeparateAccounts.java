package dev.whippletree.config;

import dev.whippletree.spi.AccountSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Notes for a user who configures several accounts of one provider. */
public final class SeparateAccounts {

    private SeparateAccounts() {}

    /**
     * Returns a note for each provider with accounts of several organizations; it names the accounts by id.
     */
    public static List<String> notes(List<AccountSettings> accounts) {
        Map<String, List<AccountSettings>> byProvider = accounts.stream()
                .collect(Collectors.groupingBy(AccountSettings::provider, LinkedHashMap::new, Collectors.toList()));
        return byProvider.entrySet().stream()
                .filter(entry -> organizations(entry.getValue()) > 1)
                .map(entry -> note(entry.getKey(), entry.getValue()))
                .toList();
    }

    private static long organizations(List<AccountSettings> accounts) {
        return accounts.stream()
                .map(account -> account.organization()
                        .map(name -> "organization " + name)
                        .orElse("account " + account.id()))
                .distinct()
                .count();
    }

    private static String note(String provider, List<AccountSettings> accounts) {
        String ids = accounts.stream().map(AccountSettings::id).collect(Collectors.joining(", "));
        return "The " + provider + " accounts " + ids + " count as " + organizations(accounts)
                + " organizations; accounts that share a quota need the same 'organization'. Use only accounts you"
                + " are entitled"
                + " to use.";
    }
}
