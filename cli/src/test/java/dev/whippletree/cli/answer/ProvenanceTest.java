package dev.whippletree.cli.answer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Completion;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import dev.whippletree.model.TokenUsage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProvenanceTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            CALL   |         | 1 | 5 | answered by account hf-1, model m, 1 attempt, waited 2.0 s, took 3.0 s, 9 tokens
            JOINED |         | 2 | 5 | shared another prompt's call to account hf-1, model m, 2 attempts, waited 2.0 s, took 3.0 s, 9 tokens
            CACHE  | ehcache | 0 |   | from cache ehcache, once answered by account hf-1, model m, 0 attempts, waited 2.0 s, took 3.0 s
            """)
    void line_saysWhereAnAnswerIsFrom_andWhatItTook(
            Origin.Source source, String cache, int attempts, Long tokens, String line) {
        Completion answer = new Completion(
                "Hi",
                Optional.empty(),
                List.of(),
                FinishReason.STOP,
                Optional.ofNullable(tokens).map(completion -> TokenUsage.of(4, completion)),
                new Origin(source, "hf-1", "m", attempts, Duration.ofSeconds(2), Optional.ofNullable(cache)));
        assertThat(Provenance.line(answer, Duration.ofSeconds(3))).isEqualTo(line);
    }
}
