package dev.whippletree.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import dev.whippletree.Whippletree;
import dev.whippletree.config.ConfigurationSource;
import dev.whippletree.emulator.http.EmulatorServer;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.gateway.Gateway;
import dev.whippletree.testkit.redis.RedisProcess;
import dev.whippletree.time.SystemTimeline;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Durations;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is kept, and where: the table of {@code docs/running.md}. A gateway with every cache, a coordinator and a
 * state folder answers prompts with words that occur nowhere else; then those are looked for, in memory, in the folder
 * and in Redis.
 */
@Tag("slow")
final class StoredDataTest {

    private static final Path PAGE = Path.of("..", "docs", "running.md");
    private static final Pattern ROW = Pattern.compile("^\\| ([^|]+) \\|([^|]*)\\|([^|]*)\\|([^|]*)\\|$");
    private static final String INSTRUCTION = "sayitinconfidence";
    private static final String QUESTION = "zebrafinch";
    private static final String KEY = "client-key-of-nobody-else";
    private static final String TOKEN = "token-of-nobody-else";

    /** The table's rows, by what stands first in them, and which classes write them, if they are files. */
    private static final Map<String, Set<String>> ROWS = new TreeMap<>(Map.ofEntries(
            Map.entry("engine", Set.of()),
            Map.entry("`ehcache`", Set.of()),
            Map.entry("`redis`, the cache", Set.of()),
            Map.entry("`redis`, the coordinator", Set.of()),
            Map.entry("`similar`, approved wordings", Set.of()),
            Map.entry("`similar`, modes `shadow` and `serve`", Set.of()),
            Map.entry("`similar`, to be confirmed", Set.of()),
            Map.entry("gateway, to be confirmed", Set.of()),
            Map.entry("gateway, status page", Set.of()),
            Map.entry(
                    "gateway, files and batches",
                    Set.of("BatchPlace", "ClientFolder", "FileRequests", "GatewayBatches", "Upload", "WholeFiles")),
            Map.entry(
                    "`state.json`, `state.lock`, `state.tmp` while it is written, and `state.broken` if it couldn't be read",
                    Set.of("StateFile", "StateFolder")),
            Map.entry("`trace-….jsonl`, `trace.key`", Set.of("Trace")),
            Map.entry("`chat-history`", Set.of("ChatHistory")),
            Map.entry("saved conversations, plan reports", Set.of("SavedConversation", "PlanRun")),
            Map.entry("batches", Set.of("Arrangement", "BatchFile", "BatchFolder", "Disk")),
            Map.entry("`whippletree.yaml`, wordings", Set.of("InitCommand")),
            Map.entry("class data", Set.of("Rehearsal")),
            Map.entry("log, metrics, traces", Set.of()),
            Map.entry("nowhere", Set.of())));

    @TempDir
    private Path folder;

    private final LogCapture log = new LogCapture();
    private final SystemTimeline timeline = new SystemTimeline();
    private final EmulatorServer server = EmulatorServer.start(List.of(service()), 0, timeline);
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<String> answers = new ArrayList<>();

    @AfterEach
    void close() {
        server.close();
        timeline.close();
        log.close();
    }

    private EmulatedService service() {
        ServiceSettings settings = ServiceSettings.builder(ServiceKind.HUGGING_FACE)
                .account("hf-1", TOKEN)
                .build();
        return new EmulatedService(settings, timeline.nanoTime());
    }

