package dev.whippletree.cache.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The scripts that run in Redis, each from a file of its name beside this class. Each replies a list: its own reply,
 * and if values that can't be were ignored, how many and what the last was.
 */
enum Script {
    /** Trades blocks of limits. */
    TRADE("limits.lua", "epochs.lua", "trade.lua"),
    /** Registers limits. */
    SURVEY("survey.lua"),
    /** Registers a process. */
    BEAT("beat.lua"),
    /** Claims a key. */
    CLAIM("claims.lua", "claim.lua"),
    /** Renews a claim. */
    RENEW("claims.lua", "renew.lua"),
    /** Ends a claim. */
    UNCLAIM("claims.lua", "unclaim.lua"),
    /** Keeps a closing. */
    CLOSE("close.lua"),
    /** Forgets a closing. */
    REOPEN("reopen.lua"),
    /** Reads the closings. */
    CLOSINGS("closings.lua");

    @SuppressWarnings("ImmutableEnumChecker")
    private final byte[] text;

    private final String digest;

    Script(String... files) {
        text = Stream.concat(Stream.of("plausible.lua"), Arrays.stream(files))
                .map(Script::read)
                .collect(Collectors.joining("\n"))
                .getBytes(UTF_8);
        digest = sha1(text);
    }

    /** Returns the whole text. */
    byte[] text() {
        return text.clone();
    }

    /** Returns what {@code EVALSHA} wants. */
    String digest() {
        return digest;
    }

    private static String read(String file) {
        try (InputStream in = Script.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is missing beside " + Script.class);
            }
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sha1(byte[] text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }
}
