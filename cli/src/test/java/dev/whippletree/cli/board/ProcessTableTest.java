package dev.whippletree.cli.board;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessTableTest {

    @Test
    void eachProcess_hasALine() {
        List<String> lines = new ProcessTable(new Screen(false, 100))
                .lines(List.of(
                        new ProcessTable.Row(1, 4711, ProcessTable.State.AT_WORK, 8500, Snapshots.busy()),
                        new ProcessTable.Row(2, 4712, ProcessTable.State.LOST, 8500, Snapshots.fresh())));

        assertThat(lines)
                .containsExactly(
                        "Process       State          Answered  Failed  No call  Calls  Sent back  Left to others",
                        "1 (pid 4711)  at work  6,800 of 8,500       3   76.6 %  1,589         37             811",
                        "2 (pid 4712)  lost         0 of 8,500   8,500    0.0 %      0          –               –");
    }
}
