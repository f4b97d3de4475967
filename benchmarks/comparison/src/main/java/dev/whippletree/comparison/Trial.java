package dev.whippletree.comparison;

import dev.whippletree.emulator.http.EmulatorServer;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.time.Timeline;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** One contender in one case: its process, and services of its own. Confined to one thread. */
final class Trial implements AutoCloseable {

    private final Entry contender;
    private final Case of;
    private final Path folder;
    private final Timeline timeline;
    private final EmulatedService service;
    private final EmulatorServer server;
    private final EmulatorServer warmUpServer;
    private final ContenderProcess process;

    /** Starts it, and blocks until it is warm. */
    Trial(Entry contender, Case of, Path folder, Places places, Timeline timeline) throws IOException {
        this.contender = contender;
        this.of = of;
        this.folder = folder;
        this.timeline = timeline;
        this.service = new EmulatedService(of.service(), timeline.nanoTime());
        EmulatedService warmUp = new EmulatedService(warmUp(), timeline.nanoTime());
        this.server = EmulatorServer.start(List.of(service), 0, timeline);
        this.warmUpServer = EmulatorServer.start(List.of(warmUp), 0, timeline);
        try {
            new SetupFile(of.name(), of.callers().size(), of.streams(), of.stopAfter())
                    .accounts("account", of.service(), url(server, service), of.limitsAreKnown())
                    .accounts("warm-up", warmUp.settings(), url(warmUpServer, warmUp), false)
                    .callers(of.callers())
                    .write(folder);
            this.process = ContenderProcess.start(contender, places, "case", List.of(folder));
        } catch (IOException | RuntimeException e) {
            server.close();
            warmUpServer.close();
            throw e;
        }
    }

    /** Its answers come at once, so that warming up takes a second. */
    private static ServiceSettings warmUp() {
        return ServiceSettings.builder(ServiceKind.OPENAI)
                .latency(Latency.constant(Duration.ofMillis(5)))
                .account("warm-1", "warm-token-1")
                .account("warm-2", "warm-token-2")
                .build();
    }

    static String url(EmulatorServer server, EmulatedService service) {
        return server.completionsUrl(service.settings().kind()).replace("/chat/completions", "");
    }

    String contender() {
        return contender.name();
    }

    void begin() throws IOException {
        service.startFaultsAt(timeline.nanoTime());
        process.begin();
    }

    ContenderProcess process() {
        return process;
    }

    /** Judges its answers, once it has ended. */
    Results.Answered result(String beside, Results.Origin origin) throws IOException {
        process.checkEnded();
        Results.Answered result = Judge.judge(
                contender.name(),
                beside,
                of,
                Answers.read(folder),
                service.stats(),
                process.processorSeconds(),
                origin);
        if (result.seen().calls() == 0 && result.said().right() + result.said().wrong() == 0) {
            throw new IOException("it called no service, which says nothing about it; mend how it is set up: "
                    + result.failures().keySet());
        }
        return result;
    }

    @Override
    public void close() {
        process.close();
        server.close();
        warmUpServer.close();
    }
}
