package dev.whippletree.cli.stress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cli.Shell;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.base.ValueConverters;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.stress.interviews.Interviews;
import dev.whippletree.stress.interviews.StressSettings;
import dev.whippletree.terminal.Terminal;
import dev.whippletree.time.VirtualTimeline;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class TypedStressTest {

    private static StressCommand typed(String... arguments) {
        PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
        Surroundings surroundings =
                Shell.around(Path.of(""), Map.of(), nowhere, nowhere, Terminal.NONE, new VirtualTimeline(1));
        StressCommand command = new StressCommand(surroundings);
        CommandLine line = new CommandLine(command);
        ValueConverters.apply(line);
        line.parseArgs(arguments);
        return command;
    }

    @Test
    void whatIsTyped_changesTheRun_andTheRestIsUsual() {
        StressCommand all =
                typed("--interviews=7 --questions=3 --repeat=50% --think=2s --seed=9 --accounts=3 --latency=20ms~10%"
                        .concat(" --fault=503:account-3 --fault=hang#7 --cache=none")
                        .split(" "));
        StressSettings settings = TypedStress.emulated(all);
        assertThat(settings.interviews()).isEqualTo(new Interviews(7, 3, 0.5, 9, Duration.ofSeconds(2)));
        assertThat(settings.accounts()).isEqualTo(3);
        assertThat(settings.latency()).isEqualTo(Latency.parse("20ms~10%"));
        assertThat(settings.faults().rules()).hasSize(2);
        assertThat(TypedStress.cache(all)).isEmpty();
        assertThat(TypedStress.emulated(typed())).isEqualTo(StressSettings.STANDARD);
        assertThat(TypedStress.emulated(typed("--tight"))).isEqualTo(StressSettings.TIGHT);
        assertThat(TypedStress.cache(typed())).contains("ehcache");
    }
}
