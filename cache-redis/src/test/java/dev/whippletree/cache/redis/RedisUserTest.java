package dev.whippletree.cache.redis;

import static dev.whippletree.cache.redis.Patience.await;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cache.redis.contact.LimitName;
import dev.whippletree.cache.redis.contact.RedisKeys;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.Claim;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.spi.ScopeClosing;
import dev.whippletree.testkit.Samples;
import dev.whippletree.testkit.redis.RedisProcess;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.ArrayOutput;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A real Redis with a user that has the rights that {@code docs/redis.md} says, all or some. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisUserTest {

    private static final Path PAGE = Path.of("../docs/redis.md");
    private static final String PASSWORD = "right-secret";
    private static final CacheKey KEY = Samples.key("t", "q");
    private static final LimitUse ONE_OF_FIVE = CoordinatedProcess.one(5, Duration.ofHours(1));
    private static final Pattern CALL = Pattern.compile("(?:redis\\.p?call|typed)\\('([A-Z]+)'");

    /** What is sent without a script. */
    private static final Set<String> SENT =
            Set.of("get set scan unlink ping eval evalsha subscribe zrem hmget pttl info".split(" "));

    private RedisProcess redis;
    private RedisClient client;
    private RedisCommands<String, String> other;
    private List<String> rule;

    @BeforeAll
    void start() throws IOException {
        redis = RedisProcess.started();
        client = RedisClient.create(redis.uri());
        other = client.connect().sync();
        String line = Files.readString(PAGE)
                .lines()
                .filter(text -> text.startsWith("ACL SETUSER"))
                .findFirst()
                .orElseThrow();
        List<String> words = List.of(line.replace("PASSWORD", PASSWORD).split(" "));
        rule = words.subList(1, words.size());
    }

    @AfterAll
    void stop() {
        client.shutdown();
        redis.close();
    }

    @BeforeEach
    void empty() {
        other.flushall();
        other.aclDeluser("whippletree");
        acl(List.of("LOG", "RESET"));
    }

    @Test
    void documentedRights_areTheCommandsThatAreUsed() {
        Set<String> used = new TreeSet<>(SENT);
        for (Script script : Script.values()) {
            used.addAll(CALL.matcher(script.text())
                    .results()
                    .map(call -> call.group(1).toLowerCase(Locale.ROOT))
                    .collect(Collectors.toSet()));
        }

        assertThat(rule.stream().filter(word -> word.startsWith("+")).map(word -> word.substring(1)))
                .containsExactlyInAnyOrderElementsOf(used);
    }

    @Test
    void documentedRights_areEnoughForAllThatIsDone() {
        acl(rule);

        try (CachingProcess cache = new CachingProcess(redis.uri(), settings());
                CoordinatedProcess one = process();
                CoordinatedProcess two = process()) {
            cache.put(KEY);
            assertThat(cache.isStored(KEY)).isTrue();
            assertThat(cache.store()
                            .clear(Optional.empty())
                            .toCompletableFuture()
                            .join())
                    .isOne();
            await().until(() -> one.status().processes() == 2 && two.status().processes() == 2);
            List<String> granted = one.reserveAll(ONE_OF_FIVE);
            assertThat(granted).hasSize(5);
            one.settle(granted.get(0));
            one.release(granted.get(1));
            await().until(() -> two.reserve(ONE_OF_FIVE) instanceof Grant.Granted);
            Claim.Ours ours = (Claim.Ours) one.claim(KEY);
            Claim.Others others = (Claim.Others) two.claim(KEY);
            ours.end().run();
            assertThat(others.ended()).succeedsWithin(Duration.ofSeconds(20));
            List<ScopeClosing> heard = two.hear();
            one.coordination()
                    .closed(new ScopeClosing(CoordinatedProcess.SCOPE, Duration.ofMinutes(1), true, "no credit"));
            await().until(() -> heard.size() == 1);
            one.coordination().reopened(CoordinatedProcess.SCOPE);
            await().until(() -> heard.isEmpty());
            assertThat(one.coordination()
                            .claimProbe(CoordinatedProcess.SCOPE, Duration.ofMinutes(1))
                            .toCompletableFuture()
                            .join())
                    .isTrue();
            assertThat(one.problem()).isEmpty();
            assertThat(one.status().alone() + two.status().alone()).isZero();
        }
        assertThat(log()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"-evalsha, evalsha", "-time, The user executing the script", "resetchannels, channel", "resetkeys, keys"
    })
    void rightThatIsMissing_isToldInRedissWords_andTheProcessGoesOnAlone(String without, String words) {
        acl(rule);
        acl(List.of("SETUSER", "whippletree", without));

        try (CoordinatedProcess one = process();
                CachingProcess cache = new CachingProcess(redis.uri(), settings())) {
            await().untilAsserted(() -> assertThat(one.status().problem())
                    .get()
                    .asString()
                    .contains(words, "one of 5", "the user's rights")
                    .doesNotContain(PASSWORD));
            assertThat(one.status().connected()).isFalse();
            assertThat(one.reserveAll(ONE_OF_FIVE)).hasSizeLessThanOrEqualTo(1);
            assertThat(one.claim(KEY)).isInstanceOf(Claim.Ours.class);
            if (without.equals("resetkeys")) {
                assertThat(cache.fault(KEY)).contains("NOPERM").doesNotContain(PASSWORD);
            }
        }
    }

    /** What was used before would be forgotten, as if another client had written it. */
    @Test
    void rightToAddAUseThatIsMissing_isTold_andNoUseIsForgotten() {
        acl(rule);
        LimitUse use = CoordinatedProcess.one(5, Duration.ofDays(30));
        try (CoordinatedProcess one = process()) {
            await().until(one::isInStep);
            for (int n = 0; n < 3; n++) {
                one.use(use);
            }
            String key = new String(
                    new RedisKeys("whippletree").limit(use.scope().organization(), LimitName.of(use)), US_ASCII);
            await().until(() -> "3".equals(other.hget(key, "s")));
            String slot = other.hget(key, "o");

            acl(List.of("SETUSER", "whippletree", "-hincrby"));
            one.use(use);

            await().untilAsserted(() -> assertThat(one.status().problem())
                    .get()
                    .asString()
                    .contains("one of 5", "the user's rights")
                    .doesNotContain("who else can write"));
            assertThat(other.hget(key, slot)).isEqualTo("3");
        }
    }

    @Test
    void rightThatIsGivenLater_isUsedWithoutARestart() {
        acl(rule);
        acl(List.of("SETUSER", "whippletree", "-evalsha"));

        try (CoordinatedProcess one = process()) {
            await().until(() -> one.status().problem().isPresent());
            acl(rule);
            await().until(() -> one.status().connected() && one.problem().isEmpty());
        }
    }

    @Test
    void wrongPassword_isToldWithoutIt_andTheProcessGoesOnAlone() {
        acl(rule);
        acl(List.of("SETUSER", "whippletree", "resetpass", ">another"));

        try (CoordinatedProcess one = process();
                CachingProcess cache = new CachingProcess(redis.uri(), settings())) {
            await().untilAsserted(() -> assertThat(one.status().problem())
                    .get()
                    .asString()
                    .contains("WRONGPASS", "check username and password")
                    .doesNotContain(PASSWORD));
            assertThat(one.reserveAll(ONE_OF_FIVE)).hasSize(1);
            await().untilAsserted(() ->
                    assertThat(cache.fault(KEY)).contains("WRONGPASS").doesNotContain(PASSWORD));
        }
    }

    @Test
    void anotherDatabase_needsSelect() {
        acl(rule);
        try (CachingProcess cache = new CachingProcess(redis.uri() + "/1", settings())) {
            assertThat(cache.fault(KEY)).contains("NOPERM", "select");
            acl(List.of("SETUSER", "whippletree", "+select"));
            await().ignoreExceptions().until(() -> {
                cache.put(KEY);
                return cache.isStored(KEY);
            });
        }
    }

    private CoordinatedProcess process() {
        Map<String, String> all = new HashMap<>(settings());
        all.put("processes", "5");
        return new CoordinatedProcess(redis.uri(), all);
    }

    private static Map<String, String> settings() {
        return Map.of("username", "whippletree", "password", PASSWORD, "command-timeout", "5s");
    }

    private void acl(List<String> words) {
        other.dispatch(CommandType.ACL, new StatusOutput<>(StringCodec.UTF8), arguments(words));
    }

    /** Returns what was refused. */
    private List<Object> log() {
        return other.dispatch(CommandType.ACL, new ArrayOutput<>(StringCodec.UTF8), arguments(List.of("LOG")));
    }

    private static CommandArgs<String, String> arguments(List<String> words) {
        CommandArgs<String, String> arguments = new CommandArgs<>(StringCodec.UTF8);
        words.forEach(arguments::add);
        return arguments;
    }
}
