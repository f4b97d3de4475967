package dev.whippletree.emulator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The engine behaves as recorded: a SHA-256 digest of every event and outcome of simulated runs, with a row for each
 * block of seeds.
 *
 * <p>{@code -Drecord=true} records a change of behaviour. {@code -Dsimulations=…}, {@code -Dfirst-seed=…} and
 * {@code -Dseed=…} choose other runs, as for {@link InvariantsTest}; they are compared with nothing.
 * {@code -Dtable=FILE} writes the rows into a file, {@code -Dblock=1} gives each seed a row, and {@code -Ddump=FILE}
 * writes the events.
 */
@Tag("slow")
final class RecordTest {

    private static final Path KEPT = Path.of(System.getProperty("basedir", "."), "src/test/resources/record.tsv");
    private static final long USUAL = 200;
    private static final long USUAL_BLOCK = 50;
    private static final long LONG_BLOCK = 1_000;
    private static final boolean OTHERS = Long.getLong("simulations") != null
            || Long.getLong("first-seed") != null
            || Long.getLong("seed") != null
            || Long.getLong("block") != null;

    /** A sort of scenario, and which seeds have one. */
    private enum World {
        CALM(ScenarioLot::calm, seed -> true),
        ROUGH(ScenarioLot::rough, seed -> true),

        /** Services report limits that are declared as well, which they do in none of the others. */
        DECLARED(
                seed -> ScenarioLot.rough(seed).withLimitsDeclared(),
                seed -> !ScenarioLot.rough(seed).isDeclared()),

        /** As many as in {@link InvariantsTest}. */
        TENANTS(TenantLot::draw, seed -> seed % 3 == 0 || Long.getLong("seed") != null);

        private final LongFunction<Scenario> lot;
        private final LongPredicate has;

        World(LongFunction<Scenario> lot, LongPredicate has) {
            this.lot = lot;
            this.has = has;
        }
    }

    @Test
    void simulatedRuns_areThoseOfTheRecord() throws IOException {
        List<String> rows = rows();
        String table = String.join("\n", rows) + "\n";
        System.out.println(table);
        String file = System.getProperty("table");
        if (file != null) {
            Files.writeString(Path.of(file), table);
        }
        if (Boolean.getBoolean("record")) {
            assertThat(OTHERS).as("-Drecord=true comes without other options").isFalse();
            Files.writeString(KEPT, table);
        }
        if (!OTHERS) {
            assertThat(rows)
                    .as(
                            "the engine doesn't behave as recorded in %s; if that is meant, run this test with"
                                    + " -Drecord=true; to find the first difference, run it on both versions with -Dblock=1,"
                                    + " then with -Dseed=… -Ddump=FILE",
                            KEPT)
                    .isEqualTo(Files.readAllLines(KEPT));
        }
    }

    private static List<String> rows() throws IOException {
        String dump = System.getProperty("dump");
        if (dump == null) {
            return rows(line -> {});
        }
        try (PrintWriter writer = new PrintWriter(dump, StandardCharsets.UTF_8)) {
            return rows(writer::println);
        }
    }

    private static List<String> rows(Consumer<String> events) {
        Long only = Long.getLong("seed");
        long first = only != null ? only : Long.getLong("first-seed", 0);
        long end = first + (only != null ? 1 : Long.getLong("simulations", USUAL) / 2);
        long block = Long.getLong("block", OTHERS ? LONG_BLOCK : USUAL_BLOCK);
        List<String> rows = new ArrayList<>(List.of("world\tfirst seed\truns\tevents\tSHA-256"));
        for (long from = first; from < end; from += block) {
            for (World world : World.values()) {
                Block row = new Block(events);
                for (long seed = from; seed < Math.min(from + block, end); seed++) {
                    if (world.has.test(seed)) {
                        row.run(world, seed);
                    }
                }
                if (row.runs > 0) {
                    rows.add(world + "\t" + from + "\t" + row);
                }
            }
        }
        MessageDigest all = sha256();
        rows.forEach(row -> update(all, row));
        rows.add("ALL\t" + first + "\t\t\t" + HexFormat.of().formatHex(all.digest()));
        return rows;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    private static void update(MessageDigest digest, String line) {
        digest.update(line.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) '\n');
    }

    /** Runs whose events have one digest. */
    private static final class Block {

        private final Consumer<String> reader;
        private final MessageDigest digest = sha256();
        private int runs;
        private long events;

        Block(Consumer<String> reader) {
            this.reader = reader;
        }

        void run(World world, long seed) {
            runs++;
            event(world + " " + seed);
            SimulatedRun.record(world.lot.apply(seed), this::event);
        }

        private void event(String line) {
            events++;
            update(digest, line);
            reader.accept(line);
        }

        @Override
        public String toString() {
            return runs + "\t" + events + "\t" + HexFormat.of().formatHex(digest.digest());
        }
    }
}
