package dev.whippletree.cache.redis;

import dev.whippletree.cache.redis.contact.OtherVersionException;
import dev.whippletree.cache.redis.link.RedisSettings;
import dev.whippletree.cache.redis.link.RedisUnavailableException;
import dev.whippletree.cache.redis.link.RefusedCommandException;
import dev.whippletree.cache.redis.link.Remedy;
import dev.whippletree.cache.redis.link.ShardUnavailableException;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * Says what is wrong with a coordination, and what to do. Immutable.
 *
 * @param redis where Redis is
 * @param shares by how many processes limits are shared; 0 if nobody knows
 */
record Problem(RedisSettings redis, int shares) {

    private static final int MOST_NAMED = 3;

    /** How a node says that no shard can be used. */
    private static final String ALL_SHARDS = "CLUSTERDOWN The cluster is down";

    /** Returns a sentence about a contact that was lost. */
    String ofContact(Throwable trouble) {
        if (trouble instanceof OtherVersionException) {
            return redis.where() + ": " + trouble.getMessage();
        }
        String why = isOfOneShard(trouble) ? ", because the processes are counted there" : "";
        return what(redis, trouble) + "; meanwhile " + meanwhile() + why + "; " + remedy(trouble);
    }

    /**
     * Returns a sentence about limits that can't be shared although there is contact.
     *
     * @param troubles one or more, by the limits' organizations
     */
    String ofLimits(SortedMap<String, Throwable> troubles) {
        Throwable first = troubles.values().iterator().next();
        int more = troubles.size() - MOST_NAMED;
        String whose = troubles.keySet().stream().limit(MOST_NAMED).collect(Collectors.joining(", "))
                + (more > 0 ? " and " + more + " more" : "");
        return what(redis, first) + "; for limits of " + whose + " " + meanwhile() + "; " + remedy(first);
    }

    /** Says what is wrong with a Redis, or with a shard of it. */
    static String what(RedisSettings redis, Throwable trouble) {
        if (trouble instanceof RedisUnavailableException) {
            return String.valueOf(trouble.getMessage());
        }
        String who = isOfOneShard(trouble) ? ": a shard of Redis at " : ": Redis at ";
        String how = ShardUnavailableException.reasonOf(trouble) instanceof RefusedCommandException
                ? " refuses commands ("
                : " can't be used (";
        return redis.where() + who + redis.address() + how + trouble.getMessage() + ")";
    }

    private static boolean isOfOneShard(Throwable trouble) {
        return trouble instanceof ShardUnavailableException
                && !String.valueOf(trouble.getMessage()).startsWith(ALL_SHARDS);
    }

    private String meanwhile() {
        return shares == 0
                ? "this process counts only its own use of limits, because the number of processes is unknown (set"
                        + " 'processes')"
                : "this process grants its own share of each limit, one of " + shares;
    }

    private String remedy(Throwable trouble) {
        return Remedy.of(String.valueOf(trouble.getMessage()), redis);
    }
}
