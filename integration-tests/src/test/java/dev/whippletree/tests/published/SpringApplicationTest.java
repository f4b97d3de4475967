package dev.whippletree.tests.published;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.testkit.emulator.EmulatedServices;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The project of docs/spring.md is what the page says; built outside this build, it answers, shows itself to Actuator,
 * and ends in order.
 */
@Tag("slow")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows ends a process without asking it")
final class SpringApplicationTest {

    private static final GuidePage PAGE = GuidePage.of("spring.md");
    private static final Path GUIDE = Path.of("guides/spring-boot");
    private static final String PACKAGE = "src/main/java/com/example/interviews";
    private static final String PROPERTIES = "src/main/resources/application.yaml";
    private static final String TOKEN = "hf_secret_of_the_application";
    private static final Duration LATENCY = Duration.ofMillis(800);
    private static final Duration LONG = Duration.ofSeconds(60);
    /** The dependencies of the project, as the page names them. */
    private static final Pattern MODULE = Pattern.compile("`(whippletree-(?:spring-|provider-|test)[a-z-]*)`");

    private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");

    /** What the page's snippets take for granted. */
    private static final String AROUND = """
            package com.example.interviews;

            import dev.whippletree.springai.*;
            import java.time.Duration;
            import org.springframework.ai.chat.client.ChatClient;

            """;

    @TempDir
    private Path folder;

    private final HttpClient client = HttpClient.newHttpClient();

    @RegisterExtension
    final EmulatedServices services = EmulatedServices.of(ServiceSettings.builder(ServiceKind.HUGGING_FACE)
            .account("account-1", TOKEN)
            .latency(Latency.constant(LATENCY))
            .build());

    @Test
    void page_showsTheProject() throws IOException {
        String pom = Files.readString(GUIDE.resolve("pom.xml"));
        assertThat(MODULE.matcher(Files.readString(PAGE.file()))
                        .results()
                        .map(module -> "<artifactId>" + module.group(1) + "</artifactId>"))
                .hasSizeGreaterThan(3)
                .allSatisfy(dependency -> assertThat(pom).contains(dependency));
        assertThat(pom)
                .containsSubsequence(
                        "<artifactId>whippletree-bom</artifactId>",
                        "<version>" + System.getProperty("whippletree.version") + "</version>",
                        "<artifactId>whippletree-test</artifactId>",
                        "<scope>test</scope>")
                .doesNotContain("openai");
        assertThat(GUIDE.resolve(PROPERTIES)).hasContent(PAGE.blocks("yaml").get(0));
    }

