package dev.whippletree.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What contracts are made of. */
class ContractToolsTest {

    @Test
    void fakeServices_areTheTimelines_butForTheClockThatCanBePutForward() {
        VirtualTimeline timeline = new VirtualTimeline(1);
        FakeServices services = FakeServices.on(timeline);
        Instant start = services.clock().instant();
        List<String> ran = new ArrayList<>();
        services.putClockForward(Duration.ofHours(2));
        services.putClockForward(Duration.ofHours(-1));
        services.schedule(Duration.ofSeconds(3), () -> ran.add("late"));
        services.schedule(Duration.ofSeconds(1), () -> ran.add("cancelled")).cancel();
        services.executor().execute(() -> ran.add("soon"));
        services.close();
        timeline.advance(Duration.ofSeconds(3));

        assertThat(ran).containsExactly("soon", "late");
        assertThat(services.clock().instant()).isEqualTo(start.plusSeconds(3_603));
        assertThat(services.nanoTime()).isEqualTo(timeline.nanoTime());
        assertThat(services.logger("cache").getName()).isEqualTo("dev.whippletree.cache");
        assertThat(services.complete(Prompt.of("a"))).isCompletedExceptionally();
        Completion answer = Samples.completion("yes");
        services.answerWith(prompt -> CompletableFuture.completedFuture(answer));
        assertThat(services.complete(Prompt.of("a"))).isCompletedWithValue(answer);
    }

    @Test
    void stages_sayWhatFailedOrNeverEnded() {
        Stages stages = new Stages(Duration.ofMillis(20));
        CompletableFuture<String> ended = CompletableFuture.completedFuture("value");
        CompletableFuture<String> failed = CompletableFuture.failedFuture(new IllegalStateException("why"));
        CompletableFuture<String> open = new CompletableFuture<>();

        assertThat(stages.join(ended, "it")).isEqualTo("value");
        assertFails(() -> stages.join(failed, "it"), "it failed: ", "why");
        assertFails(() -> stages.join(open, "it"), "it never ended its stage");
        stages.assertEnds(ended, "it");
        stages.assertEnds(failed, "it");
        assertFails(() -> stages.assertEnds(open, "it"), "it never ended its stage");
        stages.assertFails(() -> failed, "it");
        assertFails(() -> stages.assertFails(() -> ended, "it"), "it must end its stage with an exception");
        assertFails(() -> stages.assertFails(() -> open, "it"), "it never ended its stage");
        assertFails(
                () -> stages.assertFails(
                        () -> {
                            throw new IllegalStateException("thrown");
                        },
                        "it"),
                "with an exception, not throw one",
                "thrown");
        stages.eventually(() -> true, "it");
        assertFails(() -> stages.eventually(() -> false, "it"), "this never happened: it");
    }

    private static void assertFails(ThrowingCallable call, String... words) {
        assertThatThrownBy(call).isInstanceOf(AssertionError.class).hasMessageContainingAll(words);
    }

    /** Has the form of a plugin. */
    public static class Right {}

    /** ServiceLoader doesn't see it. */
    static final class Hidden extends Right {}

    /** ServiceLoader can't make it. */
    public static final class Demanding extends Right {
        public Demanding(String needed) {
            assertThat(needed).isNotNull();
        }
    }

    private static void check(Object kind, String name, SettingKey... settings) {
        PluginForm.check(kind, name, new LinkedHashSet<>(Arrays.asList(settings)));
    }

    @Test
    void pluginForm_isANameDescribedSettingsAndAPublicConstructor() {
        SettingKey uri = new SettingKey("uri", "where it is");
        SettingKey again = new SettingKey("uri", "where else");

        assertThatCode(() -> check(new Right(), "redis-2", uri)).doesNotThrowAnyException();
        for (String wrong : List.of("Redis", "redis_2", "", "2redis", "redis-")) {
            assertFails(() -> check(new Right(), wrong), "the name of");
        }
        assertFails(() -> check(new Right(), "redis", uri, again), "the names of the settings");
        assertFails(() -> check(new Hidden(), "redis"), "must be public");
        assertFails(() -> check(new Demanding(""), "redis"), "a public constructor without arguments");
    }
}
