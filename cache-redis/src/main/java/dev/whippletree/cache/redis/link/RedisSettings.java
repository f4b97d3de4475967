package dev.whippletree.cache.redis.link;

import dev.whippletree.model.Secret;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import io.lettuce.core.StaticCredentialsProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where Redis is and how it is used. Immutable. Prints no password, wherever that was given.
 *
 * <p>Credentials in URIs are static. Lettuce asks any other provider on a thread that isn't the connection's, goes on
 * logging in there, and may hand out a connection that still rejects every command.
 *
 * @param where how messages name the owner of the settings
 * @param keyPrefix the start of every key
 * @param commandTimeout how long Redis may take to answer a command
 * @param isCluster whether it is a cluster, whose keys are spread over its nodes
 * @param uris of the nodes that are named, with credentials; one if it is no cluster
 * @param caCertificate the file that says whom TLS trusts, if that isn't whom the JVM does
 * @param unclear what uris name as hosts and may be a password that was meant
 */
public record RedisSettings(
        String where,
        String keyPrefix,
        Duration commandTimeout,
        boolean isCluster,
        List<RedisURI> uris,
        Optional<String> caCertificate,
        Set<String> unclear) {

    /** The settings of a cache, which a coordinator has as well. */
    public static final Set<SettingKey> KEYS = Set.of(
            new SettingKey(
                    "uri",
                    "Where Redis is: redis://host:port/database, rediss:// for TLS,"
                            + " redis-sentinel:// or rediss-sentinel://host,host/database#master,"
                            + " redis-cluster:// or rediss-cluster://host:port,host:port;"
                            + " redis://localhost:6379 by default.",
                    RedisSettings::parse),
            new SettingKey("username", "The user to log in as, if Redis has users; needs password."),
            new SettingKey("password", "The password, kept out of logs and errors; instead of one in the uri."),
            new SettingKey(
                    "ca-certificate",
                    "A PEM file with the certificate authorities to trust for TLS; by default, those that the JVM"
                            + " trusts."),
            new SettingKey(
                    "key-prefix",
                    "The start of every key: letters, digits, '.', '_', ':' and '-', 64 at most;"
                            + " whippletree by default.",
                    RedisSettings::keyPrefix),
            new SettingKey(
                    "command-timeout",
                    "How long Redis may take for a command, 1ms to 5s, and to connect, 1s at least; 250ms by default.",
                    RedisSettings::commandTimeout));

    /** A name or an address. Where Lettuce can't tell host from port, it takes both for the host. */
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.-]+|\\[[0-9A-Fa-f:.]+]");

    /** A host without a dot, a port, or a login before it. */
    private static final Pattern UNCLEAR = Pattern.compile("(?<=//|,)(?!localhost\\b)[A-Za-z0-9-]+(?=$|[/?#,])");

    /** TLS or not, who logs in, some of the nodes, and the rest. */
    private static final Pattern CLUSTER = Pattern.compile("redis(s?)-cluster://([^/?#]*@)?([^@/?#]*)(.*)");

    private static final Duration DEFAULT_COMMAND_TIMEOUT = Duration.ofMillis(250);

    /** So long the engine waits for a reservation; and a process counts as gone ten seconds after its last beat. */
    private static final Duration LONGEST_COMMAND_TIMEOUT = Duration.ofSeconds(5);

    /**
     * Reads the settings.
     *
     * @throws IllegalArgumentException if one can't be used, without its value where that may hold a password
     */
    public static RedisSettings from(Settings settings) {
        RedisSettings read = new RedisSettings(
                settings.where(),
                keyPrefix(settings),
                commandTimeout(settings),
                cluster(settings).matches(),
                parse(settings),
                settings.text("ca-certificate"),
                UNCLEAR.matcher(settings.text("uri").orElse(""))
                        .results()
                        .map(MatchResult::group)
                        .collect(Collectors.toSet()));
        read.addCredentials(settings.text("username"), settings.text("password").map(Secret::of));
        read.checkCaCertificate();
        return read;
    }

    private static String keyPrefix(Settings settings) {
        String prefix = settings.text("key-prefix").orElse("whippletree");
        if (!prefix.matches("[A-Za-z0-9._:-]{1,64}")) {
            throw new IllegalArgumentException(settings.where()
                    + ": key-prefix must be 1 to 64 letters, digits, '.', '_', ':' and '-', not '" + prefix + "'");
        }
        return prefix;
    }

    private static Duration commandTimeout(Settings settings) {
        Duration timeout = settings.duration("command-timeout").orElse(DEFAULT_COMMAND_TIMEOUT);
        if (timeout.compareTo(LONGEST_COMMAND_TIMEOUT) > 0) {
            throw new IllegalArgumentException(settings.where() + ": command-timeout is 1ms to 5s, not "
                    + settings.text("command-timeout").orElse(""));
        }
        return timeout;
    }

    private void checkCaCertificate() {
        if (caCertificate.isEmpty()) {
            return;
        }
        String path = caCertificate.get();
        if (!isSsl()) {
            throw new IllegalArgumentException(where + ": ca-certificate is for TLS, which uri doesn't use;"
                    + " for TLS it begins with rediss://, rediss-sentinel:// or rediss-cluster://");
        }
        try {
            var unused = sslOptions().orElseThrow().createSslContextBuilder().build();
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            throw new IllegalArgumentException(
                    where + ": ca-certificate must be a PEM file with certificates, and '" + path
                            + "' can't be read as one",
                    e);
        }
    }

    boolean isSsl() {
        return uris.get(0).isSsl();
    }

    private void addCredentials(Optional<String> username, Optional<Secret> password) {
        if (username.isPresent() && password.isEmpty()) {
            throw new IllegalArgumentException(where + ": username needs a password");
        }
        for (RedisURI uri : uris) {
            password.ifPresent(secret -> {
                char[] value = secret.reveal().toCharArray();
                username.ifPresentOrElse(
                        name -> uri.setAuthentication(name, value), () -> uri.setAuthentication(value));
            });
            uri.getCredentialsProvider()
                    .resolveCredentials()
                    .blockOptional()
                    .map(StaticCredentialsProvider::new)
                    .ifPresent(uri::setCredentialsProvider);
        }
    }

    /**
     * Returns whom TLS trusts, if that isn't whom the JVM does. The file is read at each connection, as it may be
     * replaced.
     */
    Optional<SslOptions> sslOptions() {
        return caCertificate.map(path ->
                SslOptions.builder().trustManager(Path.of(path).toFile()).build());
    }

    /** Returns where Redis is, for messages, without credentials. */
    public String address() {
        if (isCluster) {
            return "cluster " + uris.stream().map(this::hostAndPort).collect(Collectors.joining(", "));
        }
        RedisURI parsed = uris.get(0);
        if (parsed.getSentinelMasterId() != null) {
            return "Sentinel master " + parsed.getSentinelMasterId();
        }
        return parsed.getSocket() != null ? parsed.getSocket() : hostAndPort(parsed);
    }

    private String hostAndPort(RedisURI parsed) {
        return shown(parsed.getHost()) + ":" + parsed.getPort();
    }

    /** Returns a text that may name hosts, without what may be a password. */
    String shown(String text) {
        String shown = text;
        for (String word : unclear) {
            shown = shown.replaceAll("(?<![A-Za-z0-9])" + Pattern.quote(word) + "(?![A-Za-z0-9])", "***");
        }
        return shown;
    }

    private static Matcher cluster(Settings settings) {
        return CLUSTER.matcher(settings.text("uri").orElse(""));
    }

    /** Returns the nodes that are named, each read by itself: Lettuce has no form for several hosts with ports. */
    private static List<RedisURI> parse(Settings settings) {
        Matcher cluster = cluster(settings);
        if (!cluster.matches()) {
            return List.of(parse(settings.where(), settings.text("uri").orElse("redis://localhost:6379")));
        }
        String start = "redis" + cluster.group(1) + "://" + Objects.requireNonNullElse(cluster.group(2), "");
        List<RedisURI> nodes = Stream.of(cluster.group(3).split(",", -1))
                .map(host -> parse(settings.where(), start + host + cluster.group(4)))
                .toList();
        if (nodes.get(0).getDatabase() != 0) {
            throw new IllegalArgumentException(
                    settings.where() + ": a cluster has database 0 only; leave it out of uri");
        }
        return nodes;
    }

    /** Neither the value nor an exception that quotes it may be shown: there may be a password in it. */
    private static RedisURI parse(String where, String uri) {
        try {
            RedisURI parsed = RedisURI.create(uri);
            if (parsed.getHost() == null || HOST.matcher(parsed.getHost()).matches()) {
                return parsed;
            }
        } catch (RuntimeException e) {
            // Said below.
        }
        throw new IllegalArgumentException(where + ": uri is not a Redis URI such as redis://localhost:6379/0 or"
                + " rediss://host:6380 (no '_' in a host's name; in a password, special characters percent-encoded)");
    }

    @Override
    public String toString() {
        return where + " at " + address();
    }
}
