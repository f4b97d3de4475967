package dev.whippletree.tests.benchmark;

import java.io.IOException;

/**
 * The processor time of one call through Whippletree and of the same call by OkHttp alone, the emulator's share
 * included in both.
 */
public final class CallFigures {

    private static final int CALLS = 20_000;

    private CallFigures() {}

    /** Prints the figures. */
    public static void main(String[] arguments) throws IOException {
        OverheadBenchmark calls = new OverheadBenchmark();
        try {
            for (int round = 0; round < 4; round++) {
                double alone = microsPerCall(calls::okhttp);
                double through = microsPerCall(calls::whippletree);
                System.out.printf(
                        "processor time a call: %.1f µs by OkHttp alone, %.1f µs through Whippletree%s%n",
                        alone, through, round == 0 ? " (warming up)" : "");
            }
        } finally {
            calls.close();
        }
    }

    /** Makes one call. */
    private interface Call {
        Object make() throws IOException;
    }

    private static double microsPerCall(Call call) throws IOException {
        long before = ProcessTime.cpuNanos();
        for (int made = 0; made < CALLS; made++) {
            call.make();
        }
        return (ProcessTime.cpuNanos() - before) / 1e3 / CALLS;
    }
}
