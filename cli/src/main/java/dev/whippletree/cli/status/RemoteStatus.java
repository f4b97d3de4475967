package dev.whippletree.cli.status;

import dev.whippletree.cli.base.ExitCode;
import dev.whippletree.cli.base.UserMistake;
import dev.whippletree.model.ShownText;
import dev.whippletree.status.PricedStatus;
import dev.whippletree.terminal.Json;
import java.net.ConnectException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads the status of a running gateway. Immutable. */
final class RemoteStatus {

    /** A gateway answers in milliseconds. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Pattern SENDABLE = Pattern.compile("[\\x21-\\x7e]+");
    private static final Pattern KNOWN_PLACE = Pattern.compile("(/+(v1|status))?/*$");
    /** Two slashes would start another host's name. */
    private static final Pattern LEADING_SLASHES = Pattern.compile("^/+");

    private static final int OK = 200;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;

    private final URI place;
    private final Optional<String> key;

    static final class Absent extends Exception {

        private static final long serialVersionUID = 1L;

        private final int exitCode;

        Absent(int exitCode, String message) {
            super(ShownText.line(message));
            this.exitCode = exitCode;
        }

        int exitCode() {
            return exitCode;
        }
    }

    private RemoteStatus(URI place, Optional<String> key) {
        this.place = place;
        this.key = key;
    }

    /**
     * Prepares a request for the status.
     *
     * @param url the gateway's own address, with or without {@code /v1} behind it as its clients have it
     * @param key its watch key, if it has one
     * @throws UserMistake if the address or the key is invalid; the message shows neither the key nor a password in the
     *     address
     */
    static RemoteStatus at(String url, Optional<String> key) {
        if (key.isPresent() && !SENDABLE.matcher(key.get()).matches()) {
            throw new UserMistake("the watch key is empty, or contains characters that HTTP headers don't allow");
        }
        URI uri = parse(url.strip());
        if (uri.getRawUserInfo() != null) {
            throw new UserMistake(
                    "--url may not contain a user or password: set the watch key in $" + StatusCommand.KEY_VARIABLE);
        }
        String path = KNOWN_PLACE.matcher(uri.getRawPath()).replaceFirst("") + "/status";
        return new RemoteStatus(uri.resolve(LEADING_SLASHES.matcher(path).replaceFirst("/")), key);
    }

    private static URI parse(String url) {
        try {
            URI uri = new URI(url);
            String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
            if ((scheme.equals("http") || scheme.equals("https")) && uri.getHost() != null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // Its message has the whole of it.
        }
        throw new UserMistake("--url has to be a gateway's address, such as http://127.0.0.1:8080");
    }

    /**
     * Asks. Blocks for ten seconds at most.
     *
     * @return the status as JSON, which {@link PricedStatus#read} can read
     * @throws Absent if there is none, saying why
     */
    String json() throws Absent {
        HttpResponse<String> response = send();
        switch (response.statusCode()) {
            case OK -> {
                return checked(response.body());
            }
            case UNAUTHORIZED -> throw new Absent(ExitCode.NOT_ADMITTED, place + " " + keyRefused());
            case FORBIDDEN ->
                throw new Absent(
                        ExitCode.NOT_ADMITTED, place + " doesn't show its status (403)" + words(response.body()));
            case NOT_FOUND -> throw nothing("not found (404); check that this is the address of a Whippletree gateway");
            default -> throw nothing("it answered " + response.statusCode() + words(response.body()));
        }
    }

    private String keyRefused() {
        return key.isEmpty()
                ? "needs its watch key (401): set $" + StatusCommand.KEY_VARIABLE
                        + " to gateway.watch-key of its configuration"
                : "rejects this watch key (401): use gateway.watch-key of its configuration";
    }

    private String checked(String body) throws Absent {
        try {
            PricedStatus.read(body);
            return body;
        } catch (IllegalArgumentException e) {
            throw nothing(
                    "the answer isn't from a Whippletree gateway, or from one of another version: " + e.getMessage());
        }
    }

    private HttpResponse<String> send() throws Absent {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(place).timeout(PATIENCE).header("Accept", "application/json");
        key.ifPresent(text -> request.header("Authorization", "Bearer " + text));
        CompletableFuture<HttpResponse<String>> answer = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(PATIENCE)
                .build()
                .sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
        try {
            return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw nothing(why(e));
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw nothing(silence());
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw nothing("interrupted");
        }
    }

    private static String silence() {
        return "no answer within " + PATIENCE.toSeconds() + " s";
    }

    private static String why(ExecutionException failure) {
        Throwable cause = failure.getCause();
        if (cause instanceof HttpTimeoutException) {
            return silence();
        }
        if (cause instanceof ConnectException) {
            return Stream.iterate(cause, Objects::nonNull, Throwable::getCause)
                            .anyMatch(UnresolvedAddressException.class::isInstance)
                    ? "unknown host"
                    : "nothing listens there; check that 'whippletree serve' is running";
        }
        return "the connection failed: " + cause;
    }

    private Absent nothing(String why) {
        return new Absent(ExitCode.UNREACHABLE, "no status from " + place + ": " + why);
    }

    /** Returns the message of an error in our format; empty for any other body. */
    private static String words(String body) {
        try {
            Map<?, ?> answer = Json.read(body, Map.class);
            return answer.get("error") instanceof Map<?, ?> error && error.get("message") instanceof String message
                    ? ": " + message
                    : "";
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
