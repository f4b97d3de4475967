package dev.whippletree.provider.openai.call;

import dev.whippletree.spi.EmbeddingBounds;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import java.net.URI;
import java.time.Duration;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/** The settings common to all accounts of this protocol. Stateless. */
public final class ChatSettings {

    /** How long connecting may take: a duration, 5 s unless set. All other times are the engine's. */
    public static final SettingKey CONNECT_TIMEOUT = new SettingKey(
            "connect-timeout", "How long connecting may take, such as 5s (default).", ChatSettings::connectTimeout);

    /** The most texts of one call: 32 unless set or known, as text-embeddings-inference takes. */
    public static final SettingKey EMBEDDING_INPUTS = new SettingKey(
            "embedding-inputs",
            "The most texts that one call embeds, 1 to 2,048; 32 by default, 1,000 at OpenAI.",
            settings -> settings.integer("embedding-inputs", 1, ChatSettings.MOST_INPUTS));

    /** The most tokens of all texts of one call: 300,000 unless set, as OpenAI takes. */
    public static final SettingKey EMBEDDING_TOKENS = new SettingKey(
            "embedding-tokens",
            "The most tokens of all texts that one call embeds; 300,000 by default.",
            settings -> settings.integer("embedding-tokens", 1, Integer.MAX_VALUE));

    /** The most texts of one call where nothing else is known: what text-embeddings-inference takes. */
    public static final int USUAL_INPUTS = 32;

    private static final int MOST_INPUTS = 2_048;
    private static final int DEFAULT_EMBEDDING_TOKENS = 300_000;
    private static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration LONGEST_CONNECT_TIMEOUT = Duration.ofHours(1);
    /** The name of the setting that says where the service is. */
    public static final String BASE_URL_NAME = "base-url";

    private ChatSettings() {}

    /**
     * Returns the setting that says where the service is.
     *
     * @param otherwise the address where it isn't set, for the description
     */
    public static SettingKey baseUrl(String otherwise) {
        return new SettingKey(
                BASE_URL_NAME,
                "The service's address, http or https; " + otherwise + " by default.",
                settings -> endpoint(settings, otherwise, ""));
    }

    /**
     * Returns an address below an account's {@code base-url}.
     *
     * @param otherwise the base where none is set
     * @param path what is appended to the base, without a slash in front
     * @throws IllegalArgumentException if the setting is no http or https address, or holds a user name, query or
     *     fragment
     */
    public static URI endpoint(Settings settings, String otherwise, String path) {
        String base = settings.text(BASE_URL_NAME).orElse(otherwise).trim();
        HttpUrl url = HttpUrl.parse(base);
        if (url == null || hasMoreThanAPath(url)) {
            // The value isn't repeated: what is wrong with it may be that it holds a password.
            throw new IllegalArgumentException(settings.where()
                    + ": base-url must be an http or https address without user name, query or fragment, such as "
                    + otherwise);
        }
        return url.newBuilder().addPathSegments(path).build().uri();
    }

    private static boolean hasMoreThanAPath(HttpUrl url) {
        @Nullable String query = url.query();
        return !url.username().isEmpty() || !url.password().isEmpty() || query != null || url.fragment() != null;
    }

    /**
     * Returns the most that one call may embed.
     *
     * @param inputs the most texts where the account doesn't say
     * @throws IllegalArgumentException if a setting is no number, or out of range
     */
    public static EmbeddingBounds embeddingBounds(Settings settings, int inputs) {
        return new EmbeddingBounds(
                settings.integer(EMBEDDING_INPUTS.name(), 1, MOST_INPUTS).orElse(inputs),
                settings.integer(EMBEDDING_TOKENS.name(), 1, Integer.MAX_VALUE).orElse(DEFAULT_EMBEDDING_TOKENS));
    }

    static Duration connectTimeout(Settings settings) {
        Duration timeout = settings.duration(CONNECT_TIMEOUT.name()).orElse(DEFAULT_CONNECT_TIMEOUT);
        if (timeout.compareTo(LONGEST_CONNECT_TIMEOUT) > 0) {
            throw new IllegalArgumentException(settings.where() + ": connect-timeout must be at most 1h");
        }
        return timeout;
    }
}
