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

/** What all handlers of a gateway share. Immutable. */
public record GatewayParts(
        Whippletree whippletree,
        Supplier<Access> access,
        Timeline timeline,
        LatestAnswers answers,
        RequestBody bodies,
        UnreadAnswers unread,
        GatewaySettings settings,
        Optional<Trace> trace) {}