    @Test
    @Tag("thorough")
    void guidesApplication_answersAndEndsInOrder() throws Exception {
        Path project = folder.resolve("interviews");
        Folders.copy(GUIDE, project);
        addSnippet(project.resolve(PACKAGE));
        String own = "provider: huggingface\n";
        GuidePage.change(
                project.resolve(PROPERTIES),
                "       " + own + "+      base-url: " + services.baseUrl(ServiceKind.HUGGING_FACE) + "\n");

        Path target = OutsideBuild.packaged(project).resolve("target");
        assertNoModelOfOpenAi(target);
        assertThat(target.resolve("surefire-reports/com.example.interviews.InterviewsApplicationTest.txt"))
                .as("the guide's test has run, with no token in its environment")
                .content()
                .contains("Tests run: 2, Failures: 0, Errors: 0, Skipped: 0");

        try (Running application = start(target, Path.of(System.getProperty("childJdk")))) {
            assertThat(application.get("/ask?question=" + encoded("Who are you?")))
                    .isNotBlank();
            assertThat(application.get("/stream?question=" + encoded("And what do you do?")))
                    .startsWith("data:");
            assertThat(calls()).isEqualTo(2);
            assertThat(application.get("/actuator/health"))
                    .startsWith("{")
                    .contains(
                            "\"whippletree\":{\"details\":{\"accounts\":{\"hf-1\":{\"state\":\"open\"}}},\"status\":\"UP\"}");
            assertThat(application.get("/actuator/whippletree"))
                    .contains("\"calls\":2")
                    .doesNotContain(TOKEN);
            assertThat(application.send("POST", "/actuator/whippletree").body()).isEqualTo("{\"changes\":[]}");

            CompletableFuture<HttpResponse<String>> underWay =
                    application.sendAsync("/ask?question=" + encoded("How do you end?"));
            await().atMost(LONG)
                    .until(() -> application.get("/actuator/whippletree").contains("\"in_flight\":1"));
            application.process().destroy();
            assertThat(underWay).succeedsWithin(LONG).satisfies(answer -> {
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body()).isNotBlank();
            });
            assertThat(application.process().waitFor(LONG.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(application.output())
                    .contains("Graceful shutdown complete")
                    .doesNotContain(TOKEN, " ERROR ", "Exception");
        }

        Optional<Path> newer = OtherJdk.ofVersion(25);
        if (newer.isPresent()) {
            try (Running application = start(target, newer.get())) {
                assertThat(application.get("/ask?question=" + encoded("Under a newer JDK?")))
                        .isNotBlank();
            }
        }
    }

    private static void assertNoModelOfOpenAi(Path target) throws IOException {
        try (Stream<Path> jars = Files.list(target.resolve("lib"))) {
            assertThat(jars.map(jar -> jar.getFileName().toString()))
                    .contains("whippletree-spring-ai-" + System.getProperty("whippletree.version") + ".jar")
                    .noneMatch(jar -> jar.startsWith("spring-ai-openai") || jar.startsWith("openai-java"));
        }
    }

    private long calls() {
        return services.stats(ServiceKind.HUGGING_FACE).calls();
    }

    /** Compiles with the application what the page shows beside it. */
    private static void addSnippet(Path sources) throws IOException {
        assertThat(PAGE.blocks("java")).hasSize(1);
        Files.writeString(
                sources.resolve("Snippet.java"),
                AROUND + "class Snippet {\nString ask(ChatClient chat, String question) {\nreturn "
                        + PAGE.blocks("java").get(0) + "}\n}\n");
    }

    private Running start(Path target, Path jdk) throws IOException {
        Path out = folder.resolve("out-" + jdk.getFileName() + ".txt");
        List<String> command = new ArrayList<>(List.of(
                jdk.resolve("bin/java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-classpath",
                target.resolve("interviews.jar") + File.pathSeparator + target.resolve("lib") + File.separator + "*",
                "com.example.interviews.InterviewsApplication",
                "--server.port=0"));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile());
        builder.environment().keySet().retainAll(List.of("PATH", "SystemRoot", "TEMP", "TMP"));
        builder.environment().put("HF_TOKEN", TOKEN);
        Process process = builder.start();
        await().atMost(LONG).until(() -> !process.isAlive() || port(out).isPresent());
        return new Running(process, out, port(out).orElseThrow(() -> new AssertionError(read(out))), client);
    }

    private static Optional<Integer> port(Path out) {
        Matcher matcher = PORT.matcher(read(out));
        return matcher.find() ? Optional.of(Integer.valueOf(matcher.group(1))) : Optional.empty();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8);
    }

    /** The application while it runs, and what it has printed. */
    private record Running(Process process, Path out, int port, HttpClient client) implements AutoCloseable {

        String output() {
            return read(out);
        }

        String get(String path) throws IOException, InterruptedException {
            HttpResponse<String> response = send("GET", path);
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            return response.body();
        }

        HttpResponse<String> send(String method, String path) throws IOException, InterruptedException {
            return client.send(request(method, path), BodyHandlers.ofString());
        }

        CompletableFuture<HttpResponse<String>> sendAsync(String path) {
            return client.sendAsync(request("GET", path), BodyHandlers.ofString());
        }

        private HttpRequest request(String method, String path) {
            return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                    .method(method, HttpRequest.BodyPublishers.noBody())
                    .build();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
