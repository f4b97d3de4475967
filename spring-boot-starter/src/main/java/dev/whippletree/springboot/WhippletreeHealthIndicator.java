package dev.whippletree.springboot;

import dev.whippletree.Whippletree;
import dev.whippletree.model.StatusSnapshot.AccountState;
import dev.whippletree.model.StatusSnapshot.AccountStatus;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Says which accounts are open, and why the others aren't. Makes no call. Up, as long as an account is open or will be
 * again by itself: prompts wait then. Down if all accounts need attention, as when their tokens are refused.
 * Thread-safe.
 */
record WhippletreeHealthIndicator(Whippletree whippletree) implements HealthIndicator {

    @Override
    public Health health() {
        List<AccountStatus> accounts = whippletree.status().accounts();
        boolean up = accounts.stream().anyMatch(account -> account.state() != AccountState.OFF);
        Map<String, Object> details = new LinkedHashMap<>();
        accounts.forEach(account -> details.put(account.id(), details(account)));
        return (up ? Health.up() : Health.down())
                .withDetail("accounts", details)
                .build();
    }

    private static Map<String, Object> details(AccountStatus account) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("state", account.state().name().toLowerCase(Locale.ROOT));
        account.reason().ifPresent(reason -> details.put("reason", reason));
        account.until().map(Instant::toString).ifPresent(until -> details.put("until", until));
        return details;
    }
}
