package dev.whippletree.tests.deployed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.testkit.emulator.EmulatedServices;
import dev.whippletree.testkit.redis.RedisProcess;
import dev.whippletree.tests.Project;
import dev.whippletree.tests.clients.Surroundings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the image holds and how it runs, without an engine for containers: the same files, which can't be written to,
 * the same variables, the same commands, and, if the tests run as root, the same user.
 */
@Tag("slow")
@EnabledOnOs(value = OS.LINUX, disabledReason = "containers are Linux's")
final class ImageTest {

    private static final int PATIENCE_SECONDS = 60;
    /** A line of Prometheus's text format, of a metric of ours. */
    private static final Pattern SAMPLE = Pattern.compile("(?m)^whippletree_[a-z_]+");

    private static final String WATCH_KEY = "watch-key-0123456789";

    @TempDir
    private Path folder;

    @RegisterExtension
    final EmulatedServices services = EmulatedServices.of(ServiceSettings.builder(ServiceKind.HUGGING_FACE)
            .account("account-1", "token")
            .build());

    @SuppressWarnings("NullAway.Init") // by the method that runs before each test
    private Image image;

    private List<String> asItsUser = List.of();

    @BeforeEach
    void build() throws Exception {
        assumeTrue(
                Files.isDirectory(Project.ROOT.resolve("cli/target/whippletree/lib")),
                "skipped: the distribution isn't built: run mvn package, or verify");
        Path root = Files.createDirectory(folder.resolve("root"));
        image = Image.built(root);
        if (System.getProperty("user.name").equals("root")) {
            String user = image.setting("USER").split(":")[0];
            assumeThat(Surroundings.onPath("setpriv")).as("there is no setpriv").isNotEmpty();
            asItsUser = List.of("setpriv", "--reuid=" + user, "--regid=" + user, "--clear-groups", "--no-new-privs");
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            for (Path writable : image.writable()) {
                assertThat(new ProcessBuilder("chown", image.setting("USER"), writable.toString())
                                .start()
                                .waitFor())
                        .isZero();
            }
        }
    }

    @AfterEach
    void open() throws IOException {
        if (Files.exists(folder.resolve("root"))) {
            image.open();
        }
    }

    private ProcessBuilder command(List<String> words) {
        List<String> line = new ArrayList<>(asItsUser);
        line.addAll(words);
        ProcessBuilder builder = new ProcessBuilder(line)
                .directory(image.at(image.setting("WORKDIR")).toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("printed").toFile());
        builder.environment().keySet().retainAll(List.of("PATH"));
        builder.environment().put("JAVA_HOME", System.getProperty("childJdk"));
        builder.environment().putAll(image.environment());
        return builder;
    }

    private int ready(int port) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(image.words("HEALTHCHECK"));
        words.set(0, image.at(words.get(0)).toString());
        words.add(Integer.toString(port));
        return command(words)
                .redirectOutput(folder.resolve("ready").toFile())
                .start()
                .waitFor();
    }

    private String printed() {
        try {
            return Files.readString(folder.resolve("printed"), UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private HttpResponse<String> metrics(int port, String key) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                .header("Authorization", "Bearer " + key)
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    private int ask(int port) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/chat/completions"))
                .header("Authorization", "Bearer app-key-0123456789")
                .POST(HttpRequest.BodyPublishers.ofString("{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}"))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> walk = Files.walk(image.at("/"))) {
            return walk.filter(path -> image.writable().stream().noneMatch(path::startsWith))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void user_isNotRoot_byNumber() {
        assertThat(image.setting("USER")).matches("[1-9]\\d*:[1-9]\\d*");
    }

    @Test
    void container_servesWithReadOnlyFiles_isReady_andEndsInOrder() throws Exception {
        int port = RedisProcess.freePort();
        List<Path> before = files();
        try (RedisProcess redis = RedisProcess.started()) {
            // Mounted, as Compose does.
            Path configuration = Files.writeString(
                    folder.resolve("whippletree.yaml"),
                    DeployFolder.text("whippletree.yaml")
                            .replace("redis://valkey:6379", redis.uri())
                            .replace(
                                    "token: ${HF_TOKEN}",
                                    "token: ${HF_TOKEN}\n    base-url: " + services.baseUrl(ServiceKind.HUGGING_FACE))
                            .replace(
                                    "/var/lib/whippletree",
                                    image.at("/var/lib/whippletree").toString()));
            Files.setPosixFilePermissions(configuration, PosixFilePermissions.fromString("rw-r--r--"));
            List<String> words = new ArrayList<>(image.words("ENTRYPOINT"));
            words.set(0, image.at(words.get(0)).toString());
            for (String word : image.words("CMD")) {
                words.add(word.replace("/etc/whippletree/whippletree.yaml", configuration.toString())
                        .replace("--host=0.0.0.0", "--host=127.0.0.1")
                        .replace("--port=8080", "--port=" + port));
            }
            ProcessBuilder builder = command(words);
            builder.environment()
                    .putAll(Map.of("HF_TOKEN", "token", "APP_KEY", "app-key-0123456789", "WATCH_KEY", WATCH_KEY));
            assertThat(ready(port)).as("before it runs").isNotZero();

            Process gateway = builder.start();
            try {
                Awaitility.await().atMost(PATIENCE_SECONDS, TimeUnit.SECONDS).until(() -> {
                    assertThat(gateway.isAlive()).as(() -> printed()).isTrue();
                    return ready(port) == 0;
                });
                assertThat(metrics(port, "app-key-0123456789").statusCode()).isEqualTo(401);
                assertThat(SAMPLE.matcher(metrics(port, WATCH_KEY).body())
                                .results()
                                .map(MatchResult::group))
                        .hasSizeGreaterThan(5)
                        .isSubsetOf(DeployedFilesTest.served());
                assertThat(ask(port)).isEqualTo(200);
                assertThat(image.setting("STOPSIGNAL")).isEqualTo("SIGTERM");

                gateway.destroy();

                assertThat(gateway.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
                assertThat(gateway.exitValue()).as(() -> printed()).isZero();
                assertThat(ready(port)).as("after its end").isNotZero();
            } finally {
                gateway.destroyForcibly();
            }
        }
        assertThat(printed()).doesNotContain("can't be saved", "denied");
        assertThat(image.at("/var/lib/whippletree/state.lock")).exists();
        assertThat(files()).isEqualTo(before);
    }
}
