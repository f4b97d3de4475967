package dev.whippletree.provider.openai.call;

import dev.whippletree.spi.AccountSettings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.ConnectionSpec;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;

/**
 * The connections of one account. Thread-safe.
 *
 * @param http makes them, and the calls on them
 * @param patience how long the body of an error may take to arrive, and the end of a stream after its finish reason;
 *     more than zero
 */
record AccountConnections(OkHttpClient http, WireMeter meter, Duration patience) {

    /** The status has come; what an error says besides comes with it, or isn't worth a wait. */
    static final Duration PATIENCE = Duration.ofSeconds(3);

    /**
     * Where the account states no concurrency: more than an engine would allow it, since idle connections go by
     * themselves.
     */
    private static final int DEFAULT_IDLE = 1_000;

    /** Less than the minute after which services and what stands before them usually close idle connections. */
    private static final Duration IDLE = Duration.ofSeconds(30);

    Duration connectTimeout() {
        return Duration.ofMillis(http.connectTimeoutMillis());
    }

    /**
     * Returns what makes a connection for one call alone. Closes the idle ones, as the service has probably closed them
     * too.
     */
    OkHttpClient fresh() {
        http.connectionPool().evictAll();
        return http.newBuilder()
                .connectionPool(new ConnectionPool(0, 1, TimeUnit.SECONDS))
                .build();
    }

    /**
     * Prepares an account's connections; makes none.
     *
     * @param account whose {@code connect-timeout} and concurrency are read
     * @throws IllegalArgumentException if a setting's value can't be used, saying which and why
     */
    static AccountConnections of(AccountSettings account, HttpUrl url, Duration patience) {
        WireMeter meter = new WireMeter();
        OkHttpClient.Builder http = new OkHttpClient.Builder()
                .socketFactory(meter)
                .addNetworkInterceptor(new ResponseGuard(meter))
                // By HTTP/2, a connection that has fallen silent outlives the calls that time out on it, and gets more.
                .protocols(List.of(Protocol.HTTP_1_1))
                .connectTimeout(ChatSettings.connectTimeout(account.settings()))
                .readTimeout(Duration.ZERO)
                .writeTimeout(Duration.ZERO)
                .callTimeout(Duration.ZERO)
                .retryOnConnectionFailure(false)
                .followRedirects(false)
                .followSslRedirects(false)
                .connectionPool(new ConnectionPool(
                        account.maxConcurrency().orElse(DEFAULT_IDLE), IDLE.toSeconds(), TimeUnit.SECONDS))
                .eventListenerFactory(Progress.FACTORY);
        if (!url.isHttps()) {
            // Saves reading the trust store, which takes longer than a call.
            http.connectionSpecs(List.of(ConnectionSpec.CLEARTEXT));
        }
        return new AccountConnections(http.build(), meter, patience);
    }
}
