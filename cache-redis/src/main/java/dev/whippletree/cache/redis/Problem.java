package dev.whippletree.cache.redis;

import dev.whippletree.cache.redis.contact.OtherVersionException;
import dev.whippletree.cache.redis.link.RedisSettings;
import dev.whippletree.cache.redis.link.RedisUnavailableException;
import dev.whippletree.cache.redis.link.RefusedCommandException;
import dev.whippletree.cache.redis.link.Remedy;
import dev.whippletree.cache.redis.link.ShardUnavailableException;

/**
 * Says what is wrong with a coordination, and what to do. Immutable.
 *
 * @param redis where Redis is
 * @param shares by how many processes limits are shared; 0 if nobody knows
 */
record Problem(RedisSettings redis, int shares) {

    /** Returns a sentence about a contact that was lost. */
    String ofContact(Throwable trouble) {
        if (trouble instanceof OtherVersionException) {
            return redis.where() + ": " + trouble.getMessage();
        }
        return what(redis, trouble) + "; meanwhile " + meanwhile() + "; " + remedy(trouble);
    }

    /** Returns a sentence about limits that can't be shared although there is contact. */
    String ofLimits(Throwable trouble) {
        return what(redis, trouble) + "; for some limits " + meanwhile() + "; " + remedy(trouble);
    }

    /** Says what is wrong with a Redis, or with a shard of it. */
    static String what(RedisSettings redis, Throwable trouble) {
        if (trouble instanceof RedisUnavailableException) {
            return String.valueOf(trouble.getMessage());
        }
        String who = trouble instanceof ShardUnavailableException ? ": a shard of Redis at " : ": Redis at ";
        String how = ShardUnavailableException.reasonOf(trouble) instanceof RefusedCommandException
                ? " refuses commands ("
                : " can't be used (";
        return redis.where() + who + redis.address() + how + trouble.getMessage() + ")";
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
