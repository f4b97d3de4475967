package dev.whippletree.tests.benchmark;

import dev.whippletree.Whippletree;
import dev.whippletree.emulator.http.EmulatorServer;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Secret;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Settings;
import dev.whippletree.time.SystemTimeline;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The same call to the emulator on this machine, through Whippletree and by OkHttp alone: the difference is the
 * overhead.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class OverheadBenchmark {

    private static final String MODEL = "openai/gpt-oss-20b";

    private final SystemTimeline timeline = new SystemTimeline();
    private final EmulatorServer server = EmulatorServer.start(
            List.of(new EmulatedService(
                    ServiceSettings.builder(ServiceKind.HUGGING_FACE)
                            .account("account-1", "token-1")
                            .build(),
                    timeline.nanoTime())),
            0,
            timeline);
    private final Whippletree whippletree = Whippletree.builder()
            .account(AccountSettings.of(
                    "account-1",
                    "huggingface",
                    Optional.of(Secret.of("token-1")),
                    new Settings("account-1", Map.of("base-url", server.baseUrl(ServiceKind.HUGGING_FACE)))))
            .model(MODEL)
            .build();
    private final Prompt prompt =
            Prompt.builder().user("Tell me about yourself").noCache().noStore().build();
    private final OkHttpClient client = new OkHttpClient();
    private final Request request = new Request.Builder()
            .url(server.completionsUrl(ServiceKind.HUGGING_FACE))
            .header("Authorization", "Bearer token-1")
            .post(RequestBody.create(
                    "{\"model\":\"" + MODEL
                            + "\",\"messages\":[{\"role\":\"user\",\"content\":\"Tell me about yourself\"}],"
                            + "\"max_tokens\":1024}",
                    MediaType.get("application/json")))
            .build();

    /** Closes what was opened. */
    @TearDown
    public void close() {
        whippletree.close();
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
        server.close();
        timeline.close();
    }

    /** Through Whippletree. */
    @Benchmark
    public Completion whippletree() {
        return whippletree.complete(prompt).join();
    }

    /** By OkHttp alone, the answer read as text and not parsed. */
    @Benchmark
    public String okhttp() throws IOException {
        try (Response response = client.newCall(request).execute()) {
            return response.body().string();
        }
    }
}
