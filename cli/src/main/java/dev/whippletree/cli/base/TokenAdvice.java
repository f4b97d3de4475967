package dev.whippletree.cli.base;

import dev.whippletree.model.PromptException;
import dev.whippletree.spi.AccountSettings;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Adds which environment variable to check if a service refuses an account's token. */
public final class TokenAdvice {

    private static final Pattern REFUSED = Pattern.compile(": (token refused|(UNAUTHORIZED|REFUSED) \\(401\\)): ");

    private TokenAdvice() {}

    /** Returns the advice as the end of a sentence, {@code "; check HF_TOKEN"}; empty if no variable has the token. */
    public static String of(AccountSettings account, Map<String, String> environment) {
        return environment.entrySet().stream()
                .filter(entry -> account.token()
                        .filter(token -> token.reveal().equals(entry.getValue().strip()))
                        .isPresent())
                .map(Map.Entry::getKey)
                .sorted()
                .findFirst()
                .map(name -> "; check " + name)
                .orElse("");
    }

    /** Returns the failure, with the advice behind each of these accounts whose token its message says is refused. */
    static PromptException on(
            PromptException failure, List<AccountSettings> accounts, Map<String, String> environment) {
        if (failure.reason() != PromptException.Reason.NO_ACCOUNT) {
            return failure;
        }
        String message = String.valueOf(failure.getMessage())
                .lines()
                .map(line -> line + advice(line, accounts, environment))
                .collect(Collectors.joining("\n"));
        return new PromptException(
                failure.reason(), message, failure.attempts(), failure.roomAt(), failure.kind(), failure.tried());
    }

    private static String advice(String line, List<AccountSettings> accounts, Map<String, String> environment) {
        if (!REFUSED.matcher(line).find()) {
            return "";
        }
        return accounts.stream()
                .filter(account -> line.strip().startsWith("account " + account.id() + ","))
                .findFirst()
                .map(account -> of(account, environment))
                .orElse("");
    }
}
