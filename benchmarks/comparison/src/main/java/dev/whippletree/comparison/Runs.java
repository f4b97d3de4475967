package dev.whippletree.comparison;

import dev.whippletree.emulator.fault.FaultKind;
import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.emulator.http.EmulatorServer;
import dev.whippletree.emulator.model.AnswerLength;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.time.Timeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Runs one piece of the comparison. The emulated services run in this process, each contender in one of its own.
 * Confined to one thread.
 */
final class Runs {

    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final Duration FAULT_TIME = Duration.ofSeconds(20);
    private static final Duration FAULTS_AT_MOST = Duration.ofMinutes(10);
    private static final String FAULT_QUESTION = "What did you learn from the last thing that went wrong?";

    private final Places places;
    private final Timeline timeline;
    private final Results.Origin origin;

    Runs(Places places, Timeline timeline, Results.Origin origin) {
        this.places = places;
        this.timeline = timeline;
        this.origin = origin;
    }

    Results.Answered answer(Entry contender, Case of) throws IOException, InterruptedException {
        EmulatedService service = new EmulatedService(of.service(), timeline.nanoTime());
        EmulatedService warmUp = new EmulatedService(warmUp(), timeline.nanoTime());
        Path folder = empty(contender.name(), of.name());
        try (EmulatorServer server = EmulatorServer.start(List.of(service), 0, timeline);
                EmulatorServer warmUpServer = EmulatorServer.start(List.of(warmUp), 0, timeline)) {
            new SetupFile(of.name(), of.callers().size(), of.streams(), Judge.stopAfter(of))
                    .accounts("account", of.service(), url(server, service), of.limitsAreKnown())
                    .accounts("warm-up", warmUp.settings(), url(warmUpServer, warmUp), false)
                    .callers(of.callers())
                    .write(folder);
            try (ContenderProcess process = ContenderProcess.start(contender, places, "case", List.of(folder))) {
                service.startFaultsAt(timeline.nanoTime());
                process.run(Judge.stopAfter(of).plus(GRACE));
            }
            return Judge.judge(contender.name(), of, Answers.read(folder), service.stats(), origin);
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

    private static String url(EmulatorServer server, EmulatedService service) {
        return server.completionsUrl(service.settings().kind()).replace("/chat/completions", "");
    }

    List<Results.Fault> faults(Entry contender, boolean streamed) throws IOException, InterruptedException {
        List<FaultKind> kinds = Stream.of(FaultKind.values())
                .filter(kind -> kind != FaultKind.FLEX_CAPACITY && (streamed || kind != FaultKind.WITHOUT_DONE))
                .toList();
        List<EmulatorServer> servers = new ArrayList<>();
        List<Path> folders = new ArrayList<>();
        try {
            for (FaultKind kind : kinds) {
                EmulatedService service = new EmulatedService(faulty(kind), timeline.nanoTime());
                EmulatorServer server = EmulatorServer.start(List.of(service), 0, timeline);
                servers.add(server);
                Path folder = empty(contender.name(), (streamed ? "stream-" : "whole-") + kind.text());
                new SetupFile("faults", 1, streamed, FAULT_TIME)
                        .accounts("account", service.settings(), url(server, service), true)
                        .callers(List.of(new Caller("one", Duration.ZERO, List.of(FAULT_QUESTION))))
                        .write(folder);
                folders.add(folder);
            }
            try (ContenderProcess process = ContenderProcess.start(contender, places, "faults", folders)) {
                process.run(FAULTS_AT_MOST);
            }
        } finally {
            servers.forEach(EmulatorServer::close);
        }
        List<Results.Fault> results = new ArrayList<>();
        for (int i = 0; i < kinds.size(); i++) {
            results.add(fault(contender, kinds.get(i), streamed, Answers.read(folders.get(i))));
        }
        return results;
    }

    /** The first call meets the fault, later ones don't. */
    private static ServiceSettings faulty(FaultKind kind) {
        return ServiceSettings.builder(ServiceKind.OPENAI)
                .latency(Latency.constant(Duration.ofMillis(200)))
                .answerLength(AnswerLength.about(60))
                .account("account-1", "token-1")
                .faults(FaultScript.of(FaultRule.always(kind).onRequests(1, 1)))
                .build();
    }

    private Results.Fault fault(Entry contender, FaultKind kind, boolean streamed, Answers answers) {
        if (answers.lines().isEmpty()) {
            return new Results.Fault(contender.name(), kind.text(), streamed, origin, Results.Got.NOTHING, "");
        }
        Answers.Line line = answers.lines().get(0);
        Results.Got said = Judge.isRight(FAULT_QUESTION, line) ? Results.Got.WHOLE : Results.Got.CUT;
        Results.Got got = line.said() ? said : Results.Got.ERROR;
        String detail = got == Results.Got.WHOLE ? "" : Judge.failure(line);
        return new Results.Fault(contender.name(), kind.text(), streamed, origin, got, detail);
    }

    private Path empty(String contender, String what) throws IOException {
        Path folder = places.work().resolve(contender).resolve(what);
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        return Files.createDirectories(folder);
    }
}
