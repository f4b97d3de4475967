package dev.whippletree.cli.plan;

import dev.whippletree.cli.base.ExitCode;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.base.UserMistake;
import dev.whippletree.cli.logging.LogOutput;
import dev.whippletree.config.KnownPlugins;
import dev.whippletree.planner.CapacityPlan;
import dev.whippletree.planner.PlanRequest;
import dev.whippletree.planner.Planner;
import dev.whippletree.planner.answer.Costs;
import dev.whippletree.planner.answer.Sentences;
import dev.whippletree.planner.json.PlanJson;
import dev.whippletree.planner.page.PlanPage;
import dev.whippletree.planner.text.PlanText;
import dev.whippletree.plugin.PluginCatalog;
import dev.whippletree.state.PrivateFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;

/** Makes a plan and prints it. Confined to one thread. */
record PlanRun(Surroundings surroundings, PlanCommand command) {

    /** Makes the plan, prints it, and writes the page if one was asked for. Returns the exit code. */
    int run() {
        TypedPlan typed = TypedPlan.read(command, surroundings);
        PlanRequest request = typed.request(knownPlugins());
        Optional<Path> report = command.report.map(surroundings.folder()::resolve);
        report.ifPresent(PlanRun::checkWritable);
        CapacityPlan plan = plan(request);
        Instant now = surroundings.timeline().now();
        Costs costs = new Costs(typed.prices(), LocalDate.ofInstant(now, surroundings.zone()));
        report.ifPresent(file -> write(file, new PlanPage(plan, costs).html()));
        command.measured.map(MeasuredPrompts::line).ifPresent(surroundings.err()::println);
        if (command.json) {
            surroundings.out().println(PlanJson.write(plan, costs));
        } else {
            new PlanText(plan, costs, surroundings.terminal().screen()).lines().forEach(surroundings.out()::println);
        }
        report.ifPresent(file -> surroundings.err().println("Wrote the report to " + file + "."));
        return switch (Sentences.worst(plan)) {
            case HOLDS, TIGHT -> ExitCode.ANSWERED;
            case UNKNOWN, DEPENDS -> ExitCode.UNKNOWN;
            case DOES_NOT_HOLD -> ExitCode.FAILED;
        };
    }

    private KnownPlugins knownPlugins() {
        try (PluginCatalog plugins = surroundings.builders().get().plugins()) {
            return plugins.known();
        }
    }

    private CapacityPlan plan(PlanRequest request) {
        quieten();
        try (PlanProgressLine progress = new PlanProgressLine(surroundings)) {
            return new Planner(surroundings.timeline().executor()).plan(request, progress::show);
        } catch (IllegalArgumentException e) {
            throw new UserMistake(String.valueOf(e.getMessage()));
        } finally {
            LogOutput.to(surroundings.err()::println);
        }
    }

    /** What happens to emulated accounts would read as if it happened to one's own. */
    private static void quieten() {
        if (!LogOutput.debugging()) {
            LogOutput.to(line -> {});
        }
    }

    /** Checks the report's folder before planning, so that a missing one is reported at once. */
    private static void checkWritable(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw unwritable(file, "there is no such folder");
        }
        if (Files.isDirectory(file)) {
            throw unwritable(file, "this is a folder, not a file");
        }
        if (!Files.isWritable(Files.exists(file) ? file : folder)) {
            throw unwritable(file, "you have no permission to write there");
        }
    }

    private static void write(Path file, String html) {
        try {
            PrivateFile.replace(file, html);
        } catch (IOException e) {
            throw unwritable(file, String.valueOf(e.getMessage()));
        }
    }

    private static UserMistake unwritable(Path file, String why) {
        return new UserMistake("--report: " + file + " can't be written: " + why);
    }
}
