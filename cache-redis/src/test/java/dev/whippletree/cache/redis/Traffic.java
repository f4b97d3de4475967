package dev.whippletree.cache.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.whippletree.cache.redis.contact.RedisKeys;
import dev.whippletree.cache.redis.link.CorruptValue;
import dev.whippletree.cache.redis.link.LettuceConnector;
import dev.whippletree.cache.redis.link.RedisConnection;
import dev.whippletree.cache.redis.link.RedisLink;
import dev.whippletree.cache.redis.link.RedisSettings;
import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheEnvelope;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.time.VirtualTimeline;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.RedisCommand;
import io.lettuce.core.pubsub.RedisPubSubAsyncCommandsImpl;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * How many commands and bytes go to Redis, and how many bytes come back. Confined.
 *
 * <p>What is sent is exact: the production commands are called with the arguments that the model is called with, over a
 * connection that encodes each command and sends it nowhere. What comes back is reckoned: a RESP value for each that
 * the model replies, in a list as scripts reply. Not counted are the packets' own headers, TLS, and what is said once a
 * connection.
 */
public final class Traffic {

    private static final int STATUS = 5;
    private static final int PONG = 7;

    /** Redis's time, which a beat tells as well. */
    private static final int TIME = 16;

    private final RedisKeys keys;
    private final LettuceCommands commands;
    private final RedisStore store;
    private final ByteBuf buffer = Unpooled.buffer();
    private final RedisAsyncCommands<byte[], byte[]> nowhere;
    private Map<String, Sums> kinds = new TreeMap<>();
    private String script = "";

    /** How many of one kind there were, what was sent and what came back. */
    record Sums(long count, long bytesIn, long bytesOut) {

        Sums plus(Sums other) {
            return new Sums(count + other.count, bytesIn + other.bytesIn, bytesOut + other.bytesOut);
        }
    }

    public Traffic() {
        VirtualTimeline still = new VirtualTimeline(0);
        FakeServices services = FakeServices.on(still);
        RedisSettings settings = RedisSettings.from(Settings.none("traffic"));
        Nowhere connector = new Nowhere(settings);
        nowhere = connector.connection.async();
        keys = new RedisKeys(settings.keyPrefix());
        commands = new LettuceCommands(settings, services, new CorruptValue(settings, services), connector);
        RedisLink link = new RedisLink(settings, new RedisLink.Effect("", ""), connector, services);
        store = new RedisStore(settings, link, services);
        link.connect();
        commands.start(new QuietEvents());
        still.advance(Duration.ofSeconds(1));
        kinds.clear();
    }

    /** Takes and forgets what was counted, by kind. */
    Map<String, Sums> take() {
        Map<String, Sums> taken = kinds;
        kinds = new TreeMap<>();
        return taken;
    }

    /** Returns rows of a table: of each kind and of all, how many a second, and how many bytes in and out. */
    static String table(Map<String, Sums> sums, Duration time) {
        double seconds = time.toMillis() / 1e3;
        Map<String, Sums> rows = new TreeMap<>(sums);
        rows.put("all", sums.values().stream().reduce(new Sums(0, 0, 0), Sums::plus));
        StringBuilder table = new StringBuilder();
        rows.forEach((kind, row) -> table.append("| %s | %.1f | %.0f | %.0f |%n"
                .formatted(kind, row.count() / seconds, row.bytesIn() / seconds, row.bytesOut() / seconds)));
        return table.toString();
    }

    /** Counts a coordinator's command and its reply. */
    public void add(Method method, Object @Nullable [] arguments, @Nullable Object reply) {
        script = method.getName();
        try {
            method.invoke(commands, arguments);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(e);
        }
        if (reply instanceof Map<?, ?> used) {
            back(script, listed(List.copyOf(used.keySet())));
            used.forEach((place, amount) -> {
                nowhere.hmget(keys.limit((String) place), new byte[] {'s'}, new byte[] {'h'});
                back("hmget", listed(List.of(String.valueOf(amount), "0")));
            });
        } else {
            back(script, 4 + listed(leaves(reply == null ? 0 : reply)));
        }
        if (script.equals("beat")) {
            back(script, TIME);
            back("pttl", STATUS);
            back("ping", PONG);
        }
    }

