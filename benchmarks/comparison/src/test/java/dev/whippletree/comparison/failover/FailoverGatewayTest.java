package dev.whippletree.comparison.failover;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FailoverGatewayTest {

    private static final String WALL = "http://127.0.0.1:1/v1";

    static Stream<FailoverGateway> gateways() {
        return FailoverGateway.all().stream();
    }

    @ParameterizedTest
    @MethodSource("gateways")
    void configuration_hasEveryModel_andAFallbackOnlyIfItSaysSo(FailoverGateway gateway) {
        String configuration = gateway.configuration(List.of(FailoverScenario.values()), WALL);
        String first = FailoverScenario.CUT_WITHOUT_PREFILL.firstChoice();

        assertThat(configuration).contains(FailoverScenario.models()).contains(WALL);
        assertThat(configuration
                        .lines()
                        .filter(line ->
                                line.contains(first) && line.contains(FailoverScenario.FALLBACK_WITHOUT_PREFILL)))
                .hasSize(gateway.hasFallback() ? gateway instanceof FailoverLiteLlm ? 2 : 1 : 0);
    }

    @Test
    void all_haveNamesOfTheirOwn() {
        assertThat(gateways().map(FailoverGateway::label)).doesNotHaveDuplicates();
        assertThat(gateways().map(FailoverGateway::title)).doesNotHaveDuplicates();
    }
}
