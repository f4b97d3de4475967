package dev.whippletree.provider.openai.dialect;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * An error that a service reported, in whatever form. Immutable.
 *
 * @param head the head of its response
 * @param status the error's HTTP status; for an error inside a stream the one it names, else that of the response, such
 *     as 200
 * @param message the service's message in full: not for logs
 * @param code the service's own code; empty if it gave none
 * @param type the service's own type of error; empty if it gave none
 * @param param the field of the request that the service names; empty if it names none
 * @param retryAfter how long the service said to wait, zero or more; empty if it didn't say
 */
public record ServiceError(
        ResponseHead head,
        int status,
        String message,
        Optional<String> code,
        Optional<String> type,
        Optional<String> param,
        Optional<Duration> retryAfter) {

    /** Returns whether the message holds a text, upper and lower case alike. */
    public boolean says(String text) {
        return message.toLowerCase(Locale.ROOT).contains(text.toLowerCase(Locale.ROOT));
    }

    /** Returns status and code only: the message may hold what isn't for logs. */
    @Override
    public String toString() {
        return "error " + status + code.map(name -> " " + name).orElse("");
    }
}