    public void get(CacheKey key, Optional<CacheEntry> found) {
        store.get(key);
        back(
                "get",
                found.map(entry -> bulk(Packing.pack(CacheEnvelope.write(entry)).length))
                        .orElse(STATUS));
    }

    public void set(CacheKey key, CacheEntry entry) {
        store.put(key, entry);
        back("set", STATUS);
    }

    /** Counts a notice that each subscriber gets. */
    public void notice(String text, int subscribers) {
        int each = listed(List.of("message", new String(keys.notices(), UTF_8), text));
        count("message", new Sums(subscribers, 0, (long) each * subscribers));
    }

    private void sent(RedisCommand<?, ?, ?> command) {
        buffer.clear();
        command.encode(buffer);
        String type = command.getType().toString().toLowerCase(Locale.ROOT);
        count(type.equals("evalsha") ? script : type, new Sums(1, buffer.readableBytes(), 0));
    }

    private void back(String kind, int bytes) {
        count(kind, new Sums(0, 0, bytes));
    }

    private void count(String kind, Sums sums) {
        kinds.merge(kind, sums, Sums::plus);
    }

    /** What a reply has, in its order, without what it's made of. */
    private static List<Object> leaves(Object value) {
        List<Object> leaves = new ArrayList<>();
        if (value instanceof Collection<?> all) {
            all.forEach(each -> leaves.addAll(leaves(each)));
        } else if (value instanceof Record whole) {
            for (RecordComponent component : whole.getClass().getRecordComponents()) {
                leaves.addAll(leaves(read(component, whole)));
            }
        } else if (value instanceof Duration time) {
            leaves.add(time.toMillis());
        } else {
            leaves.add(value instanceof Boolean yes ? (Object) (yes ? 1 : 0) : value);
        }
        return leaves;
    }

    private static Object read(RecordComponent component, Record whole) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(whole);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int listed(List<?> values) {
        int bytes = values.size() == 1 ? 0 : digits(values.size()) + 3;
        for (Object value : values) {
            bytes += value instanceof Number
                    ? String.valueOf(value).length() + 3
                    : bulk(String.valueOf(value).length());
        }
        return bytes;
    }

    private static int bulk(int length) {
        return digits(length) + length + 5;
    }

    private static int digits(int number) {
        return String.valueOf(number).length();
    }

    /** Leads nowhere. */
    private final class Nowhere extends LettuceConnector<RedisClient> {

        private final StatefulRedisPubSubConnection<byte[], byte[]> connection;
        private final RedisPubSubAsyncCommandsImpl<byte[], byte[]> async;

        @SuppressWarnings("unchecked")
        Nowhere(RedisSettings settings) {
            super(settings);
            connection = (StatefulRedisPubSubConnection<byte[], byte[]>) Proxy.newProxyInstance(
                    Traffic.class.getClassLoader(),
                    new Class<?>[] {StatefulRedisPubSubConnection.class},
                    (proxy, method, arguments) -> answer(method, arguments));
            async = new RedisPubSubAsyncCommandsImpl<>(connection, ByteArrayCodec.INSTANCE);
        }

        private @Nullable Object answer(Method method, Object @Nullable [] arguments) {
            if (arguments != null && arguments[0] instanceof RedisCommand<?, ?, ?> command) {
                sent(command);
                if (command.getType() == CommandType.SUBSCRIBE) {
                    command.complete();
                }
                return command;
            }
            return method.getName().equals("async") ? async : method.getName().equals("isOpen") ? true : null;
        }

        @Override
        protected RedisClient create(ClientResources threads) {
            throw new UnsupportedOperationException("there is no client");
        }

        @Override
        public CompletionStage<RedisConnection> connect() {
            return CompletableFuture.completedFuture(RedisConnection.toServer(connection));
        }

        @Override
        protected CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>> connectPubSub() {
            return CompletableFuture.completedFuture(connection);
        }
    }
}
