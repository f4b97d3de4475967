package dev.whippletree.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.Whippletree;
import dev.whippletree.emulator.http.EmulatorServer;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Secret;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Settings;
import dev.whippletree.time.SystemTimeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import net.bytebuddy.agent.ByteBuddyAgent;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.matcher.ElementMatchers;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Lists the classes that run for one prompt, from {@link Whippletree#complete} to the socket and back, in
 * {@code target/a-prompts-way.txt}: what a reader passes who follows it. How many these are is bounded.
 */
@Tag("thorough")
public final class PromptsWayTest {

    /** How many classes of the engine: lower it when they become fewer. */
    private static final int MOST_OF_THE_ENGINE = 56;

    private static final Path LIST = Path.of("target/a-prompts-way.txt");
    private static final Set<String> RAN = ConcurrentHashMap.newKeySet();

    private final SystemTimeline timeline = new SystemTimeline();
    private final EmulatedService service = new EmulatedService(
            ServiceSettings.builder(ServiceKind.HUGGING_FACE)
                    .account("one", "hf_token")
                    .build(),
            timeline.nanoTime());

    /** Put in front of every method of the product. */
    static final class Note {

        private Note() {}

        @Advice.OnMethodEnter
        static void enter(@Advice.Origin("#t") String type) {
            ran(type);
        }
    }

    /** Called by what is instrumented, from everywhere. */
    public static void ran(String type) {
        RAN.add(type.replaceFirst("\\$.*", ""));
    }

    @Test
    void enginesPart_isBounded() throws IOException {
        var instrumentation = ByteBuddyAgent.install();
        var transformer = new AgentBuilder.Default()
                .disableClassFormatChanges()
                .with(AgentBuilder.RedefinitionStrategy.RETRANSFORMATION)
                .with(AgentBuilder.RedefinitionStrategy.BatchAllocator.ForFixedSize.ofSize(1))
                .type(ElementMatchers.<TypeDescription>nameStartsWith("dev.whippletree.")
                        .and(ElementMatchers.not(ElementMatchers.nameContains(".emulator.")))
                        .and(ElementMatchers.not(ElementMatchers.nameContains(".tests."))))
                .transform((builder, type, loader, module, domain) -> builder.visit(
                        Advice.to(Note.class).on(ElementMatchers.isMethod().or(ElementMatchers.isConstructor()))))
                .installOn(instrumentation);
        try (EmulatorServer server = EmulatorServer.start(List.of(service), 0, timeline);
                Whippletree whippletree = Whippletree.builder()
                        .model("model")
                        .account(AccountSettings.of(
                                "one",
                                "huggingface",
                                Optional.of(Secret.of("hf_token")),
                                new Settings(
                                        "account one", Map.of("base-url", server.baseUrl(ServiceKind.HUGGING_FACE)))))
                        .build()) {
            whippletree.complete(Prompt.of("first")).join();
            RAN.clear();
            whippletree.complete(Prompt.of("second")).join();
        } finally {
            transformer.reset(instrumentation, AgentBuilder.RedefinitionStrategy.RETRANSFORMATION);
            timeline.close();
        }
        Set<String> ran = new TreeSet<>(RAN);
        Files.write(LIST, ran);
        assertThat(ran)
                .contains("dev.whippletree.engine.Engine", "dev.whippletree.engine.line.WaitingLine")
                .anyMatch(type -> type.startsWith("dev.whippletree.provider."));
        assertThat(ran.stream().filter(type -> type.startsWith("dev.whippletree.engine.")))
                .hasSizeLessThanOrEqualTo(MOST_OF_THE_ENGINE);
    }
}
