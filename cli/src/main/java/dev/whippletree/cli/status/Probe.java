package dev.whippletree.cli.status;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.base.TokenAdvice;
import dev.whippletree.cli.logging.LogOutput;
import dev.whippletree.model.DurationText;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.terminal.board.Words;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Makes one call of one token on each account and prints the results. Confined to one thread; blocks. */
record Probe(Surroundings surroundings, Whippletree whippletree) {

    private static final Duration DEADLINE = Duration.ofSeconds(30);

    boolean run() {
        List<AccountSettings> accounts = whippletree.configuration().accounts();
        surroundings.say("--probe spends one call of one token on each of " + Words.count(accounts.size(), "account")
                + ", unless a limit closes it, and retries if a service fails");
        // Problems are printed below, once.
        LogOutput.to(line -> {});
        try {
            whippletree.recheck();
            boolean good = true;
            for (AccountSettings account : accounts) {
                good &= probe(account);
            }
            return good;
        } finally {
            LogOutput.to(surroundings.err()::println);
        }
    }

    private boolean probe(AccountSettings account) {
        long start = surroundings.timeline().nanoTime();
        try {
            var unused = whippletree.ask(prompt(account.id()));
            Duration took = Duration.ofNanos(surroundings.timeline().nanoTime() - start);
            surroundings.err().println("  ✓ " + account.id() + " answered in " + Words.duration(took));
            return true;
        } catch (PromptException e) {
            surroundings.err().println("  ✗ " + account.id() + ": " + why(account, e));
            return false;
        }
    }

    private String why(AccountSettings account, PromptException failure) {
        boolean tooLate = failure.reason() == PromptException.Reason.NO_ROOM_IN_TIME
                || failure.reason() == PromptException.Reason.DEADLINE;
        String reason = reason(account, failure);
        return tooLate && failure.attempts().isEmpty()
                ? "no call was made: " + reason
                        + failure.roomAt()
                                .map(at -> "; there would be room at " + DurationText.second(at))
                                .orElse("")
                : reason;
    }

    /** Prefers the reason why the account is closed over "no account can answer". */
    private String reason(AccountSettings account, PromptException failure) {
        return whippletree.status().accounts().stream()
                .filter(status ->
                        status.id().equals(account.id()) && status.reason().isPresent())
                .findFirst()
                .map(status -> status.failures().containsKey(FailureKind.UNAUTHORIZED)
                        ? (account.token().isPresent() ? "token refused: " : "no token is set: ")
                                + status.reason().get()
                                + TokenAdvice.of(account, surroundings.environment())
                        : status.reason().get())
                .orElse(String.valueOf(failure.getMessage()));
    }

    private Prompt prompt(String account) {
        Prompt.Builder builder = Prompt.builder()
                .user("Hello")
                .maxTokens(1)
                .account(account)
                .deadline(DEADLINE)
                .noCache()
                .noStore();
        routeTo(account).ifPresent(builder::route);
        return builder.build();
    }

    private Optional<String> routeTo(String account) {
        return whippletree.configuration().routes().stream()
                .filter(route -> leadsTo(route, account))
                .map(RouteSettings::name)
                .findFirst();
    }

    private static boolean leadsTo(RouteSettings route, String account) {
        return route.tiers().stream()
                .flatMap(tier -> tier.targets().stream())
                .anyMatch(target -> target.account().equals(account));
    }
}