    @Test
    void page_hasARowForEachPlace_andSaysOfEachHowLongAndHowToDeleteIt() throws IOException {
        Map<String, String> rows = new TreeMap<>();
        String page = Files.readString(PAGE);
        String table = page.substring(page.indexOf("| where | what |"), page.indexOf("A test holds this table"));
        for (String line : table.lines().skip(2).toList()) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                rows.put(row.group(1), row.group(3).strip() + row.group(4).strip());
            }
        }
        assertThat(rows.keySet()).isEqualTo(ROWS.keySet());
        rows.remove("nowhere");
        assertThat(rows.values()).allSatisfy(words -> assertThat(words).isNotBlank());
    }

    /**
     * Whoever opens a file for writing, by whatever means, has a row; {@code PrivateFile} and {@code Surroundings} only
     * do it for others.
     */
    @Test
    void everyClassThatWritesAFile_hasARow() {
        JavaClasses classes = new ClassFileImporter()
                .withImportOption(new DoNotIncludeTests())
                .withImportOption(new WallsTest.OnlyTheProduct())
                .importPackages("dev.whippletree");
        Set<String> writers = new TreeSet<>();
        classes.stream()
                .filter(type -> !type.getPackageName().startsWith("dev.whippletree.testkit"))
                .forEach(type -> type.getCodeUnitCallsFromSelf().stream()
                        .filter(StoredDataTest::writes)
                        .forEach(call -> writers.add(call.getOriginOwner().getSimpleName())));
        writers.remove("PrivateFile");
        Set<String> known = new TreeSet<>();
        ROWS.values().forEach(known::addAll);
        assertThat(writers).isEqualTo(known);
    }

    private static boolean writes(JavaCall<?> call) {
        String owner = call.getTargetOwner().getSimpleName();
        String method = call.getName();
        return switch (owner) {
            case "Files" ->
                method.startsWith("write")
                        || method.startsWith("create") && !method.contains("Director")
                        || Set.of("newBufferedWriter", "newOutputStream", "newByteChannel", "copy", "move")
                                .contains(method);
            case "FileChannel", "AsynchronousFileChannel" -> method.equals("open");
            case "PrivateFile" ->
                !call.getOriginOwner().getSimpleName().equals("PrivateFile") && !method.equals("createFolder");
            case "FileOutputStream", "FileWriter", "RandomAccessFile" ->
                call.getTarget().getRawParameterTypes().stream()
                        .noneMatch(type -> type.getSimpleName().equals("FileDescriptor"));
            default -> false;
        };
    }

    @Test
    void afterAnswers_nothingIsKeptButWhatTheTableSays() throws Exception {
        RedisProcess redis = RedisProcess.started();
        try (redis) {
            Files.createDirectory(folder.resolve("state"));
            Files.writeString(folder.resolve("approved.txt"), "Who are you?\nIntroduce yourself\n");
            Files.writeString(folder.resolve("whippletree.yaml"), """
                    state: %s
                    accounts:
                      - {id: hf-1, provider: huggingface, token: %s, base-url: '%s', limits: 1000 / 1h}
                    routes:
                      default:
                        model: model
                    caches:
                      - ehcache
                      - {name: redis, uri: '%s'}
                      - {name: similar, mode: shadow, verifier: caller, approved: '%s'}
                    coordinator: {name: redis, uri: '%s'}
                    gateway:
                      clients:
                        - {name: acme, key: %s}
                    """.formatted(
                            folder.resolve("state"),
                            TOKEN,
                            server.baseUrl(ServiceKind.HUGGING_FACE),
                            redis.uri(),
                            folder.resolve("approved.txt"),
                            redis.uri(),
                            KEY));
            Whippletree.Builder builder =
                    Whippletree.builder().configuration(new ConfigurationSource(Optional.empty(), Map.of(), folder));
            try (MeasuredGateway measured = MeasuredGateway.start(builder, timeline)) {
                Whippletree whippletree = measured.whippletree();
                Gateway gateway = measured.gateway();
                for (String question : List.of("Tell it " + QUESTION + " please", "Please tell it " + QUESTION)) {
                    ask(gateway, question);
                }
                ask(gateway, "Who are you?");

                assertThat(answers).hasSize(3).doesNotHaveDuplicates();
                await().atMost(Durations.ONE_MINUTE)
                        .untilAsserted(() -> assertThat(Reachable.holdersOf(INSTRUCTION, whippletree, gateway))
                                .as("classes that hold a prompt's text after its answer")
                                .isEmpty());
                assertThat(Reachable.holdersOf(QUESTION, whippletree, gateway))
                        .as("classes that hold a declared question's words")
                        .containsOnly("Wording");
                assertThat(Reachable.holdersOf(answers.get(0), whippletree, gateway))
                        .as("classes that hold an answer, but for Ehcache")
                        .containsOnly("Completion");
                assertThat(Reachable.holdersOf(TOKEN, whippletree)).containsOnly("Secret");

                // The client that looks into Redis afterwards logs what it reads.
                assertThat(log.text())
                        .isNotBlank()
                        .doesNotContain(INSTRUCTION, QUESTION, TOKEN, KEY)
                        .doesNotContain(answers);
                assertThat(answersIn(redis)).isEqualTo(answers.size());
                assertThat(contents(redis)).doesNotContain(INSTRUCTION, QUESTION, TOKEN, KEY, "acme");

                CompletableFuture<Long> cleared = whippletree.clearCaches();
                assertThat(cleared.join()).isPositive();
                assertThat(Reachable.holdersOf(QUESTION, whippletree, gateway)).isEmpty();
                assertThat(Reachable.holdersOf(answers.get(0), whippletree, gateway))
                        .isEmpty();
                assertThat(Reachable.holdersOf(answers.get(2), whippletree, gateway))
                        .isEmpty();
                assertThat(answersIn(redis)).isZero();
            }
        }

        try (Stream<Path> files = Files.list(folder.resolve("state"))) {
            for (Path file : files.toList()) {
                assertThat(file.getFileName().toString()).isIn("state.json", "state.lock");
                assertThat(Files.readString(file))
                        .doesNotContain(INSTRUCTION, QUESTION, TOKEN, KEY)
                        .doesNotContain(answers);
            }
        }
    }

    private void ask(Gateway gateway, String question) throws IOException, InterruptedException {
        String body = "{\"messages\":[{\"role\":\"system\",\"content\":\"" + INSTRUCTION
                + "\"},{\"role\":\"user\",\"content\":\"" + question + "\"}]}";
        HttpRequest request = HttpRequest.newBuilder(URI.create(gateway.pageUrl() + "v1/chat/completions"))
                .header("Authorization", "Bearer " + KEY)
                .header("x-whippletree-question", "*")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        Matcher content = Pattern.compile("\"content\":\"([^\"]+)\"").matcher(response.body());
        assertThat(content.find()).isTrue();
        answers.add(content.group(1));
    }

    /** Returns how many answers a Redis holds. */
    private static long answersIn(RedisProcess redis) {
        RedisClient client = RedisClient.create(redis.uri());
        try (var connection = client.connect()) {
            return connection.sync().keys("whippletree:v1:*").size();
        } finally {
            client.shutdown();
        }
    }

    /** Returns all keys and values of a Redis, as text. */
    private static String contents(RedisProcess redis) {
        StringBuilder all = new StringBuilder();
        RedisClient client = RedisClient.create(redis.uri());
        try (var connection = client.connect()) {
            RedisCommands<String, String> commands = connection.sync();
            for (String key : commands.keys("*")) {
                byte[] dumped = commands.dump(key);
                if (dumped != null) { // It hasn't just expired.
                    String value = commands.type(key).equals("string")
                            ? commands.get(key)
                            : new String(dumped, StandardCharsets.ISO_8859_1);
                    all.append(key).append('\n').append(value).append('\n');
                }
            }
        }
        client.shutdown();
        return all.toString();
    }
}
