package dev.whippletree.cache.redis.link;

/** What to do about a Redis that can't be used, by what was said when it was tried. Stateless. */
public final class Remedy {

    private Remedy() {}

    /**
     * Returns what to do.
     *
     * @param message what was said, in Redis's, the JDK's or Lettuce's words
     */
    public static String of(String message, RedisSettings settings) {
        if (message.contains("OOM")) {
            return "give it more memory, or the coordinator a Redis of its own";
        }
        if (isAboutRights(message)) {
            return "check username and password, and the user's rights";
        }
        if (message.contains("cluster support disabled")) {
            return "it is no cluster: uri begins with redis://, or rediss:// for TLS";
        }
        if (isFromNode(message) && !settings.isCluster()) {
            return "it is a node of a cluster: uri begins with redis-cluster://, or rediss-cluster:// for TLS";
        }
        if (lacksSlots(message)) {
            return "see to it that all 16,384 slots are served (redis-cli --cluster check)";
        }
        if (message.contains("READONLY")) {
            return "set uri to the master, or to the Sentinels that know it";
        }
        if (message.contains("MISCONF")) {
            return "find out why it can't save to disk";
        }
        return ofConnecting(message, settings);
    }

    private static boolean isFromNode(String message) {
        return message.contains("MOVED") || message.contains("CROSSSLOT") || message.contains("CLUSTERDOWN");
    }

    /** In the words of a node, or of Lettuce. */
    private static boolean lacksSlots(String message) {
        return message.contains("CLUSTERDOWN") || message.contains("Cannot determine a partition");
    }

    /** What a script may not do, Redis 7.0 says without a code. */
    private static boolean isAboutRights(String message) {
        return message.contains("NOAUTH")
                || message.contains("WRONGPASS")
                || message.contains("NOPERM")
                || message.contains("The user executing the script");
    }

    private static String ofConnecting(String message, RedisSettings settings) {
        if (message.contains("certification path")) {
            return "set ca-certificate to a PEM file with the certificate of the authority that has signed Redis's";
        }
        if (message.contains("No subject alternative") || message.contains("No name matching")) {
            return "set uri to a host name that is in Redis's certificate";
        }
        if (message.contains("certificate_required")) {
            return "set tls-auth-clients to no in Redis, because this client has no certificate of its own";
        }
        if (message.contains("certificate isn't accepted")) {
            return "check its certificate";
        }
        String check = settings.isCluster()
                ? "check that its nodes run and can be reached from here, by the addresses that CLUSTER NODES shows"
                : "check that it runs and can be reached from here";
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
