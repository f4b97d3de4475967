package dev.whippletree.cache.similar;

import dev.whippletree.model.ApprovedWordings;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a user wants of the cache. Immutable.
 *
 * @param where how messages name it
 * @param mode whether similar questions are compared, and served
 * @param maxError the share of requests that may be served a wrong answer
 * @param approved wordings that mean the same
 * @param embedder the embedder's name
 * @param verifier the verifier's name
 * @param questions how many questions a scope keeps
 * @param scopes how many scopes are kept
 * @param memory how many bytes questions and answers may take; those of approved wordings may take as many again
 */
record SimilarSettings(
        String where,
        Mode mode,
        double maxError,
        ApprovedWordings approved,
        String embedder,
        String verifier,
        int questions,
        int scopes,
        long memory) {

    static final Set<SettingKey> KEYS = Set.of(
            new SettingKey(
                    "mode",
                    "Beyond approved wordings: off (default), shadow (compare questions, but serve nothing) or serve.",
                    SimilarSettings::mode),
            new SettingKey(
                    "max-error",
                    "The share of requests that may be served a wrong answer, 0.1% to 50%; required to serve; in"
                            + " shadow, 1% by default.",
                    SimilarSettings::maxError),
            new SettingKey(
                    "approved",
                    "A file of wordings that mean the same, relative to the working directory; none by default.",
                    SimilarSettings::file),
            new SettingKey(
                    "embedder", "What compares questions; by default the one on the class path. None is included."),
            new SettingKey("verifier", "What decides whether two answers agree: equal (default), caller, or your own."),
            new SettingKey(
                    "questions",
                    "Questions kept for each scope, and approved ones in total, 100 to 100,000; 10,000 by default."),
            new SettingKey("scopes", "Scopes kept, 1 to 10,000; 100 by default."),
            new SettingKey(
                    "memory",
                    "Memory for questions (about 3.5 KB each) and answers, 1MB or more, and as much again for approved"
                            + " ones; 128MB by default.",
                    SimilarSettings::memory));

    private static final long DEFAULT_MEMORY = 128L << 20;
    private static final long LEAST_MEMORY = 1L << 20;

    private static final double DEFAULT_ERROR = 0.01;
    private static final Pattern SHARE = Pattern.compile("(\\d{1,2}(?:\\.\\d{1,4})?)\\s*%|(0?\\.\\d{1,6})");

    /** Whether similar questions are compared, and served. */
    enum Mode {
        /** They aren't. */
        OFF,
        /** They are compared, and nothing is served. */
        SHADOW,
        /** They are served. */
        SERVE
    }

    /**
     * Reads them.
     *
     * @param declared wordings that the program declares, besides those of the file
     * @throws IllegalArgumentException if a value can't be used, saying which and why
     */
    static SimilarSettings from(Settings settings, ApprovedWordings declared) {
        Mode mode = mode(settings);
        ApprovedWordings approved = declared;
        for (List<String> question : file(settings).questions()) {
            approved = approved.with(question);
        }
        if (mode == Mode.OFF && approved.isEmpty()) {
            throw new IllegalArgumentException(settings.where()
                    + ": there is nothing to do: set approved to a file of wordings, or mode to shadow or serve");
        }
        return new SimilarSettings(
                settings.where(),
                mode,
                maxError(settings),
                approved,
                settings.text("embedder").orElse(""),
                settings.text("verifier").orElse("equal"),
                settings.integer("questions", 100, 100_000).orElse(10_000),
                settings.integer("scopes", 1, 10_000).orElse(100),
                memory(settings));
    }

    private static long memory(Settings settings) {
        long memory = settings.bytes("memory").orElse(DEFAULT_MEMORY);
        if (memory < LEAST_MEMORY) {
            throw new IllegalArgumentException(settings.where() + ": memory must be 1MB or more, not "
                    + settings.text("memory").orElse(""));
        }
        return memory;
    }

    private static Mode mode(Settings settings) {
        Mode mode = settings.text("mode").map(text -> mode(settings, text)).orElse(Mode.OFF);
        if (mode == Mode.SERVE && settings.text("max-error").isEmpty()) {
            throw new IllegalArgumentException(
                    settings.where()
                            + ": mode serve needs max-error: the share of requests that may be served a wrong answer, such as 1%");
        }
        return mode;
    }

    private static Mode mode(Settings settings, String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "off", "false" -> Mode.OFF; // YAML takes a bare off for false.
            case "shadow" -> Mode.SHADOW;
            case "serve" -> Mode.SERVE;
            default ->
                throw new IllegalArgumentException(
                        settings.where() + ": mode must be off, shadow or serve, not '" + text + "'");
        };
    }

    private static double maxError(Settings settings) {
        return settings.text("max-error").map(text -> share(settings, text)).orElse(DEFAULT_ERROR);
    }

    private static double share(Settings settings, String text) {
        Matcher matcher = SHARE.matcher(text.strip());
        double share = !matcher.matches()
                ? 0
                : matcher.group(1) != null
                        ? Double.parseDouble(matcher.group(1)) / 100
                        : Double.parseDouble(matcher.group(2));
        if (share < 0.001 || share > 0.5) {
            throw new IllegalArgumentException(settings.where()
                    + ": max-error must be a share from 0.1% to 50%, such as 1% or 0.01, not '" + text + "'");
        }
        return share;
    }

    private static ApprovedWordings file(Settings settings) {
        return settings.text("approved")
                .map(name -> {
                    String where = settings.where() + ": approved: " + name;
                    try {
                        return ApprovedWordings.parse(Files.readString(Path.of(name)));
                    } catch (MalformedInputException e) {
                        throw new IllegalArgumentException(where + ": it isn't UTF-8 text", e);
                    } catch (IOException e) {
                        throw new IllegalArgumentException(where + ": it can't be read; is it there?", e);
                    } catch (IllegalArgumentException e) {
                        throw new IllegalArgumentException(where + ": " + e.getMessage(), e);
                    }
                })
                .orElse(ApprovedWordings.NONE);
    }
}
