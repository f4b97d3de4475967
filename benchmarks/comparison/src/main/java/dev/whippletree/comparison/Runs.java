package dev.whippletree.comparison;

import dev.whippletree.comparison.contender.Caller;
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
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs pieces of the comparison. The emulated services run in this process, each contender in one of its own.
 * Confined to one thread.
 */
record Runs(Places places, Timeline timeline, Here here) {

    private static final Duration GRACE = Duration.ofSeconds(30);
    static final Duration FAULT_TIME = Duration.ofSeconds(20);
    /** A gateway starts anew for each fault, two at a time, and the slowest takes a minute on a busy machine. */
    private static final Duration FAULTS_AT_MOST = Duration.ofMinutes(30);

    private static final String FAULT_QUESTION = "What did you learn from the last thing that went wrong?";

    /** What came of a contender in a case: a result, or why there is none. */
    record Asked(String contender, Optional<Results.Answered> answered, String problem) {}

    /** Asks contenders at the same time, once all are warm. */
    List<Asked> answer(List<Entry> contenders, Case of) throws InterruptedException {
        List<Asked> asked = new ArrayList<>();
        List<Trial> trials = new ArrayList<>();
        try {
            for (Entry contender : contenders) {
                try {
                    trials.add(new Trial(contender, of, empty(places, contender.name(), of.name()), places, timeline));
                } catch (IOException | RuntimeException e) {
                    asked.add(failed(contender.name(), e));
                }
            }
            Results.Origin origin = here.now();
            for (Trial trial : List.copyOf(trials)) {
                try {
                    trial.begin();
                } catch (IOException e) {
                    asked.add(failed(trial.contender(), e));
                    trials.remove(trial);
                    trial.close();
                }
            }
            ContenderProcess.await(
                    trials.stream().map(Trial::process).toList(), of.stopAfter().plus(GRACE));
            for (Trial trial : trials) {
                asked.add(result(trial, trials, origin));
            }
        } finally {
            trials.forEach(Trial::close);
        }
        return asked;
    }

    private static Asked result(Trial trial, List<Trial> all, Results.Origin origin) {
        String beside = all.stream()
                .filter(other -> other != trial)
                .map(Trial::contender)
                .collect(Collectors.joining());
        try {
            return new Asked(trial.contender(), Optional.of(trial.result(beside, origin)), "");
        } catch (IOException | RuntimeException e) {
            return failed(trial.contender(), e);
        }
    }

    private static Asked failed(String contender, Exception e) {
        return new Asked(contender, Optional.empty(), problem(e));
    }

    /** Only messages of the harness say enough without the exception's name. */
    static String problem(Exception e) {
        return e instanceof IOException ? "" + e.getMessage() : e.toString();
    }

    List<Results.Fault> faults(Entry contender, boolean streamed) throws IOException, InterruptedException {
        List<FaultKind> kinds = Stream.of(FaultKind.values())
                .filter(kind -> kind != FaultKind.FLEX_CAPACITY && (streamed || kind != FaultKind.WITHOUT_DONE))
                .toList();
        Results.Origin origin = here.now();
        List<EmulatorServer> servers = new ArrayList<>();
        List<Path> folders = new ArrayList<>();
        try {
            for (FaultKind kind : kinds) {
                EmulatedService service = new EmulatedService(faulty(kind), timeline.nanoTime());
                EmulatorServer server = EmulatorServer.start(List.of(service), 0, timeline);
                servers.add(server);
                Path folder = empty(places, contender.name(), (streamed ? "stream-" : "whole-") + kind.text());
                new SetupFile("faults", 1, streamed, FAULT_TIME)
                        .accounts("account", service.settings(), Trial.url(server, service), true)
                        .callers(List.of(new Caller("one", Duration.ZERO, List.of(FAULT_QUESTION))))
                        .write(folder);
                folders.add(folder);
            }
            try (ContenderProcess process = ContenderProcess.start(contender, places, "faults", folders)) {
                process.begin();
                ContenderProcess.await(List.of(process), FAULTS_AT_MOST);
                process.checkEnded();
            }
        } finally {
            servers.forEach(EmulatorServer::close);
        }
        List<Results.Fault> results = new ArrayList<>();
        for (int i = 0; i < kinds.size(); i++) {
            results.add(fault(contender, kinds.get(i), streamed, Answers.read(folders.get(i)), origin));
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

    private static Results.Fault fault(
            Entry contender, FaultKind kind, boolean streamed, Answers answers, Results.Origin origin) {
        if (answers.lines().isEmpty()) {
            return new Results.Fault(contender.name(), kind.text(), streamed, origin, Results.Got.NOTHING, "");
        }
        Answers.Line line = answers.lines().get(0);
        Results.Got said = Judge.isRight(FAULT_QUESTION, line) ? Results.Got.WHOLE : Results.Got.CUT;
        Results.Got got = line.said() ? said : Results.Got.ERROR;
        String detail = got == Results.Got.WHOLE ? "" : Judge.failure(line);
        return new Results.Fault(contender.name(), kind.text(), streamed, origin, got, detail);
    }

    static Path empty(Places places, String contender, String what) throws IOException {
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
