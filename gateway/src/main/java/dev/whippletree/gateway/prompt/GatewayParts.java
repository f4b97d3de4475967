package dev.whippletree.gateway.prompt;

import dev.whippletree.Whippletree;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.clients.Access;
import dev.whippletree.gateway.http.RequestBody;
import dev.whippletree.gateway.http.UnreadAnswers;
import dev.whippletree.gateway.trace.Trace;
import dev.whippletree.time.Timeline;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What all handlers of a gateway share. Immutable.
 *
 * @param whippletree answers
 * @param access the clients and their current rights
 * @param timeline the time it goes by
 * @param answers remembers the answers that clients may confirm
 * @param bodies receives the requests
 * @param unread counts answers that clients haven't read
 * @param settings how long requests may wait, and what becomes of those whose clients leave
 * @param trace where prompts are recorded; absent: nowhere
 */
public record GatewayParts(
        Whippletree whippletree,
        Supplier<Access> access,
        Timeline timeline,
        LatestAnswers answers,
        RequestBody bodies,
        UnreadAnswers unread,
        GatewaySettings settings,
        Optional<Trace> trace) {}
