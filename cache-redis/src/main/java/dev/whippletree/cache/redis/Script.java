package dev.whippletree.cache.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.codec.Base16;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The scripts that run in Redis, each from a file of its name beside this class. Each replies a list: its own reply,
 * and if values that can't be were ignored, how many and what the last was.
 */
enum Script {
    TRADE("limits.lua", "epochs.lua", "trade.lua"),
    SURVEY("survey.lua"),
    BEAT("beat.lua"),
    CLAIM("claims.lua", "claim.lua"),
    RENEW("claims.lua", "renew.lua"),
    UNCLAIM("claims.lua", "unclaim.lua"),
    CLOSE("close.lua"),
    REOPEN("reopen.lua"),
    CLOSINGS("closings.lua");

    private final String text;
    private final String digest;

    Script(String... files) {
        text = Stream.concat(Stream.of("plausible.lua"), Arrays.stream(files))
                .map(Script::read)
                .collect(Collectors.joining("\n"));
        digest = Base16.digest(text.getBytes(UTF_8));
    }

    String text() {
        return text;
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
}
