package dev.whippletree.emulator.fault;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** A way in which a service can fail a request. */
public enum FaultKind {
    /** 429 with {@code Retry-After}, a second unless the rule says otherwise. */
    RATE_LIMITED("429", Effect.REFUSED_UNCOUNTED, Duration.ofSeconds(1)),
    /** 429 that doesn't say how long to wait. */
    RATE_LIMITED_SILENTLY("429-silent", Effect.REFUSED_UNCOUNTED),
    /** 500. */
    SERVER_ERROR("500", Effect.UNANSWERED),
    /** 502 with a page of HTML, as gateways send it. */
    BAD_GATEWAY("502", Effect.UNANSWERED),
    /** 503. */
    UNAVAILABLE("503", Effect.UNANSWERED),
    /** 498, which Groq sends to requests of the tier {@code flex} when it has no capacity; others aren't touched. */
    FLEX_CAPACITY("498", Effect.UNANSWERED),
    /** The connection is closed abruptly before any response. */
    RESET("reset", Effect.UNANSWERED),
    /** The request is taken and never answered. */
    HANG("hang", Effect.UNANSWERED),
    /** The first token comes late: ten seconds unless the rule says otherwise. */
    SLOW("slow", Effect.ANSWERED, Duration.ofSeconds(10)),
    /** The connection is closed after two thirds of the answer. */
    CUT("cut", Effect.UNANSWERED),
    /** Nothing more comes after two thirds of the answer, and the connection stays open. */
    STALL("stall", Effect.UNANSWERED),
    /** A chunk of the stream, or the body, is no JSON. */
    MALFORMED("malformed", Effect.UNANSWERED),
    /** The stream ends after its finish reason, without {@code [DONE]}. */
    WITHOUT_DONE("no-done", Effect.ANSWERED),
    /** The answer is as it should be, but says that nothing of any limit is used. */
    MORE_LEFT("more-left", Effect.MISREPORTED),
    /** The answer is as it should be, but says that nothing is left of any limit. */
    LESS_LEFT("less-left", Effect.MISREPORTED),
    /** The answer is as it should be, but says that nothing is left of any limit and that all of it comes back now. */
    PAST_RESET("past-reset", Effect.MISREPORTED),
    /** The answer is as it should be, but says that limits come back late: in a day unless the rule says otherwise. */
    LATE_RESET("late-reset", Effect.MISREPORTED, Duration.ofDays(1)),
    /** 402: the credit is used up. */
    NO_CREDIT("402", Effect.REFUSED_UNCOUNTED),
    /** 401: the token is refused. */
    UNAUTHORIZED("401", Effect.REFUSED_UNCOUNTED),
    /** 403: the token may not do this. */
    FORBIDDEN("403", Effect.REFUSED_UNCOUNTED),
    /** 400: the request is refused as wrong. */
    BAD_REQUEST("400", Effect.REFUSED_UNCOUNTED),
    /** 413: the prompt is longer than the model's context. */
    TOO_LONG("413", Effect.REFUSED_UNCOUNTED),
    /** 400 by the content filter. */
    FILTERED("filter", Effect.REFUSED_UNCOUNTED);

    /** What becomes of a request. */
    private enum Effect {
        /** It is refused before it is counted. */
        REFUSED_UNCOUNTED,
        /** It is admitted and counted, and its caller gets no answer. */
        UNANSWERED,
        /** Its caller gets the answer. */
        ANSWERED,
        /** Its caller gets the answer, and is told something wrong of limits. */
        MISREPORTED
    }

    private final String text;
    private final Effect effect;
    private final Optional<Duration> time;

    FaultKind(String text, Effect effect) {
        this.text = text;
        this.effect = effect;
        this.time = Optional.empty();
    }

    FaultKind(String text, Effect effect, Duration time) {
        this.text = text;
        this.effect = effect;
        this.time = Optional.of(time);
    }

    public String text() {
        return text;
    }

    /** Returns the time it takes where a rule says none; empty for kinds that have no time. */
    public Optional<Duration> time() {
        return time;
    }

    /** Returns whether nothing fails, and only what is said of limits is wrong. */
    public boolean isMisreport() {
        return effect == Effect.MISREPORTED;
    }

    /** Returns whether a request is refused before anything is counted. */
    public boolean isUncounted() {
        return effect == Effect.REFUSED_UNCOUNTED;
    }

    /** Returns whether the caller gets an answer all the same. */
    public boolean isAnswered() {
        return effect == Effect.ANSWERED || effect == Effect.MISREPORTED;
    }

    static Optional<FaultKind> named(String text) {
        return Arrays.stream(values())
                .filter(kind -> kind.text.equals(text.toLowerCase(Locale.ROOT)))
                .findFirst();
    }

    static String names() {
        return Arrays.stream(values()).map(FaultKind::text).collect(Collectors.joining(", "));
    }
}
