package dev.whippletree.cache.redis.link;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What to do about a Redis that can't be used, by what was said when it was tried. Stateless. */
public final class Remedy {

    private static final Pattern FROM_NODE = Pattern.compile("MOVED|CROSSSLOT|CLUSTERDOWN");

    /** By words in what was said; of several, the first count. */
    private static final List<Map.Entry<Pattern, String>> BY_WORDS = List.of(
            entry("OOM", "give it more memory, or the coordinator a Redis of its own"),
            // What a script may not do, Redis 7.0 says without a code.
            entry(
                    "NOAUTH|WRONGPASS|NOPERM|The user executing the script",
                    "check username and password, and the user's rights"),
            entry("cluster support disabled", "it is no cluster: uri begins with redis://, or rediss:// for TLS"),
            // In the words of a node, or of Lettuce.
            entry(
                    "CLUSTERDOWN|Cannot determine a partition",
                    "see to it that all 16,384 slots are served (redis-cli --cluster check)"),
            entry("READONLY", "set uri to the master, or to the Sentinels that know it"),
            entry("MISCONF", "find out why it can't save to disk"),
            entry(
                    "certification path",
                    "set ca-certificate to a PEM file with the certificate of the authority that has signed Redis's"),
            entry("No subject alternative|No name matching", "set uri to a host name that is in Redis's certificate"),
            entry(
                    "certificate_required",
                    "set tls-auth-clients to no in Redis, because this client has no certificate of its own"),
            entry("certificate isn't accepted", "check its certificate"));

    private Remedy() {}

    private static Map.Entry<Pattern, String> entry(String words, String remedy) {
        return Map.entry(Pattern.compile(words), remedy);
    }

    /**
     * Returns what to do.
     *
     * @param message what was said, in Redis's, the JDK's or Lettuce's words
     */
    public static String of(String message, RedisSettings settings) {
        if (!settings.isCluster() && FROM_NODE.matcher(message).find()) {
            return "it is a node of a cluster: uri begins with redis-cluster://, or rediss-cluster:// for TLS";
        }
        return BY_WORDS.stream()
                .filter(each -> each.getKey().matcher(message).find())
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseGet(() -> ofConnecting(message, settings));
    }

    private static String ofConnecting(String message, RedisSettings settings) {
        String check = (settings.isCluster()
                        ? "check that its nodes run and can be reached from here, by the addresses that CLUSTER NODES shows"
                        : "check that it runs and can be reached from here")
                + (settings.unclear().isEmpty()
                        ? ""
                        : ", and that uri has the form redis://:password@host:port (*** may be a password)");
        if (settings.isSsl() && message.contains("timed out")) {
            return check + ", and that it speaks TLS at that port (if not, uri begins with " + scheme("redis", settings)
                    + ")";
        }
        if (!settings.isSsl() && (message.contains("Connection reset") || message.contains("Connection closed"))) {
            return check + ", and whether it speaks TLS at that port (if so, uri begins with "
                    + scheme("rediss", settings) + ")";
        }
        return check;
    }

    private static String scheme(String name, RedisSettings settings) {
        return name + (settings.isCluster() ? "-cluster://" : "://");
    }
}
