package dev.whippletree.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OpenFilesTest {

    @Test
    void halfOfTheFiles_areForConnectionsOfClients_afterWhatTheProcessNeedsItself() {
        assertThat(OpenFiles.mostConnections(600)).isEqualTo(200);
        assertThat(OpenFiles.mostConnections(1_048_576)).isEqualTo(524_188);
    }

    @Test
    void anyLimit_leavesAtLeastOneConnection_andNoLimitLeavesAll() {
        assertThat(OpenFiles.mostConnections(10)).isEqualTo(1);
        assertThat(OpenFiles.mostConnections(-1)).isEqualTo(Integer.MAX_VALUE);
        assertThat(OpenFiles.mostConnections(Long.MAX_VALUE)).isEqualTo(Integer.MAX_VALUE);
    }
}
