package dev.whippletree.provider.huggingface;

import dev.whippletree.model.Secret;
import dev.whippletree.provider.openai.NumberedToken;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds tokens where Hugging Face's own tools keep them (huggingface_hub, {@code utils/_auth.py} and
 * {@code constants.py}).
 *
 * <p>The variables come first; the file that {@code hf auth login} writes counts only where no variable is set.
 */
final class EnvironmentAccounts {

    static final String TOKEN = "HF_TOKEN";
    private static final String OLDER_TOKEN = "HUGGING_FACE_HUB_TOKEN";

    /** The user's own folder at the start of a path. */
    private static final Pattern TILDE = Pattern.compile("^~(?=[/\\\\]|$)");

    /** A variable in a path: {@code $NAME} or <code>${NAME}</code>. */
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:\\w+|\\{\\w+})");

    private EnvironmentAccounts() {}

    static List<AccountSettings> find(Map<String, String> environment, String provider) {
        List<NumberedToken> tokens = NumberedToken.find(environment, TOKEN, List.of(OLDER_TOKEN));
        if (tokens.isEmpty()) {
            return tokenFile(environment).stream()
                    .map(file -> account(1, Secret.from(() -> read(file)), provider))
                    .toList();
        }
        return tokens.stream()
                .map(token -> account(token.number(), token.token(), provider))
                .toList();
    }

    private static AccountSettings account(int number, Secret token, String provider) {
        String id = "hf-" + number;
        return AccountSettings.of(id, provider, Optional.of(token), Settings.none("account " + id));
    }

    private static Optional<Path> tokenFile(Map<String, String> environment) {
        return path(environment, "HF_TOKEN_PATH")
                .or(() -> path(environment, "HF_HOME").map(home -> home.resolve("token")))
                .or(() -> path(environment, "XDG_CACHE_HOME")
                        .or(() -> path(environment, home(environment)).map(home -> home.resolve(".cache")))
                        .map(cache -> cache.resolve(Path.of("huggingface", "token"))))
                .filter(EnvironmentAccounts::holdsToken);
    }

    /** Returns the name of the variable that says where the user's own files are. */
    private static String home(Map<String, String> environment) {
        return value(environment, "HOME").isEmpty() ? "USERPROFILE" : "HOME";
    }

    private static Optional<Path> path(Map<String, String> environment, String variable) {
        String value = value(environment, variable);
        try {
            return value.isEmpty() ? Optional.empty() : Optional.of(Path.of(expanded(value, environment)));
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(variable + " is not a path", e);
        }
    }

    private static String value(Map<String, String> environment, String variable) {
        return environment.getOrDefault(variable, "").strip();
    }

    /** Replaces {@code ~} and variables, as Python's {@code expanduser} and {@code expandvars} do for these tools. */
    private static String expanded(String path, Map<String, String> environment) {
        String home = value(environment, home(environment));
        String below = home.isEmpty() ? path : TILDE.matcher(path).replaceFirst(Matcher.quoteReplacement(home));
        return VARIABLE.matcher(below)
                .replaceAll(found -> Matcher.quoteReplacement(
                        environment.getOrDefault(found.group().replaceAll("[${}]", ""), found.group())));
    }

    private static boolean holdsToken(Path file) {
        try {
            return Files.isRegularFile(file) && !Files.readString(file).isBlank();
        } catch (IOException e) {
            return false;
        }
    }

    /** Reads the file anew each time, so that a new login counts at once. */
    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
