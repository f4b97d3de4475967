package dev.whippletree.gateway.clients;

import dev.whippletree.config.Configuration;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.model.AttemptReport;
import dev.whippletree.model.DurationText;
import dev.whippletree.model.Failure;
import dev.whippletree.model.PromptException;
import dev.whippletree.spi.AccountSettings;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Decides what clients see of the gateway's accounts: everything if the client is the operator or the operator allows
 * it; else neither account ids nor the services' own messages. Immutable.
 */
public final class Disclosure {

    private final boolean accountsShown;
    private final Pattern accounts;

    /** Decides by the gateway's settings, for the accounts of a configuration. */
    public Disclosure(GatewaySettings settings, Configuration configuration) {
        this.accountsShown = settings.showAccounts() || settings.clients().isEmpty();
        this.accounts = Pattern.compile(configuration.accounts().stream()
                .map(AccountSettings::id)
                .sorted(Comparator.comparingInt(String::length).reversed())
                .map(Pattern::quote)
                .collect(Collectors.joining("|", "\\baccount '?(?:", ")'?(?![\\w-])")));
    }

    /** Returns whether clients are told which accounts there are and which one answered. */
    public boolean accountsShown() {
        return accountsShown;
    }

    /** Returns a message without accounts' ids, where clients aren't told of them. */
    public String shown(String message) {
        return accountsShown ? message : accounts.matcher(message).replaceAll("an account");
    }

    /** Returns why there is no answer, in words for the client. */
    public String shown(PromptException failure) {
        String message = String.valueOf(failure.getMessage());
        if (accountsShown) {
            return message;
        }
        List<AttemptReport> attempts = failure.attempts();
        return switch (failure.reason()) {
            case ATTEMPTS_EXHAUSTED -> "all attempts failed" + list(attempts);
            case STREAM_INTERRUPTED -> "the answer broke off and couldn't be continued" + list(attempts);
            case DEADLINE -> "no answer by the deadline" + room(failure) + list(attempts);
            case NO_ACCOUNT -> "no account can answer, and it isn't certain when one will; ask the gateway's operator";
            case TOO_LARGE ->
                attempts.isEmpty()
                        ? shown(message)
                        : "the prompt is too large for every model that may answer it; shorten it or lower max_tokens";
            case FILTERED -> attempts.isEmpty() ? shown(message) : last(attempts);
            case NO_ROOM_IN_TIME -> "there is no room before the deadline" + room(failure) + list(attempts);
            case REJECTED, CALLER_TIMEOUT, LINE_FULL, CLOSED -> shown(message);
        };
    }

    /** The service's own words on the prompt: why it is refused is the client's matter. */
    private String last(List<AttemptReport> attempts) {
        return "the service's content filter blocked it: "
                + shown(attempts.get(attempts.size() - 1).failure().message());
    }

    private static String room(PromptException failure) {
        return failure.roomAt()
                .map(at -> "; there would be room at " + DurationText.second(at))
                .orElse("");
    }

    private static String words(Failure failure) {
        int status = failure.status().orElse(0);
        String words = switch (failure.kind()) {
            case RATE_LIMITED -> "rate limit";
            case QUOTA_EXHAUSTED -> "its quota is used up";
            case OVERLOADED -> "overloaded";
            case UNAVAILABLE ->
                status / 100 != 2
                        ? "unavailable"
                        : failure.code().filter(Failure.ENDED_EARLY::equals).isPresent()
                                ? "the stream ended early"
                                : "an answer that can't be read";
            case TIMEOUT -> "no answer in time";
            case UNAUTHORIZED -> "the service refused the gateway's token";
            case MODEL_UNAVAILABLE -> "the model isn't available";
            case TOO_LARGE -> "the prompt is too large";
            case FILTERED -> "filtered";
            case REJECTED -> "invalid";
        };
        return status == 0 ? words : words + " (" + status + ")";
    }

    /** By kind and status alone: what a service says of a limit or a credit may name its organization. */
    private static String list(List<AttemptReport> attempts) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        for (AttemptReport attempt : attempts) {
            counts.merge(attempt.model() + ": " + words(attempt.failure()), 1, Integer::sum);
        }
        return counts.entrySet().stream()
                .map(entry -> entry.getKey() + (entry.getValue() == 1 ? "" : " (" + entry.getValue() + " times)"))
                .map(line -> System.lineSeparator() + "  " + line)
                .collect(Collectors.joining("", counts.isEmpty() ? "" : ":", ""));
    }
}
