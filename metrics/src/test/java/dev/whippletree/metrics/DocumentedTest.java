package dev.whippletree.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page that the gateway's test writes names what there is, and nothing else. */
final class DocumentedTest {

    /** Those of the gateway are another module's. */
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `((?:whippletree\\.(?!gateway\\.)|gen_ai\\.client\\.)[a-z_.]+)` \\|");

    @Test
    void page_hasARowForEachName() throws IOException {
        String page = Files.readString(Path.of("../docs/reference/meters.md"));
        Set<String> named = ROW.matcher(page)
                .results()
                .map(MatchResult::group)
                .map(row -> row.split("`")[1])
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(named)
                .containsExactlyInAnyOrderElementsOf(Stream.concat(
                                Stream.of(Instrument.values()).map(Instrument::fullName),
                                EventInstrument.ALL.stream().map(EventInstrument::name))
                        .toList());
    }
}
