package dev.whippletree.cache.redis;

import dev.whippletree.cache.redis.contact.CoordinationCommands;
import java.util.concurrent.CountDownLatch;

/** Hears only that notices arrive. Thread-safe. */
final class QuietEvents implements CoordinationCommands.Events {

    final CountDownLatch subscribed = new CountDownLatch(1);

    @Override
    public void connected() {}

    @Override
    public void subscribed() {
        subscribed.countDown();
    }

    @Override
    public void notice(String text) {}
}
